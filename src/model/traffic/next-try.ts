import type { InfraError } from "../../core/errors.ts";
import type { HttpAttempt } from "../../core/model.ts";
import type { Redact } from "../redact.ts";
import type { ModelLabel } from "./advice.ts";
import type { Clock } from "./clock.ts";
import type { Fault } from "./fault.ts";
import { inWords, providerError } from "./provider-error.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import { MAX_SERVER_WAIT_MS } from "./retry-after.ts";

/** How long a call is tried: how many requests, in how much time of its own, and what wait it accepts when the provider asks for one. */
export type Patience = { readonly maxRequests: number; readonly maxCallMs: number; readonly maxServerWaitMs: number };

/** The patience of a run. */
export const RUN_PATIENCE: Patience = { maxRequests: 8, maxCallMs: 10 * 60_000, maxServerWaitMs: MAX_SERVER_WAIT_MS };

/** A call in progress: its requests so far, how many of them count, and the time in them and between them that counts. */
export type Call = {
  readonly attempts: HttpAttempt[];
  requests: number;
  spentMs: number;
  /** How many times in a row the host has reported a limit. */
  limits: number;
  /** Since when the host has been loading its model. */
  loadingSinceMs: number | null;
};

/** A retry: `waitMs` before the call asks for a permit, and how much of that is its own time, which is none where the provider asked for it. */
export type Again = { readonly kind: "again"; readonly waitMs: number; readonly ownMs: number };

/** What decides on the next request of a call. */
export type TryContext = {
  readonly who: ModelLabel;
  readonly limiter: RateLimiter;
  readonly clock: Clock;
  readonly random: () => number;
  readonly redact: Redact;
  readonly patience: Patience;
  /** Tells the user a line, once. */
  readonly notice: (text: string) => void;
};

type Passing = Extract<Fault, { kind: "transient" | "unreachable" }>;

const BACKOFF_MS = 2_000;
const MAX_BACKOFF_MS = 60_000;
/** How long a server may take to load a model, and how often it is asked meanwhile. */
const MAX_LOADING_MS = 10 * 60_000;
const LOADING_PAUSE_MS = 3_000;

/** Decides how to retry after a fault; throws InfraError when no other request is to be sent. */
export function nextTry(context: TryContext, fault: Exclude<Fault, { kind: "rejected" | "bad-history" }>, call: Call): Again {
  if (fault.kind === "final") throw failure(context, fault, call, { scope: fault.scope });
  if (fault.kind === "unreachable" && !context.limiter.hasBeenAlive) throw failure(context, fault, call, { scope: "arm" });
  if (fault.about === "loading") return afterLoading(context, fault, call);
  return afterPause(context, fault, call);
}

function afterPause(context: TryContext, fault: Passing, call: Call): Again {
  const { patience } = context;
  const { serverWaitMs } = fault;
  if (serverWaitMs !== null && serverWaitMs > patience.maxServerWaitMs) throw asksTooMuch(context, fault, call);
  const isLimit = fault.about === "limited" || fault.about === "daily" || fault.status === 429;
  const pauseMs = backoffMs(context, call, isLimit);
  // A limit that names a moment and is still there after it is waited for longer and longer: hosts name a second for limits of a minute.
  const waitMs = isLimit && call.limits > 1 ? Math.max(serverWaitMs ?? 0, pauseMs) : (serverWaitMs ?? pauseMs);
  const ownMs = serverWaitMs === null ? waitMs : 0;
  if (call.requests < patience.maxRequests && call.spentMs + ownMs <= patience.maxCallMs) return { kind: "again", waitMs, ownMs };
  const advice = `gave up after ${call.requests} requests in ${Math.round(call.spentMs / 1000)} s; resume the run later`;
  // A limit is the key's: the next trial would meet it, too.
  throw failure(context, fault, call, { scope: isLimit ? "arm" : "trial", advice });
}

/** Twice as long each time, with full jitter. After a limit at least half of that, so that eight requests span more than a minute. */
function backoffMs({ random }: TryContext, { requests }: Call, isLimit: boolean): number {
  const mostMs = Math.min(MAX_BACKOFF_MS, BACKOFF_MS * 2 ** Math.max(0, requests - 1));
  return isLimit ? mostMs / 2 + (random() * mostMs) / 2 : random() * mostMs;
}

function asksTooMuch(context: TryContext, fault: Passing & { kind: "transient" | "unreachable" }, call: Call): InfraError {
  const { serverWaitMs } = fault;
  const most = inWords(context.patience.maxServerWaitMs);
  if (serverWaitMs === null || !Number.isFinite(serverWaitMs)) {
    const advice = "a limit of many hours is used up: resume the run when it has been restored";
    return failure(context, fault, call, { scope: "arm", advice });
  }
  const until = new Date(context.clock.now().getTime() + serverWaitMs).toISOString().slice(0, 16).replace("T", " ");
  const advice = `the provider asks to wait ${inWords(serverWaitMs)}, and a run waits ${most} at most: resume it after ${until} UTC`;
  return failure(context, fault, call, { scope: "arm", advice });
}

/** A server that loads its model is up, and the time that it takes is nobody's. */
function afterLoading(context: TryContext, fault: Passing, call: Call): Again {
  const { clock, who, patience, notice } = context;
  const nowMs = clock.elapsedMs();
  call.loadingSinceMs ??= nowMs;
  const mostMs = Math.min(MAX_LOADING_MS, patience.maxServerWaitMs);
  if (nowMs - call.loadingSinceMs > mostMs) {
    const advice = `it has been loading its model for ${inWords(nowMs - call.loadingSinceMs)}: resume the run when it is ready`;
    throw failure(context, fault, call, { scope: "arm", advice });
  }
  notice(`Waiting for ${who.baseUrl}: it is loading the model`);
  return { kind: "again", waitMs: Math.min(fault.serverWaitMs ?? LOADING_PAUSE_MS, MAX_BACKOFF_MS), ownMs: 0 };
}

function failure(
  context: TryContext,
  fault: Fault,
  { attempts }: Call,
  verdict: { readonly scope: "trial" | "arm"; readonly advice?: string },
): InfraError {
  return providerError({ ...context, attempts }, fault, verdict);
}
