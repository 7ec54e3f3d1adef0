import { InfraError, messageOf } from "../core/errors.ts";
import type { HttpAttempt, ModelRejection } from "../core/model.ts";
import type { Clock } from "./clock.ts";
import { classify, type Fault } from "./fault.ts";
import type { Lane, Pass } from "./lane.ts";
import type { Exchange } from "./recording-fetch.ts";
import type { Redact } from "./redact.ts";

/** An answer with the tokens that it counts for, null when nobody knows. */
type Answer<T> = { readonly value: T; readonly tokens: number | null };

/** One try at an answer. `exchange` is filled in as far as it gets. */
export type Try<T> = { readonly exchange: Exchange; readonly answer: () => Promise<Answer<T>> };

/** How to keep trying. */
export type RetryPlan<T> = {
  /** Name and address of the model for messages. */
  readonly who: { readonly name: string; readonly keyEnv: string | null; readonly model: string; readonly baseUrl: string };
  readonly lane: Lane;
  readonly clock: Clock;
  /** A number in [0, 1), for the jitter. */
  readonly random: () => number;
  readonly redact: Redact;
  readonly signal: AbortSignal;
  /** Told true when waiting begins and false when it ends. */
  readonly onWait: ((isWaiting: boolean) => void) | undefined;
  readonly estimatedTokens: number;
  readonly begin: () => Try<T>;
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

const MAX_ATTEMPTS = 8;
const MAX_CALL_MS = 10 * 60_000;
const MAX_SERVER_WAIT_MS = 120_000;
const BACKOFF_MS = 2_000;
const MAX_BACKOFF_MS = 60_000;

/**
 * Makes one call, again and again while its faults are passing ones: at most 8 requests and 10 minutes. Waits as long as the provider asks,
 * else twice as long each time with full jitter; after a 429 the whole lane waits. Throws InfraError (source `provider`) when it is no
 * use, and the signal's reason when it is aborted.
 */
export async function persist<T>(plan: RetryPlan<T>): Promise<Tried<T>> {
  const { clock, signal, lane } = plan;
  const call: Call = { attempts: [], beganMs: null };
  let backoffMs = 0;

  for (;;) {
    const queuedMs = clock.elapsedMs();
    const pass = await waiting(plan, async () => {
      if (backoffMs > 0) await clock.sleep(backoffMs, signal);
      return lane.enter({ tokens: plan.estimatedTokens, isRetry: call.attempts.length > 0, signal });
    });
    const outcome = await once(plan, call, { queuedMs, pass });
    if (outcome.kind !== "again") return outcome;
    backoffMs = outcome.waitMs;
  }
}

/** Tells who asked that the time spent in `wait` is not the model's. */
async function waiting<T>({ onWait }: RetryPlan<T>, wait: () => Promise<Pass>): Promise<Pass> {
  onWait?.(true);
  try {
    return await wait();
  } finally {
    onWait?.(false);
  }
}

type Call = { readonly attempts: HttpAttempt[]; beganMs: number | null };
type Again = { readonly kind: "again"; readonly waitMs: number };

async function once<T>(
  plan: RetryPlan<T>,
  call: Call,
  entry: { readonly queuedMs: number; readonly pass: Pass },
): Promise<Tried<T> | Again> {
  const { clock, lane, redact } = plan;
  const startedMs = clock.elapsedMs();
  const startedAt = clock.now();
  call.beganMs ??= startedMs;
  let tokens: number | null = null;
  try {
    const { exchange, fault, answer } = await attempt(plan);
    const timing = { waitedMs: startedMs - entry.queuedMs, durationMs: clock.elapsedMs() - startedMs };
    call.attempts.push({ status: exchange.status, fault: fault && redact(fault.label), ...timing });
    if (fault === null) {
      tokens = answer.tokens;
      return { kind: "answered", value: answer.value, exchange, startedAt, attempts: call.attempts };
    }
    if (fault.kind === "rejected") return { kind: fault.reason, message: redact(fault.message), attempts: call.attempts };
    const waitMs = nextWaitMs(plan, fault, { attempts: call.attempts, elapsedMs: clock.elapsedMs() - call.beganMs });
    if (fault.status !== 429) return { kind: "again", waitMs };
    // Before this request gives its place back, or the next in line would start at once.
    lane.pause(waitMs);
    return { kind: "again", waitMs: 0 };
  } finally {
    entry.pass.leave(tokens);
  }
}

type Attempt<T> =
  | { readonly exchange: Exchange; readonly fault: null; readonly answer: Answer<T> }
  | { readonly exchange: Exchange; readonly fault: Fault; readonly answer: null };

async function attempt<T>(plan: RetryPlan<T>): Promise<Attempt<T>> {
  const { exchange, answer } = plan.begin();
  try {
    return { exchange, fault: null, answer: await answer() };
  } catch (error) {
    if (plan.signal.aborted) throw plan.signal.reason;
    const fault = classify(error, exchange, plan.clock.now());
    if (fault === null) throw unforeseen(plan, error);
    return { exchange, fault, answer: null };
  }
}

/** How long to wait before the next request; throws when there shall be none. */
function nextWaitMs<T>(
  plan: RetryPlan<T>,
  fault: Fault,
  soFar: { readonly attempts: readonly HttpAttempt[]; readonly elapsedMs: number },
): number {
  if (fault.kind !== "passing") throw gaveUp(plan, fault, fault.kind === "final" ? fault.scope : "trial", adviceFor(plan, fault));
  if (fault.serverWaitMs !== null && fault.serverWaitMs > MAX_SERVER_WAIT_MS) {
    const seconds = Math.ceil(fault.serverWaitMs / 1000);
    throw gaveUp(
      plan,
      fault,
      "trial",
      `the provider asks to wait ${seconds} s, more than ${MAX_SERVER_WAIT_MS / 1000} s; resume the run later`,
    );
  }
  const tries = soFar.attempts.length;
  const limitMs = Math.min(MAX_BACKOFF_MS, BACKOFF_MS * 2 ** (tries - 1));
  const waitMs = fault.serverWaitMs ?? plan.random() * limitMs;
  if (tries >= MAX_ATTEMPTS || soFar.elapsedMs + waitMs > MAX_CALL_MS) {
    throw gaveUp(plan, fault, "trial", `gave up after ${tries} requests in ${Math.round(soFar.elapsedMs / 1000)} s; resume the run later`);
  }
  return waitMs;
}

function gaveUp<T>({ who, redact }: RetryPlan<T>, fault: Fault, scope: "trial" | "arm", advice: string): InfraError {
  return new InfraError("provider", redact(`Cannot get an answer from "${who.name}": ${fault.message}; ${advice}`), { scope });
}

/** An error that nobody foresaw, such as a key that cannot be sent. Its own text and stack go along unless a key is in them. */
function unforeseen<T>({ who, redact }: RetryPlan<T>, error: unknown): InfraError {
  const stack = error instanceof Error ? String(error.stack) : "";
  const isClean = redact(`${messageOf(error)}${stack}`) === `${messageOf(error)}${stack}`;
  return new InfraError(
    "harness",
    redact(`Cannot send a request to "${who.name}": ${messageOf(error)}; this is a bug`),
    isClean ? { cause: error } : {},
  );
}

function adviceFor<T>({ who }: RetryPlan<T>, fault: Fault): string {
  const key = who.keyEnv === null ? "the access of this host" : `the key in ${who.keyEnv}`;
  if (fault.status === 401 || fault.status === 403) return `check ${key}`;
  if (fault.status === 402 || /quota|billing|balance/.test(fault.message)) return `check the credit of ${key}`;
  if (fault.status === 404) return `check the model name "${who.model}" and the address ${who.baseUrl}`;
  if (fault.status === null) return `check that ${who.baseUrl} is up and can be reached`;
  return "the request will not get better by repeating it";
}
