import type { InfraError } from "../../core/errors.ts";
import type { HttpAttempt, ModelRejection } from "../../core/model.ts";
import type { Reservation, Used } from "../../core/spending.ts";
import type { Exchange } from "../recording-fetch.ts";
import { type Asked, blamed } from "./blame.ts";
import { classify, type Fault } from "./fault.ts";
import { healthOf } from "./health.ts";
import { type Again, type Call, nextTry, type TryContext } from "./next-try.ts";
import { hostUnavailable, providerError, unforeseen } from "./provider-error.ts";
import { HostUnavailable, type Permit, type PermitEnd, type PermitRequest, type RateLimiter } from "./rate-limiter.ts";
import { quotaWaitMs } from "./retry-after.ts";

/** A response with the tokens and the dollars that it counts for; null when unknown. */
type Answer<T> = { readonly value: T; readonly tokens: number | null; readonly costUsd: number | null };

/**
 * One HTTP request for a response. `exchange` is filled in as far as it gets; `stated` reads what a whole body that is no answer says that it cost, null where it says
 * nothing.
 */
export type HttpTry<T> = {
  readonly exchange: Exchange;
  readonly answer: () => Promise<Answer<T>>;
  readonly stated: () => Omit<Answer<T>, "value"> | null;
};

/** What a call needs to be retried. */
export type RetryPlan<T> = TryContext & {
  readonly asked: Asked;
  /** Requests that were made for the same response before. */
  readonly earlier: readonly HttpAttempt[];
  readonly signal: AbortSignal;
  /** Called with true when waiting begins and false when it ends. */
  readonly onWait: ((isWaiting: boolean) => void) | undefined;
  readonly estimatedTokens: number;
  /** What a request is assumed to have cost that may have been billed, in US dollars; null where no price is known. */
  readonly assumedUsd: () => number | null;
  /** Reserves what one request may use; null where there is no spending limit. */
  readonly reserve: (() => Promise<Reservation>) | null;
  readonly begin: (startedAt: Date) => HttpTry<T>;
};

/** The final result of a call. `startedAt` is that of the request that succeeded. `error` is thrown where the conversation cannot be written in another way. */
export type CallResult<T> =
  | {
      readonly kind: "answered";
      readonly value: T;
      readonly exchange: Exchange;
      readonly startedAt: Date;
      readonly attempts: readonly HttpAttempt[];
    }
  | { readonly kind: "bad-history"; readonly said: string; readonly error: InfraError; readonly attempts: readonly HttpAttempt[] }
  | ModelRejection;

/**
 * Makes one call and retries it while its faults are transient, as long as its patience lasts: in a run at most 8 requests and 10 minutes of its own time, which includes neither
 * waits that the provider asked for, nor the wait for a permit or for a host that is down. Waits as long as the provider asks, else twice as
 * long each time with full jitter; after a 429 all requests of the key wait. Throws InfraError (source `provider`) when retrying is of no use;
 * lets the signal's reason and what the spending limit throws through. Every reservation is settled, whatever happens.
 */
export async function withRetries<T>(plan: RetryPlan<T>): Promise<CallResult<T>> {
  const { clock, limiter } = plan;
  const call: Call = { attempts: [...plan.earlier], requests: 0, spentMs: 0, limits: 0, loadingSinceMs: null };
  let backoffMs = 0;

  for (;;) {
    const queuedMs = clock.elapsedMs();
    const admission = await admitted(plan, call, backoffMs);
    const outcome = await once(plan, call, { ...admission, queuedMs });
    if (outcome.kind !== "again") return outcome;
    // The rate limiter holds all requests while the host is down, and resumes them as soon as it is back.
    backoffMs = limiter.isShut ? 0 : outcome.waitMs;
    call.spentMs += limiter.isShut ? 0 : outcome.ownMs;
  }
}

/** Waits for a permit; that time is not the model's. */
async function admitted<T>(plan: RetryPlan<T>, call: Call, backoffMs: number): Promise<Admission> {
  const { clock, limiter, signal, who, reserve } = plan;
  const request = { model: who.model, tokens: plan.estimatedTokens, isRetry: call.attempts.length > 0, signal };
  plan.onWait?.(true);
  try {
    if (backoffMs > 0) await clock.sleep(backoffMs, signal);
    return await admit({ limiter, request, reserve });
  } catch (error) {
    throw error instanceof HostUnavailable ? hostUnavailable({ ...plan, attempts: call.attempts }, error) : error;
  } finally {
    plan.onWait?.(false);
  }
}

async function once<T>(plan: RetryPlan<T>, call: Call, entry: Admission & { readonly queuedMs: number }): Promise<CallResult<T> | Again> {
  const { clock, redact } = plan;
  const startedMs = clock.elapsedMs();
  const startedAt = clock.now();
  let end = UNKNOWN_END;
  let used = UNKNOWN_USE;
  try {
    const { exchange, fault, answer, stated } = await attempt(plan, startedAt, call);
    const timing = { waitedMs: startedMs - entry.queuedMs, durationMs: clock.elapsedMs() - startedMs };
    used = useOf(fault, stated);
    const { billing } = used;
    const assumedUsd = billing === "maybe" ? (entry.reservation?.assumedUsd ?? plan.assumedUsd()) : 0;
    call.attempts.push({ status: exchange.status, fault: fault && redact(fault.label), ...timing, billing, assumedUsd });
    if (fault === null) {
      end = { ...UNKNOWN_END, health: "answered", tokens: answer.tokens, quotaWaitMs: quotaWaitMs(exchange.headers, clock.now()) };
      return { kind: "answered", value: answer.value, exchange, startedAt, attempts: call.attempts };
    }
    const health = healthOf(fault, exchange.status);
    end = { ...UNKNOWN_END, health, fault: fault.label, pauseMs: health === "limited" ? askedMs(plan, fault) : 0 };
    if (fault.kind === "rejected") return { kind: fault.reason, message: redact(fault.message), attempts: call.attempts };
    if (fault.kind === "bad-history") return badHistory(plan, fault, call);

    call.spentMs += timing.durationMs;
    call.limits = health === "limited" ? call.limits + 1 : 0;
    // A host that is down must not use up a call's requests; a server error may be caused by this very request.
    if (fault.about !== "loading" && (!entry.permit.isProbe || exchange.status === 500)) call.requests += 1;
    const again = nextTry(plan, fault, call);
    if (health !== "limited") return again;
    end = { ...end, pauseMs: again.waitMs };
    return { ...again, waitMs: 0 };
  } finally {
    leave(entry, used, end);
  }
}

const UNKNOWN_USE: Used = { costUsd: null, tokens: null, billing: "maybe" };
const NO_USE: Used = { costUsd: 0, tokens: 0, billing: "none" };

/** An answer that states neither its use nor its cost may have cost as much as one that broke off. */
function useOf(fault: Fault | null, stated: Omit<Answer<unknown>, "value"> | null): Used {
  if (stated !== null) return { costUsd: stated.costUsd, tokens: stated.tokens, billing: "known" };
  return fault?.billing === "none" ? NO_USE : UNKNOWN_USE;
}

function badHistory<T>(plan: RetryPlan<T>, fault: Fault, { attempts }: Call): CallResult<T> {
  const error = providerError({ ...plan, attempts }, fault, { scope: "trial" });
  return { kind: "bad-history", said: plan.redact(fault.message), error, attempts };
}

/** Settles the money first, or the next request would start before any is free for it; then releases the permit, even if settling fails. */
function leave({ permit, reservation }: Admission, used: Used, end: PermitEnd): void {
  try {
    reservation?.settle(used);
  } finally {
    permit.release(end);
  }
}

/** How a request ended. `stated` is what it cost where the provider says so. */
type Attempt<T> = { readonly exchange: Exchange; readonly stated: Omit<Answer<T>, "value"> | null } & (
  | { readonly fault: null; readonly answer: Answer<T> }
  | { readonly fault: Fault; readonly answer: null }
);

async function attempt<T>(plan: RetryPlan<T>, startedAt: Date, { attempts }: Call): Promise<Attempt<T>> {
  const { exchange, answer: answerOf, stated } = plan.begin(startedAt);
  try {
    const answer = await answerOf();
    return { exchange, fault: null, answer, stated: answer.tokens === null && answer.costUsd === null ? null : answer };
  } catch (error) {
    if (plan.signal.aborted) throw plan.signal.reason;
    const fault = classify(error, exchange, plan.clock.now(), plan.redact);
    if (fault === null) throw unforeseen({ ...plan, attempts }, error);
    return { exchange, fault: blamed(fault, plan.asked), answer: null, stated: fault.billing === "none" ? null : stated() };
  }
}

/** How long the provider asks all requests to wait, up to the longest wait of a run. */
function askedMs({ patience }: Pick<TryContext, "patience">, fault: Fault): number {
  const waitMs = fault.kind === "transient" ? fault.serverWaitMs : null;
  return waitMs !== null && waitMs <= patience.maxServerWaitMs ? waitMs : 0;
}

/** Permission to send one request: of the rate limiter, and of the spending limit where there is one. */
type Admission = { readonly permit: Permit; readonly reservation: Reservation | null };

/** A request to be admitted, and how to reserve what it may use; null where there is no spending limit. */
type AdmissionRequest = {
  readonly limiter: RateLimiter;
  readonly request: PermitRequest;
  readonly reserve: (() => Promise<Reservation>) | null;
};

/**
 * The end of a request that says nothing about the host: it was not sent, or was cancelled by the harness.
 *
 * @internal
 */
export const UNKNOWN_END: PermitEnd = { health: "unknown", tokens: null, fault: null, pauseMs: 0, quotaWaitMs: null };

/**
 * Waits for the rate limiter and then for the spending limit, in this order: what is reserved belongs to requests in flight, so that it comes back.
 * Throws what fails on the way unchanged, after the permit and the reservation are given back.
 */
async function admit({ limiter, request, reserve }: AdmissionRequest): Promise<Admission> {
  const permit = await limiter.acquire(request);
  let reservation: Reservation | null = null;
  try {
    if (reserve !== null) reservation = await reserve();
    request.signal.throwIfAborted();
    permit.begin();
    return { permit, reservation };
  } catch (error) {
    permit.release(UNKNOWN_END);
    reservation?.settle(NO_USE);
    throw error;
  }
}
