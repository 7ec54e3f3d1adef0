import { InfraError, messageOf } from "../../core/errors.ts";
import type { Redact } from "../redact.ts";
import type { Fault } from "./fault.ts";
import type { HostUnavailable } from "./rate-limiter.ts";

/** Of whom messages speak: name and address of the model, and where its key is. */
export type Who = { readonly name: string; readonly keyEnv: string | null; readonly model: string; readonly baseUrl: string };

/** Who could not be reached, and what keeps the secrets out of saying so. */
type Speaker = { readonly who: Who; readonly redact: Redact };

/** A fault that shall not be tried again. */
export function providerError(
  { who, redact }: Speaker,
  fault: Fault,
  verdict: { readonly scope: "trial" | "arm"; readonly advice: string },
): InfraError {
  const message = `Cannot get an answer from "${who.name}": ${fault.message}; ${verdict.advice}`;
  return new InfraError("provider", redact(message), { scope: verdict.scope });
}

/** A host that was down for so long that nobody waits for it any more. */
export function hostUnavailable({ who, redact }: Speaker, { deadMs, fault }: HostUnavailable): InfraError {
  const state = `${who.baseUrl} has been down for ${inWords(deadMs)}${fault === null ? "" : ` (${fault})`}`;
  const message = `Cannot get an answer from "${who.name}": ${state}; check that it is up and can be reached, then resume the run`;
  return new InfraError("provider", redact(message), { scope: "arm" });
}

/** An error that nobody foresaw, such as a key that cannot be sent. Its own text and stack go along unless a key is in them. */
export function unforeseen({ who, redact }: Speaker, error: unknown): InfraError {
  const stack = error instanceof Error ? String(error.stack) : "";
  const isClean = redact(`${messageOf(error)}${stack}`) === `${messageOf(error)}${stack}`;
  return new InfraError(
    "harness",
    redact(`Cannot send a request to "${who.name}": ${messageOf(error)}; this is a bug`),
    isClean ? { cause: error } : {},
  );
}

/** What the user can do about a fault that will not pass. */
export function adviceFor({ who }: Speaker, fault: Fault): string {
  const key = who.keyEnv === null ? "the access of this host" : `the key in ${who.keyEnv}`;
  if (fault.kind === "final" && fault.isQuota) return `the quota or credit of ${key} is used up: add to it, then resume the run`;
  if (fault.status === 401 || fault.status === 403) return `check ${key}`;
  if (fault.status === 404) return `check the model name "${who.model}" and the address ${who.baseUrl}`;
  if (fault.status === null) return `check that ${who.baseUrl} is up and can be reached`;
  return "the request will not get better by repeating it";
}

/** A time as one says it. */
export function inWords(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} minutes`;
}
