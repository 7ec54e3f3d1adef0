import { setMaxListeners } from "node:events";
import { NO_NEWS } from "../../src/model/traffic/admission.ts";
import type { Health } from "../../src/model/traffic/health.ts";
import type { Entrant, Lane, PassEnd } from "../../src/model/traffic/rate-limiter.ts";
import type { VirtualClock } from "./virtual-clock.ts";

const NEVER = new AbortController().signal;
// Many tests share the signal that nobody aborts.
setMaxListeners(0, NEVER);

/** Limits that limit nothing. */
export const FREE = { concurrency: 1000, rpm: null, tpm: null };

/** Somebody who wants to make a request of no size. */
export const someone: Entrant = { model: "m", tokens: 0, isRetry: false, signal: NEVER };

/** The end of a request. */
export function ended(health: Health, changes: Partial<PassEnd> = {}): PassEnd {
  return { ...NO_NEWS, health, fault: health === "dead" ? "http-502" : null, ...changes };
}

/** Everything that is ready to run has run. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

/** Sends one request through a lane that takes so long, and tells when it started. */
export async function send(lane: Lane, clock: VirtualClock, holdMs: number, end: PassEnd): Promise<number> {
  const pass = await lane.enter(someone);
  pass.begin();
  const atMs = clock.nowMs;
  await clock.sleep(holdMs, someone.signal);
  pass.leave(end);
  return atMs;
}

/** Lets a lane find out that its host is down. */
export async function bringDown(lane: Lane, clock: VirtualClock): Promise<void> {
  for (let count = 0; count < 5; count += 1) await send(lane, clock, 0, ended("dead"));
}
