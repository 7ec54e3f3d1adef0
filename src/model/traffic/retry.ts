import type { HttpAttempt, ModelRejection, Reservation } from "../../core/model.ts";
import type { Exchange } from "../recording-fetch.ts";
import type { Redact } from "../redact.ts";
import { type Admission, admit, UNKNOWN_END } from "./admission.ts";
import type { Clock } from "./clock.ts";
import { classify, type Fault } from "./fault.ts";
import { healthOf } from "./health.ts";
import { adviceFor, hostUnavailable, inWords, providerError, unforeseen, type Who } from "./provider-error.ts";
import { HostUnavailable, type PermitEnd, type RateLimiter } from "./rate-limiter.ts";
import { MAX_SERVER_WAIT_MS, quotaWaitMs } from "./retry-after.ts";

/** An answer with the tokens and the money that it counts for, null when nobody knows. */
type Answer<T> = { readonly value: T; readonly tokens: number | null; readonly costUsd: number | null };

/** One try at an answer. `exchange` is filled in as far as it gets. */
export type Try<T> = { readonly exchange: Exchange; readonly answer: () => Promise<Answer<T>> };

/** How to keep trying. */
export type RetryPlan<T> = {
  readonly who: Who;
  readonly limiter: RateLimiter;
  readonly clock: Clock;
  /** A number in [0, 1), for the jitter. */
  readonly random: () => number;
  readonly redact: Redact;
  readonly signal: AbortSignal;
  /** Told true when waiting begins and false when it ends. */
  readonly onWait: ((isWaiting: boolean) => void) | undefined;
  readonly estimatedTokens: number;
  /** Reserves what one request may use; null where nothing caps that. */
  readonly reserve: (() => Promise<Reservation>) | null;
  readonly begin: (startedAt: Date) => Try<T>;
};

/** What came of it in the end. `startedAt` and `durationMs` are of the try that succeeded. */
export type Tried<T> =
  | {
      readonly kind: "answered";
      readonly value: T;
      readonly exchange: Exchange;
      readonly startedAt: Date;
      readonly attempts: readonly HttpAttempt[];
    }
  | ModelRejection;

const MAX_EXECUTIONS = 8;
const MAX_CALL_MS = 10 * 60_000;
const BACKOFF_MS = 2_000;
const MAX_BACKOFF_MS = 60_000;

/**
 * Makes one call, again and again while its faults are passing ones: at most 8 requests and 10 minutes of its own, which are neither what
 * the provider asked to wait, nor the wait for a turn or for a host that is down. Waits as long as the provider asks, else twice as long
 * each time with full jitter; after a 429 the whole lane waits. Throws InfraError (source `provider`) when it is no use, and lets through
 * the signal's reason and what the spending limit throws. Every reservation is settled, whatever happens.
 */
export async function withRetries<T>(plan: RetryPlan<T>): Promise<Tried<T>> {
  const { clock, limiter } = plan;
  const call: Call = { attempts: [], tries: 0, spentMs: 0 };
  let backoffMs = 0;

  for (;;) {
    const queuedMs = clock.elapsedMs();
    const admission = await admitted(plan, call, backoffMs);
    const outcome = await once(plan, call, { ...admission, queuedMs });
    if (outcome.kind !== "again") return outcome;
    // The lane holds everybody while the host is down, and lets them go as soon as it is back.
    backoffMs = limiter.isShut ? 0 : outcome.waitMs;
    call.spentMs += limiter.isShut ? 0 : outcome.ownMs;
  }
}

/** Requests that count for the limits of a call: `tries` of them, and the time in them and between them. */
type Call = { readonly attempts: HttpAttempt[]; tries: number; spentMs: number };
/** Another try: `waitMs` before this call asks for its turn, and how much of its own time it waits, which is none where the provider asked for it. */
type Again = { readonly kind: "again"; readonly waitMs: number; readonly ownMs: number };

type Used = Parameters<Reservation["settle"]>[0];

/** Waits for leave to send; the time of it is not the model's. */
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

async function once<T>(plan: RetryPlan<T>, call: Call, entry: Admission & { readonly queuedMs: number }): Promise<Tried<T> | Again> {
  const { clock, redact } = plan;
  const startedMs = clock.elapsedMs();
  const startedAt = clock.now();
  let end = UNKNOWN_END;
  let used: Used = { costUsd: null, tokens: null };
  try {
    const { exchange, fault, answer } = await attempt(plan, startedAt);
    const timing = { waitedMs: startedMs - entry.queuedMs, durationMs: clock.elapsedMs() - startedMs };
    call.attempts.push({ status: exchange.status, fault: fault && redact(fault.label), ...timing });
    if (fault === null) {
      used = { costUsd: answer.costUsd, tokens: answer.tokens };
      end = { ...UNKNOWN_END, health: "answered", tokens: answer.tokens, quotaWaitMs: quotaWaitMs(exchange.headers, clock.now()) };
      return { kind: "answered", value: answer.value, exchange, startedAt, attempts: call.attempts };
    }
    if (fault.isUnbilled) used = { costUsd: 0, tokens: 0 };
    const health = healthOf(fault, exchange.status);
    end = { ...UNKNOWN_END, health, fault: fault.label, pauseMs: health === "limited" ? askedMs(fault) : 0 };
    if (fault.kind === "rejected") return { kind: fault.reason, message: redact(fault.message), attempts: call.attempts };

    call.spentMs += timing.durationMs;
    // A host that is down must not cost a call its tries; an error of the server itself may be the fault of this very request.
    if (!entry.permit.isProbe || exchange.status === 500) call.tries += 1;
    const again = nextTry(plan, fault, call);
    if (health !== "limited") return again;
    end = { ...end, pauseMs: again.waitMs };
    return { ...again, waitMs: 0 };
  } finally {
    leave(entry, used, end);
  }
}

/** First the money goes back, or the next in line would start before there is any for it; then the place, even where the books cannot be kept. */
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

/** How to go on after a fault; throws when there shall be no other request. */
function nextTry<T>(plan: RetryPlan<T>, fault: Exclude<Fault, { kind: "rejected" }>, { tries, spentMs }: Call): Again {
  if (fault.kind === "final") throw providerError(plan, fault, { scope: fault.scope, advice: adviceFor(plan, fault) });
  if (fault.kind === "unreachable" && !plan.limiter.hasBeenAlive)
    throw providerError(plan, fault, { scope: "arm", advice: adviceFor(plan, fault) });
  const { serverWaitMs } = fault;
  if (serverWaitMs !== null && serverWaitMs > MAX_SERVER_WAIT_MS) {
    const most = inWords(MAX_SERVER_WAIT_MS);
    const advice = `the provider asks to wait ${inWords(serverWaitMs)}, and a run waits ${most} at most: resume it after that`;
    throw providerError(plan, fault, { scope: "arm", advice });
  }
  const ownMs = serverWaitMs === null ? plan.random() * Math.min(MAX_BACKOFF_MS, BACKOFF_MS * 2 ** Math.max(0, tries - 1)) : 0;
  if (tries >= MAX_EXECUTIONS || spentMs + ownMs > MAX_CALL_MS) {
    const advice = `gave up after ${tries} requests in ${Math.round(spentMs / 1000)} s; resume the run later`;
    throw providerError(plan, fault, { scope: "trial", advice });
  }
  return { kind: "again", waitMs: serverWaitMs ?? ownMs, ownMs };
}

/** How long the provider asks everybody to wait, as far as a run does. */
function askedMs(fault: Fault): number {
  return fault.kind === "passing" && fault.serverWaitMs !== null && fault.serverWaitMs <= MAX_SERVER_WAIT_MS ? fault.serverWaitMs : 0;
}
