import { APIConnectionError as AnthropicConnectionError } from "@anthropic-ai/sdk";
import { APIConnectionError as OpenAiConnectionError } from "openai";
import { messageOf } from "../../core/errors.ts";
import { MAX_ERROR_BYTES, OverBound } from "../answer/bounds.ts";
import { writtenBytes } from "../answer/json-scan.ts";
import { isRecord, isTooDeep, type JsonRecord, recordIn, stringIn } from "../json.ts";
import { BadAnswer } from "../protocol.ts";
import type { Exchange } from "../recording-fetch.ts";
import { type Redact, redactedIn } from "../redact.ts";
import { serverWaitMs } from "./retry-after.ts";

type FaultKind =
  | { readonly kind: "transient"; readonly serverWaitMs: number | null }
  | { readonly kind: "rejected"; readonly reason: "context-exhausted" | "refused" | "bad-tool-call" }
  /** The host does not answer: transient for a host that has answered before. */
  | { readonly kind: "unreachable"; readonly serverWaitMs: null }
  | { readonly kind: "final"; readonly scope: "trial" | "arm"; readonly isQuota: boolean };

/** Why a request got no response, and what to do about it. `label` is short and safe to store. */
export type Fault = FaultKind & {
  readonly label: string;
  readonly status: number | null;
  readonly message: string;
  /** Whether it cost nothing: the provider rejected it, it never arrived, or it failed in a way that providers do not bill. */
  readonly isFree: boolean;
};

/** What a provider reported about an error, in any of its formats. */
type ReportedError = {
  /** Of the request itself, or `embedded` in a body that came with a success status. */
  readonly status: number | null;
  readonly isEmbedded: boolean;
  readonly code: string;
  readonly message: string;
  readonly error: JsonRecord;
  /** Whether the body states what the request has used, so that it may be billed. */
  readonly hasUsage: boolean;
};

const TRANSIENT_STATUS = new Set([408, 409, 429, 500, 501, 502, 503, 504, 520, 521, 522, 523, 524, 529]);
/** No provider bills an internal error, an unavailable model or an overload, unless the answer states a use. Gateways give the others, when the model may be at work already. */
const UNBILLED_STATUS = new Set([500, 503, 529]);
const STATUS_OF_CODE: ReadonlyMap<string, number> = new Map([
  ["overloaded_error", 529],
  ["rate_limit_error", 429],
  ["rate_limit_exceeded", 429],
  ["api_error", 500],
  ["server_error", 500],
  ["timeout_error", 504],
  ["authentication_error", 401],
  ["permission_error", 403],
  ["billing_error", 402],
  ["not_found_error", 404],
]);
/** Codes of a spent quota, and the words of those that have no code. Google says "billing" about limits of a minute too. */
const QUOTA_CODE = /insufficient_quota|billing/i;
const QUOTA_MESSAGE = /insufficient[ _]balance|credit balance/i;
const OVERFLOW =
  /context_length_exceeded|prompt is too long|maximum context length|context window|input is too long|exceeds? the (available |maximum )?context|request_too_large/i;
const REFUSED = /content_policy|cyber_policy|invalid_prompt|content_filter|moderation|flagged/i;
const MISCONFIGURED = /model_not_found|unsupported_(parameter|value)|unknown_parameter|unsupported parameter/i;
const TRANSIENT_NETWORK = /^(ECONNRESET|ETIMEDOUT|EPIPE|EAI_AGAIN|UND_ERR_.*)$/;
const UNREACHABLE = /^(ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ENETUNREACH)$/;
/** The message of fetch for ports that it never connects to. */
const BLOCKED_PORT = /^bad port$/;
const UNTRUSTED = /^CERT_|^ERR_TLS_|_CERT|SELF_SIGNED/;
/** The SDKs' message for a stream that is not one, such as that of a 204. */
const NO_BODY = /response with no body/;
/** Undici's code for a body that is longer than the connection takes. */
const WIRE_BOUND = "UND_ERR_RES_EXCEEDED_MAX_SIZE";
const MAX_CODE = 80;
const MAX_MESSAGE = 1000;
/** Network faults that come before anything was sent, and those alone. */
const BEFORE_SENDING = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT)$/;

/**
 * Classifies an error of a request, whichever SDK or layer threw it. Null for an error that is neither the provider's
 * nor the network's: a bug, which the caller rethrows.
 */
export function classify(error: unknown, exchange: Exchange, now: Date, redact: Redact = (text) => text): Fault | null {
  const fault = faultOf(error, { exchange, now, redact });
  return fault && { ...fault, message: inOneLine(fault.message.slice(0, MAX_MESSAGE + MAX_CODE)) };
}

/** Where an error occurred, and what removes secrets from its text before the text is cut. */
type Scene = { readonly exchange: Exchange; readonly now: Date; readonly redact: Redact };

function faultOf(error: unknown, { exchange, now, redact }: Scene): Fault | null {
  const reported = reportedErrorOf(error, exchange, redact);
  if (reported !== null) return faultFrom(reported, exchange.headers, now);
  const isOverBound = causesOf(error).some((cause) => cause instanceof OverBound || (isRecord(cause) && cause["code"] === WIRE_BOUND));
  if (isOverBound) return tooLarge(error, exchange.status);
  if (error instanceof BadAnswer) return transient(error.label, exchange.status, error.message);
  if (error instanceof SyntaxError) return transient("malformed-json", exchange.status, `the body is not JSON: ${error.message}`);
  return networkFault(error, exchange.status);
}

/** The error that the provider reports: in the body of a failed request, inside a successful one, or in a stream. */
function reportedErrorOf(error: unknown, exchange: Exchange, redact: Redact): ReportedError | null {
  if (exchange.status !== null && exchange.status >= 300)
    return readError(exchange.status, redactedIn(parsedOr(redact(exchange.responseBody)), redact));
  if (!(error instanceof BadAnswer) || error.error === null || error.error === undefined) return null;
  const isReadable = writtenBytes(error.error) <= MAX_ERROR_BYTES;
  return readError(null, { error: isReadable ? redactedIn(error.error, redact) : "an error that is too long to be read" });
}

function readError(status: number | null, body: unknown): ReportedError {
  const outer = Array.isArray(body) ? body[0] : body;
  const holder: JsonRecord = isRecord(outer) ? outer : { message: typeof outer === "string" ? outer : "" };
  const error: JsonRecord = isRecord(holder["error"])
    ? holder["error"]
    : { ...holder, message: holder["error"] ?? holder["message"] ?? holder["detail"] };
  const words = [error["code"], error["type"], error["status"], recordIn(error, "details")["error_code"]];
  const code = words.flatMap((word) => (typeof word === "string" ? word.slice(0, MAX_CODE) : [])).join(" ");
  const said = stringIn(error, "message") ?? written(error["message"] ?? error);
  const message = inOneLine(said.slice(0, MAX_MESSAGE));
  return {
    status: status ?? embeddedStatus(error),
    isEmbedded: status === null,
    code: inOneLine(code),
    message,
    error,
    hasUsage: isRecord(holder["usage"]),
  };
}

function written(value: unknown): string {
  return isTooDeep(value) ? "" : (JSON.stringify(value) ?? "");
}

/** Provider texts go into messages and tables, which have room for one line. */
function inOneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, " ");
}

/** The status that an error inside a success states or implies. */
function embeddedStatus(error: JsonRecord): number | null {
  const stated = typeof error["code"] === "object" ? Number.NaN : Number(error["code"]);
  if (Number.isInteger(stated) && stated >= 300 && stated < 600) return stated;
  for (const word of [error["code"], error["type"]]) {
    const status = typeof word === "string" ? STATUS_OF_CODE.get(word) : undefined;
    if (status !== undefined) return status;
  }
  return null;
}

function faultFrom(reported: ReportedError, headers: Headers | null, now: Date): Fault {
  const { status, code, error } = reported;
  const origin = reported.isEmbedded ? "error" : "http";
  const label = [status === null ? origin : `${origin}-${status}`, code.split(" ")[0]].filter(Boolean).join(" ");
  const message = `${label}: ${reported.message}`;
  const said = `${code} ${reported.message}`;
  const isLimit = status === 429;
  const isFree = !reported.isEmbedded && isUnbilled(status, reported.hasUsage);
  const isQuota = status === 402 || QUOTA_CODE.test(code) || QUOTA_MESSAGE.test(reported.message);
  const about = { label, status, message, isFree };

  if (/tool_use_failed/.test(code)) {
    return { ...about, kind: "rejected", reason: "bad-tool-call", message: failedGeneration(error) ?? message };
  }
  if (status === 401 || isQuota) return { ...about, kind: "final", scope: "arm", isQuota };
  if (!isLimit && OVERFLOW.test(said)) return { ...about, kind: "rejected", reason: "context-exhausted" };
  if (REFUSED.test(code) || isModeration(reported)) return { ...about, kind: "rejected", reason: "refused" };
  if (status === 403 || status === 404 || MISCONFIGURED.test(said)) return { ...about, kind: "final", scope: "arm", isQuota };
  if (status === null || TRANSIENT_STATUS.has(status)) {
    return { ...about, kind: "transient", serverWaitMs: serverWaitMs({ headers, error, now }) };
  }
  return { ...about, kind: "final", scope: "trial", isQuota };
}

function isUnbilled(status: number | null, hasUsage: boolean): boolean {
  if (status === null) return false;
  return (status >= 400 && status < 500) || (UNBILLED_STATUS.has(status) && !hasUsage);
}

/** OpenRouter answers a prompt that its moderation stopped with 403 and the reasons. */
function isModeration({ status, message, error }: ReportedError): boolean {
  if (status !== 403) return false;
  const metadata = recordIn(error, "metadata");
  return Array.isArray(metadata["reasons"]) || "flagged_input" in metadata || REFUSED.test(message);
}

function failedGeneration(error: JsonRecord): string | null {
  return stringIn(error, "failed_generation")?.slice(0, 500) ?? null;
}

function networkFault(error: unknown, status: number | null): Fault | null {
  const codes = causesOf(error).flatMap((cause) => (isRecord(cause) && typeof cause["code"] === "string" ? [cause["code"]] : []));
  const message = causesOf(error).map(messageOf).at(-1) ?? "";
  const isFree = status === null && codes.some((code) => BEFORE_SENDING.test(code));
  const untrusted = codes.find((code) => UNTRUSTED.test(code));
  if (untrusted !== undefined) {
    return { kind: "final", scope: "arm", isQuota: false, label: untrusted, status, message, isFree: status === null };
  }
  if (BLOCKED_PORT.test(message)) {
    const advice = "base_url names a port that is reserved for other protocols; use another";
    return { kind: "final", scope: "arm", isQuota: false, label: "blocked-port", status, message: advice, isFree: true };
  }
  const unreachable = codes.find((code) => UNREACHABLE.test(code));
  if (unreachable !== undefined) return { kind: "unreachable", serverWaitMs: null, label: unreachable, status, message, isFree };
  const known = codes.find((code) => TRANSIENT_NETWORK.test(code));
  if (known !== undefined) return { ...transient(known, status, message), isFree };

  const isTimeout = causesOf(error).some((cause) => cause instanceof Error && /^(TimeoutError|AbortError)$/.test(cause.name));
  if (isTimeout) return transient("timeout", status, message);
  const isConnection = error instanceof OpenAiConnectionError || error instanceof AnthropicConnectionError;
  if (isConnection) return transient("connection-lost", status, message);
  if (error instanceof TypeError && /^(terminated|fetch failed)$/.test(error.message)) return transient("connection-lost", status, message);
  if (NO_BODY.test(message)) return transient("no-answer", status, "the answer is empty");
  return /User.?Abort|Timeout/.test(nameOf(error)) ? transient("timeout", status, message) : null;
}

/** An answer over a bound would come again and cost as much again, so it is not asked for again; what it cost is unknown. */
function tooLarge(error: unknown, status: number | null): Fault {
  const label = "answer-too-large";
  const reason = causesOf(error).find((cause) => cause instanceof OverBound)?.message ?? "the body is longer than any answer";
  return { kind: "final", scope: "trial", isQuota: false, label, status, message: `${label}: ${reason}`, isFree: false };
}

function transient(label: string, status: number | null, message: string): Fault {
  return { kind: "transient", label, status, message: inOneLine(`${label}: ${message}`), serverWaitMs: null, isFree: false };
}

/** An error and what caused it, outermost first. */
function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = [];
  for (let cause = error; cause !== undefined && cause !== null && causes.length < 8; cause = isErrorLike(cause) ? cause.cause : null)
    causes.push(cause);
  return causes;
}

function isErrorLike(value: unknown): value is { readonly cause?: unknown } {
  return typeof value === "object" && value !== null;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? `${error.name} ${error.constructor.name}` : "";
}

function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
