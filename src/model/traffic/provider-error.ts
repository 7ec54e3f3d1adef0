import { InfraError, messageOf } from "../../core/errors.ts";
import type { Redact } from "../redact.ts";
import type { Fault } from "./fault.ts";
import type { HostUnavailable } from "./rate-limiter.ts";

/** The model that a message is about: its name, its address, and the variable that holds its key. */
export type ModelLabel = { readonly name: string; readonly keyEnv: string | null; readonly model: string; readonly baseUrl: string };

/** The model a message is about, and what removes secrets from the message. */
type MessageContext = { readonly who: ModelLabel; readonly redact: Redact };

/** Makes the error of a fault that is not retried. */
export function providerError(
  { who, redact }: MessageContext,
  fault: Fault,
  verdict: { readonly scope: "trial" | "arm"; readonly advice: string },
): InfraError {
  const message = `Cannot get an answer from "${who.name}": ${fault.message}; ${verdict.advice}`;
  const isConfiguration = fault.kind === "final" && verdict.scope === "arm";
  return new InfraError("provider", redact(message), { scope: verdict.scope, isConfiguration });
}

/** Makes the error of a host that has been down for too long. */
export function hostUnavailable({ who, redact }: MessageContext, { downMs, fault }: HostUnavailable): InfraError {
  const state = `${who.baseUrl} has been down for ${inWords(downMs)}${fault === null ? "" : ` (${fault})`}`;
  const message = `Cannot get an answer from "${who.name}": ${state}; check that it is up and can be reached, then resume the run`;
  return new InfraError("provider", redact(message), { scope: "arm" });
}

/** Makes the error of an unexpected failure, such as a key that cannot be sent. The cause is attached unless its text or stack holds a key. */
export function unforeseen({ who, redact }: MessageContext, error: unknown): InfraError {
  const stack = error instanceof Error ? String(error.stack) : "";
  const isClean = redact(`${messageOf(error)}${stack}`) === `${messageOf(error)}${stack}`;
  return new InfraError(
    "harness",
    redact(`Cannot send a request to "${who.name}": ${messageOf(error)}; this is a bug`),
    isClean ? { cause: error } : {},
  );
}

/** Advises the user on a fault that does not pass by itself. */
export function adviceFor({ who }: MessageContext, fault: Fault): string {
  const key = who.keyEnv === null ? "the access of this host" : `the key in ${who.keyEnv}`;
  if (fault.kind === "final" && fault.isQuota) return `the quota or credit of ${key} is used up: add to it, then resume the run`;
  if (fault.status === 401 || fault.status === 403) return `check ${key}`;
  if (fault.status === 404) return `check the model name "${who.model}" and the address ${who.baseUrl}`;
  if (fault.status === null) return `check that ${who.baseUrl} is up and can be reached`;
  return "repeating the request would not help";
}

/** Writes a time in words: 40 s, 15 minutes. */
export function inWords(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} minutes`;
}
