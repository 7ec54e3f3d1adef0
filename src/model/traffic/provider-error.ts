import { InfraError, messageOf } from "../../core/errors.ts";
import type { HttpAttempt } from "../../core/model.ts";
import type { Redact } from "../redact.ts";
import { adviceFor, type ModelLabel } from "./advice.ts";
import type { Fault } from "./fault.ts";
import type { HostUnavailable } from "./rate-limiter.ts";

/** The model a message is about, what removes secrets from the message, and the requests that were made for the answer that did not come. */
type MessageContext = { readonly who: ModelLabel; readonly redact: Redact; readonly attempts: readonly HttpAttempt[] };

/** Makes the error of a fault that is not retried; `advice` is what to do where that does not follow from the fault. */
export function providerError(
  { who, redact, attempts }: MessageContext,
  fault: Fault,
  { scope, advice = adviceFor(who, fault) }: { readonly scope: "trial" | "arm"; readonly advice?: string },
): InfraError {
  const message = `Cannot get an answer from "${who.name}": ${fault.message}; ${advice}`;
  const isConfiguration = fault.kind === "final" && scope === "arm";
  return new InfraError("provider", redact(message), { scope, isConfiguration, attempts });
}

/** Makes the error of a host that has been down for too long. */
export function hostUnavailable({ who, redact, attempts }: MessageContext, { downMs, fault }: HostUnavailable): InfraError {
  const state = `${who.baseUrl} has been down for ${inWords(downMs)}${fault === null ? "" : ` (${fault})`}`;
  const message = `Cannot get an answer from "${who.name}": ${state}; check that it is up and can be reached, then resume the run`;
  return new InfraError("provider", redact(message), { scope: "arm", attempts });
}

/** Makes the error of an unexpected failure, such as a key that cannot be sent. The cause is attached unless its text or stack holds a key. */
export function unforeseen({ who, redact, attempts }: MessageContext, error: unknown): InfraError {
  const stack = error instanceof Error ? String(error.stack) : "";
  const isClean = redact(`${messageOf(error)}${stack}`) === `${messageOf(error)}${stack}`;
  return new InfraError(
    "harness",
    redact(`Cannot send a request to "${who.name}": ${messageOf(error)}; this is a bug`),
    isClean ? { cause: error, attempts } : { attempts },
  );
}

/** Writes a time in words: 40 s, 15 minutes, 9 hours. */
export function inWords(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes <= 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
}
