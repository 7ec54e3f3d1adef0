import { setTimeout as sleep } from "node:timers/promises";
import { InfraError, messageOf } from "../../core/errors.ts";
import { askEngine } from "./engine.ts";
import type { Host } from "./engine-access.ts";
import { codeOf, engineFault } from "./engine-fault.ts";

/** A failed try: what it failed with, how many there were, and what ends all waiting. */
export type FailedAttempt = { readonly error: unknown; readonly tries: number; readonly signal: AbortSignal };

const PING_MS = 5_000;
const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 2_000;

/**
 * Waits until it makes sense to try again what an engine failed at: for the engine's return when it is not there, or else a pause.
 *
 * Gives null when it does, and what to give up with when the failure cannot pass, was tried often enough, or nobody waits any more.
 */
export async function recover(host: Host, failed: FailedAttempt): Promise<{ readonly error: unknown } | null> {
  const { error, tries, signal } = failed;
  const pauseMs = host.timeouts.pausesMs[tries - 1];
  const fault = engineFault(error);
  if (signal.aborted || fault === "full" || fault === "lasting") return { error };
  if (pauseMs === undefined) return { error: fault === "away" ? error : tiredError(error, tries) };
  if (fault === "away") return waitForEngine(host, failed);
  await pause(pauseMs, signal);
  return signal.aborted ? { error } : null;
}

async function waitForEngine(host: Host, { error, signal }: FailedAttempt): Promise<{ readonly error: unknown } | null> {
  const { awayMs } = host.timeouts;
  if (awayMs > 0) host.outage.begin(awayMs);
  const deadline = performance.now() + awayMs;
  for (let lookMs = FIRST_PAUSE_MS; performance.now() < deadline; lookMs = Math.min(lookMs * 2, MAX_PAUSE_MS)) {
    await pause(Math.min(lookMs, deadline - performance.now()), signal);
    if (signal.aborted) return { error };
    if (await answers(host)) {
      host.outage.end();
      return null;
    }
  }
  return { error: awayMs === 0 ? error : goneError(error, awayMs) };
}

async function answers({ engine }: Host): Promise<boolean> {
  try {
    await askEngine("ask Docker whether it is there", () => engine.ping(), PING_MS);
    return true;
  } catch (error) {
    if (error instanceof InfraError) return false;
    throw error;
  }
}

async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(durationMs, undefined, { signal });
  } catch (error) {
    if (codeOf(error) !== "ABORT_ERR") throw error;
  }
}

function goneError(cause: unknown, waitedMs: number): InfraError {
  const message = `${messageOf(cause)}; it was waited for ${waitedMs / 1000} s`;
  return new InfraError("sandbox", message, { scope: "run", cause });
}

function tiredError(cause: unknown, tries: number): InfraError {
  return new InfraError("sandbox", `${messageOf(cause)} (tried ${tries} times)`, { cause });
}
