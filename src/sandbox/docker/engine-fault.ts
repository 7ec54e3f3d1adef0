import { InfraError, messageOf } from "../../core/errors.ts";

/**
 * What is behind a failed call to an engine: nobody answers at its address (`away`), its disk is `full`, it may go well the next time
 * (`passing`), or it will come again (`lasting`).
 */
export type EngineFault = "away" | "full" | "passing" | "lasting";

const AWAY_CODES = new Set(["ECONNREFUSED", "ENOENT", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "EHOSTDOWN", "ENETUNREACH"]);
const PASSING_CODES = new Set(["ECONNRESET", "ECONNABORTED", "EPIPE", "ETIMEDOUT", "EAGAIN", "EMFILE", "ENFILE"]);
const PASSING_STATUSES = new Set([404, 409, 429]);

const SHORTAGE = /resource temporarily unavailable|\bEAGAIN\b/i;
const NO_SPACE = /no space left on device/i;
/** The kernel says "no space left on device" of these too, and no disk is meant. */
const OTHER_SPACE = /inotify|cgroup|keyring/i;
const MISSING_PART = /no such image|executable file not found/i;
const MISSING_RUNTIME = /(unknown|invalid) runtime/i;

/** Tells what is behind an error that an engine's call threw, bare or as the cause of an InfraError. */
export function engineFault(error: unknown): EngineFault {
  const root = rootOf(error);
  const text = messageOf(root);
  const status = statusOf(root);
  const code = codeOf(root);
  if (status === null && AWAY_CODES.has(code)) return "away";
  if (status === null) return PASSING_CODES.has(code) ? "passing" : "lasting";
  if (NO_SPACE.test(text) && !OTHER_SPACE.test(text)) return "full";
  if (SHORTAGE.test(text)) return "passing";
  if (MISSING_PART.test(text) || MISSING_RUNTIME.test(text)) return "lasting";
  return status >= 500 || PASSING_STATUSES.has(status) ? "passing" : "lasting";
}

/** Tells whether an engine refused because it does not have the image. */
export function isMissingImage(error: unknown): boolean {
  return statusOf(rootOf(error)) === 404 && /no such image/i.test(messageOf(rootOf(error)));
}

/** Tells whether an engine refused because it does not have the OCI runtime. */
export function isMissingRuntime(error: unknown): boolean {
  return statusOf(rootOf(error)) !== null && MISSING_RUNTIME.test(messageOf(rootOf(error)));
}

/** Gives the HTTP status of an engine's refusal, bare or as the cause of an InfraError, or null when it did not answer. */
export function statusOf(error: unknown): number | null {
  const root = rootOf(error);
  const status = typeof root === "object" && root !== null && "statusCode" in root ? root.statusCode : null;
  return typeof status === "number" ? status : null;
}

/** Gives the system's code of an error, or nothing. */
export function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
}

/** The cause of a failure that no call reported and that may pass: an engine that is silent, a connection that ended. */
export function passingCause(code: "ETIMEDOUT" | "ECONNRESET", message: string): Error {
  return Object.assign(new Error(message), { code });
}

function rootOf(error: unknown): unknown {
  return error instanceof InfraError && error.cause !== undefined ? rootOf(error.cause) : error;
}
