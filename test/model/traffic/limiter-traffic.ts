import { setMaxListeners } from "node:events";
import type { Health } from "../../../src/model/traffic/health.ts";
import type { PermitEnd, PermitRequest, RateLimiter } from "../../../src/model/traffic/rate-limiter.ts";
import { UNKNOWN_END } from "../../../src/model/traffic/retry.ts";
import type { VirtualClock } from "./virtual-clock.ts";

const NEVER = new AbortController().signal;
// Many tests share the signal that nobody aborts.
setMaxListeners(0, NEVER);

/** Limits that limit nothing. */
export const FREE = { concurrency: 1000, rpm: null, tpm: null };

/** Somebody who wants to make a request of no size. */
export const someone: PermitRequest = { model: "m", tokens: 0, isRetry: false, signal: NEVER };

/** The end of a request. */
export function ended(health: Health, changes: Partial<PermitEnd> = {}): PermitEnd {
  return { ...UNKNOWN_END, health, fault: health === "dead" ? "http-502" : null, ...changes };
}

/** Everything that is ready to run has run. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

/** Sends one request through a limiter that takes so long, and tells when it started. */
export async function send(limiter: RateLimiter, clock: VirtualClock, holdMs: number, end: PermitEnd): Promise<number> {
  const pass = await limiter.acquire(someone);
  pass.begin();
  const atMs = clock.nowMs;
  await clock.sleep(holdMs, someone.signal);
  pass.release(end);
  return atMs;
}

/** Lets a limiter find out that its host is down. */
export async function bringDown(limiter: RateLimiter, clock: VirtualClock): Promise<void> {
  for (let count = 0; count < 5; count += 1) await send(limiter, clock, 0, ended("dead"));
}
