import type { HttpAttempt, ModelRejection } from "../../core/model.ts";
import type { Reservation, Used } from "../../core/spending.ts";
import type { Exchange } from "../recording-fetch.ts";
import type { Redact } from "../redact.ts";
import type { Clock } from "./clock.ts";
import { classify, type Fault } from "./fault.ts";
import { healthOf } from "./health.ts";
import { adviceFor, hostUnavailable, inWords, type ModelLabel, providerError, unforeseen } from "./provider-error.ts";
import { HostUnavailable, type Permit, type PermitEnd, type PermitRequest, type RateLimiter } from "./rate-limiter.ts";
import { MAX_SERVER_WAIT_MS, quotaWaitMs } from "./retry-after.ts";

/** A response with the tokens and the dollars that it counts for; null when unknown. */
type Answer<T> = { readonly value: T; readonly tokens: number | null; readonly costUsd: number | null };

/** One HTTP request for a response. `exchange` is filled in as far as it gets. */
export type HttpTry<T> = { readonly exchange: Exchange; readonly answer: () => Promise<Answer<T>> };

/** What a call needs to be retried. */
export type RetryPlan<T> = {
  readonly who: ModelLabel;
  readonly limiter: RateLimiter;
  readonly clock: Clock;
  /** A number in [0, 1), for the jitter. */
  readonly random: () => number;
  readonly redact: Redact;
  readonly signal: AbortSignal;
  /** Called with true when waiting begins and false when it ends. */
  readonly onWait: ((isWaiting: boolean) => void) | undefined;
  readonly estimatedTokens: number;
  readonly patience: Patience;
  /** Reserves what one request may use; null where there is no spending limit. */
  readonly reserve: (() => Promise<Reservation>) | null;
  readonly begin: (startedAt: Date) => HttpTry<T>;
};

/** The final result of a call. `startedAt` is that of the request that succeeded. */
export type CallResult<T> =
  | {
      readonly kind: "answered";
      readonly value: T;
      readonly exchange: Exchange;
      readonly startedAt: Date;
      readonly attempts: readonly HttpAttempt[];
    }
  | ModelRejection;

/** How long a call is tried: how many requests, in how much time of its own, and what wait it accepts when the provider asks for one. */
export type Patience = { readonly maxRequests: number; readonly maxCallMs: number; readonly maxServerWaitMs: number };

/** The patience of a run. */
export const RUN_PATIENCE: Patience = { maxRequests: 8, maxCallMs: 10 * 60_000, maxServerWaitMs: MAX_SERVER_WAIT_MS };

const BACKOFF_MS = 2_000;
const MAX_BACKOFF_MS = 60_000;

/**
 * Makes one call and retries it while its faults are transient, as long as its patience lasts: in a run at most 8 requests and 10 minutes of its own time, which includes neither
 * waits that the provider asked for, nor the wait for a permit or for a host that is down. Waits as long as the provider asks, else twice as
 * long each time with full jitter; after a 429 all requests of the key wait. Throws InfraError (source `provider`) when retrying is of no use;
 * lets the signal's reason and what the spending limit throws through. Every reservation is settled, whatever happens.
 */
export async function withRetries<T>(plan: RetryPlan<T>): Promise<CallResult<T>> {
  const { clock, limiter } = plan;
  const call: Call = { attempts: [], requests: 0, spentMs: 0 };
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

/** What counts towards the limits of a call: the number of requests, and the time in them and between them. */
type Call = { readonly attempts: HttpAttempt[]; requests: number; spentMs: number };
/** A retry: `waitMs` before the call asks for a permit, and how much of that is its own time, which is none where the provider asked for it. */
type Again = { readonly kind: "again"; readonly waitMs: number; readonly ownMs: number };

/** Waits for a permit; that time is not the model's. */
async function admitted<T>(plan: RetryPlan<T>, call: Call, backoffMs: number): Promise<Admission> {
  const { clock, limiter, signal, who, reserve } = plan;
  const request = { model: who.model, tokens: plan.estimatedTokens, isRetry: call.attempts.length > 0, signal };
  plan.onWait?.(true);
  try {
    if (backoffMs > 0) await clock.sleep(backoffMs, signal);
    return await admit({ limiter, request, reserve });
  } catch (error) {
    throw error instanceof HostUnavailable ? hostUnavailable(plan, error) : error;
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
    const { exchange, fault, answer } = await attempt(plan, startedAt);
    const timing = { waitedMs: startedMs - entry.queuedMs, durationMs: clock.elapsedMs() - startedMs };
    used = useOf(fault, answer);
    const { billing } = used;
    const assumedUsd = billing === "maybe" ? (entry.reservation?.assumedUsd ?? null) : 0;
    call.attempts.push({ status: exchange.status, fault: fault && redact(fault.label), ...timing, billing, assumedUsd });
    if (fault === null) {
      end = { ...UNKNOWN_END, health: "answered", tokens: answer.tokens, quotaWaitMs: quotaWaitMs(exchange.headers, clock.now()) };
      return { kind: "answered", value: answer.value, exchange, startedAt, attempts: call.attempts };
    }
    const health = healthOf(fault, exchange.status);
    end = { ...UNKNOWN_END, health, fault: fault.label, pauseMs: health === "limited" ? askedMs(fault) : 0 };
    if (fault.kind === "rejected") return { kind: fault.reason, message: redact(fault.message), attempts: call.attempts };

    call.spentMs += timing.durationMs;
    // A host that is down must not use up a call's requests; a server error may be caused by this very request.
    if (!entry.permit.isProbe || exchange.status === 500) call.requests += 1;
    const again = nextRetry(plan, fault, call);
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
function useOf(fault: Fault | null, answer: Pick<Answer<unknown>, "costUsd" | "tokens"> | null): Used {
  if (fault !== null) return fault.isFree ? NO_USE : UNKNOWN_USE;
  if (answer === null || (answer.costUsd === null && answer.tokens === null)) return UNKNOWN_USE;
  return { costUsd: answer.costUsd, tokens: answer.tokens, billing: "known" };
}

/** Settles the money first, or the next request would start before any is free for it; then releases the permit, even if settling fails. */
function leave({ permit, reservation }: Admission, used: Used, end: PermitEnd): void {
  try {
    reservation?.settle(used);
  } finally {
    permit.release(end);
  }
}

type Attempt<T> =
  | { readonly exchange: Exchange; readonly fault: null; readonly answer: Answer<T> }
  | { readonly exchange: Exchange; readonly fault: Fault; readonly answer: null };

async function attempt<T>(plan: RetryPlan<T>, startedAt: Date): Promise<Attempt<T>> {
  const { exchange, answer } = plan.begin(startedAt);
  try {
    return { exchange, fault: null, answer: await answer() };
  } catch (error) {
    if (plan.signal.aborted) throw plan.signal.reason;
    const fault = classify(error, exchange, plan.clock.now(), plan.redact);
    if (fault === null) throw unforeseen(plan, error);
    return { exchange, fault, answer: null };
  }
}

/** Decides how to retry after a fault; throws when no other request is to be sent. */
function nextRetry<T>(plan: RetryPlan<T>, fault: Exclude<Fault, { kind: "rejected" }>, { requests, spentMs }: Call): Again {
  const { patience } = plan;
  if (fault.kind === "final") throw providerError(plan, fault, { scope: fault.scope, advice: adviceFor(plan, fault) });
  if (fault.kind === "unreachable" && !plan.limiter.hasBeenAlive)
    throw providerError(plan, fault, { scope: "arm", advice: adviceFor(plan, fault) });
  const { serverWaitMs } = fault;
  if (serverWaitMs !== null && serverWaitMs > patience.maxServerWaitMs) {
    const most = inWords(patience.maxServerWaitMs);
    const advice = `the provider asks to wait ${inWords(serverWaitMs)}, and a run waits ${most} at most: resume it after that`;
    throw providerError(plan, fault, { scope: "arm", advice });
  }
  const ownMs = serverWaitMs === null ? plan.random() * Math.min(MAX_BACKOFF_MS, BACKOFF_MS * 2 ** Math.max(0, requests - 1)) : 0;
  if (requests >= patience.maxRequests || spentMs + ownMs > patience.maxCallMs) {
    const advice = `gave up after ${requests} requests in ${Math.round(spentMs / 1000)} s; resume the run later`;
    throw providerError(plan, fault, { scope: "trial", advice });
  }
  return { kind: "again", waitMs: serverWaitMs ?? ownMs, ownMs };
}

/** How long the provider asks all requests to wait, up to the longest wait of a run. */
function askedMs(fault: Fault): number {
  return fault.kind === "transient" && fault.serverWaitMs !== null && fault.serverWaitMs <= MAX_SERVER_WAIT_MS ? fault.serverWaitMs : 0;
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
