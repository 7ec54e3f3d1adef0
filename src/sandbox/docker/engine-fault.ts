import { InfraError, messageOf } from "../../core/errors.ts";

/**
 * Why a call to an engine failed: it cannot be reached (`unreachable`), its disk is `full`, the next attempt may succeed
 * (`transient`), or no attempt will (`permanent`).
 */
export type EngineFault = "unreachable" | "full" | "transient" | "permanent";

const UNREACHABLE_CODES = new Set(["ECONNREFUSED", "ENOENT", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "EHOSTDOWN", "ENETUNREACH"]);
const TRANSIENT_CODES = new Set(["ECONNRESET", "ECONNABORTED", "EPIPE", "ETIMEDOUT", "EAGAIN", "EMFILE", "ENFILE"]);
const TRANSIENT_STATUSES = new Set([404, 409, 429]);

const SHORTAGE = /resource temporarily unavailable|\bEAGAIN\b/i;
const NO_SPACE = /no space left on device/i;
/** The kernel also says "no space left on device" of these, and means no disk. */
const OTHER_SPACE = /inotify|cgroup|keyring/i;
const MISSING_PART = /no such image|executable file not found/i;
const MISSING_IPV6 = /ipv6[./]conf[./]all[./]disable_ipv6/;
const MISSING_RUNTIME = /(unknown|invalid) runtime/i;

/** Classifies an error of a call to an engine, given as it is or as the cause of an InfraError. */
export function engineFault(error: unknown): EngineFault {
  const root = rootOf(error);
  const text = messageOf(root);
  const status = statusOf(root);
  const code = codeOf(root);
  if (status === null && UNREACHABLE_CODES.has(code)) return "unreachable";
  if (status === null) return TRANSIENT_CODES.has(code) ? "transient" : "permanent";
  if (NO_SPACE.test(text) && !OTHER_SPACE.test(text)) return "full";
  if (SHORTAGE.test(text)) return "transient";
  if (MISSING_PART.test(text) || MISSING_RUNTIME.test(text)) return "permanent";
  return status >= 500 || TRANSIENT_STATUSES.has(status) ? "transient" : "permanent";
}

/** Returns whether an engine refused because it does not have the image. */
export function isMissingImage(error: unknown): boolean {
  return statusOf(rootOf(error)) === 404 && /no such image/i.test(messageOf(rootOf(error)));
}

/** Returns whether an engine refused because it does not have the OCI runtime. */
export function isMissingRuntime(error: unknown): boolean {
  return statusOf(rootOf(error)) !== null && MISSING_RUNTIME.test(messageOf(rootOf(error)));
}

/** Returns whether a container could not start because its setting of IPv6 cannot be made: the kernel or the runtime does not know it. */
export function lacksIpv6(error: unknown): boolean {
  return statusOf(rootOf(error)) !== null && MISSING_IPV6.test(messageOf(rootOf(error)));
}

/** Returns the HTTP status of an engine's refusal, given as it is or as the cause of an InfraError; null when it did not answer. */
export function statusOf(error: unknown): number | null {
  const root = rootOf(error);
  const status = typeof root === "object" && root !== null && "statusCode" in root ? root.statusCode : null;
  return typeof status === "number" ? status : null;
}

/** Returns the system's code of an error, or an empty text. */
export function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
}

/** Makes the cause of a transient failure that no call reported: an engine that does not answer, a connection that ended. */
export function transientCause(code: "ETIMEDOUT" | "ECONNRESET", message: string): Error {
  return Object.assign(new Error(message), { code });
}

function rootOf(error: unknown): unknown {
  return error instanceof InfraError && error.cause !== undefined ? rootOf(error.cause) : error;
}
