import { setTimeout as sleep } from "node:timers/promises";
import { InfraError, messageOf } from "../../core/errors.ts";
import { askEngine } from "./engine.ts";
import type { EngineClient } from "./engine-client.ts";
import { codeOf, engineFault } from "./engine-fault.ts";

/** A failed attempt: its error, how many attempts there were, and the signal that ends all waiting. */
export type FailedAttempt = { readonly error: unknown; readonly attempts: number; readonly signal: AbortSignal };

const PING_TIMEOUT_MS = 5_000;
const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 2_000;

/**
 * Waits before the next attempt at what an engine failed at: until the engine answers if it cannot be reached, otherwise for a pause.
 *
 * Returns null when it is time to retry. Returns the error to throw when the failure is permanent, there were enough attempts, or the signal is aborted.
 */
export async function waitToRetry(client: EngineClient, failed: FailedAttempt): Promise<{ readonly error: unknown } | null> {
  const { error, attempts, signal } = failed;
  const pauseMs = client.timeouts.pausesMs[attempts - 1];
  const fault = engineFault(error);
  if (signal.aborted || fault === "full" || fault === "permanent") return { error };
  if (pauseMs === undefined) return { error: fault === "unreachable" ? error : exhaustedError(error, attempts) };
  if (fault === "unreachable") return waitForEngine(client, failed);
  await pause(pauseMs, signal);
  return signal.aborted ? { error } : null;
}

async function waitForEngine(client: EngineClient, { error, signal }: FailedAttempt): Promise<{ readonly error: unknown } | null> {
  const { awayMs } = client.timeouts;
  if (awayMs > 0) client.outage.begin(awayMs);
  const deadline = performance.now() + awayMs;
  for (let pollMs = FIRST_PAUSE_MS; performance.now() < deadline; pollMs = Math.min(pollMs * 2, MAX_PAUSE_MS)) {
    await pause(Math.min(pollMs, deadline - performance.now()), signal);
    if (signal.aborted) return { error };
    if (await answers(client)) {
      client.outage.end();
      return null;
    }
  }
  return { error: awayMs === 0 ? error : unavailableError(error, awayMs) };
}

async function answers({ engine }: EngineClient): Promise<boolean> {
  try {
    await askEngine("ping Docker", () => engine.ping(), PING_TIMEOUT_MS);
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

function unavailableError(cause: unknown, waitedMs: number): InfraError {
  const message = `${messageOf(cause)}; waited ${waitedMs / 1000} s for the engine`;
  return new InfraError("sandbox", message, { scope: "run", cause });
}

function exhaustedError(cause: unknown, attempts: number): InfraError {
  return new InfraError("sandbox", `${messageOf(cause)} (tried ${attempts} times)`, { cause });
}
