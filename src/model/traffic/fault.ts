import { APIConnectionError as AnthropicConnectionError } from "@anthropic-ai/sdk";
import { APIConnectionError as OpenAiConnectionError } from "openai";
import { messageOf } from "../../core/errors.ts";
import type { Billing } from "../../core/spending.ts";
import { MAX_ERROR_BYTES, OverBound } from "../answer/bounds.ts";
import { writtenBytes } from "../answer/json-scan.ts";
import { isRecord, parsedOr, stringIn } from "../json.ts";
import { BadAnswer } from "../protocol.ts";
import type { Exchange } from "../recording-fetch.ts";
import { type Redact, redactedIn } from "../redact.ts";
import { kindOf } from "./dialect/dialect.ts";
import type { DialectKind } from "./dialect/entry.ts";
import { type ErrorReport, errorInSuccess, inOneLine, readReport } from "./dialect/report.ts";
import { serverWaitMs } from "./retry-after.ts";

type FaultKind =
  /** Passes by itself. The wait is infinite where a limit of many hours is used up and nobody says until when. */
  | { readonly kind: "transient"; readonly serverWaitMs: number | null }
  | { readonly kind: "rejected"; readonly reason: "context-exhausted" | "refused" | "bad-tool-call" }
  /** The host does not take the conversation back as it was sent. */
  | { readonly kind: "bad-history" }
  /** The host does not answer: transient for a host that has answered before. */
  | { readonly kind: "unreachable"; readonly serverWaitMs: null }
  | { readonly kind: "final"; readonly scope: "trial" | "arm" };

/** Why a request got no response, and what to do about it. `label` is short and safe to store. */
export type Fault = FaultKind & {
  /** What the host says is wrong; null where the host says nothing. */
  readonly about: DialectKind | null;
  readonly label: string;
  readonly status: number | null;
  readonly message: string;
  /** The parameter that the host names. */
  readonly param: string | null;
  readonly billing: Exclude<Billing, "known">;
};

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
  const isOverBound = causesOf(error).some((cause) => cause instanceof OverBound || (isRecord(cause) && cause["code"] === WIRE_BOUND));
  const report = reportOf(error, exchange, redact);
  if (report !== null) return faultFrom(report, exchange.headers, now);
  if (isOverBound) return tooLarge(error, exchange.status);
  if (error instanceof BadAnswer) return transient(error.label, exchange.status, error.message);
  if (error instanceof SyntaxError) return transient("malformed-json", exchange.status, `the body is not JSON: ${error.message}`);
  return networkFault(error, exchange.status);
}

/** The error that the provider reports: in the body of a failed request, inside a successful one, or in a stream. */
function reportOf(error: unknown, exchange: Exchange, redact: Redact): ErrorReport | null {
  if (exchange.status !== null && exchange.status >= 300) {
    const body = redact(exchange.responseBody);
    return readReport(exchange.status, redactedIn(parsedOr(body, body), redact));
  }
  if (!(error instanceof BadAnswer || error instanceof SyntaxError)) return null;
  const said = error instanceof BadAnswer && error.error !== null && error.error !== undefined ? error.error : embedded(exchange, redact);
  if (said === null) return null;
  const isReadable = writtenBytes(said) <= MAX_ERROR_BYTES;
  return readReport(null, isReadable ? holding(redactedIn(said, redact)) : { message: "an error that is too long to be read" });
}

/** An error that stands in a whole body without being marked as one. */
function embedded({ isStream, responseBody }: Exchange, redact: Redact): unknown {
  return isStream || responseBody.length > MAX_ERROR_BYTES ? null : errorInSuccess(redact(responseBody));
}

function holding(said: unknown): unknown {
  return isRecord(said) && (said["base_resp"] !== undefined || said["error"] !== undefined) ? said : { error: said };
}

function faultFrom(report: ErrorReport, headers: Headers | null, now: Date): Fault {
  const { status, error } = report;
  const origin = report.isEmbedded ? "error" : "http";
  const label = [status === null ? origin : `${origin}-${status}`, report.code.split(" ")[0]].filter(Boolean).join(" ");
  const message = `${label}: ${report.message}`;
  const kind = kindOf(report);
  const about = { label, status, message, param: report.param, about: kind, billing: billingOf(report, kind) };
  switch (kind) {
    case "malformed-call":
      return {
        ...about,
        kind: "rejected",
        reason: "bad-tool-call",
        message: stringIn(error, "failed_generation")?.slice(0, 500) ?? message,
      };
    case "refusal":
      return { ...about, kind: "rejected", reason: "refused" };
    case "overflow":
    case "no-room":
      return { ...about, kind: "rejected", reason: "context-exhausted" };
    case "bad-history":
      return { ...about, kind: "bad-history" };
    case "limited":
    case "loading":
    case "passing":
      return { ...about, kind: "transient", serverWaitMs: serverWaitMs({ headers, error, text: report.text, now }) };
    case "daily":
      return { ...about, kind: "transient", serverWaitMs: dailyWaitMs(report, headers, now) };
    case "over-tier":
    case "rejected":
      return { ...about, kind: "final", scope: "trial" };
    default:
      return { ...about, kind: "final", scope: "arm" };
  }
}

/** Google names a delay of seconds with the limit of a day, too; it is that of the minute. */
function dailyWaitMs(report: ErrorReport, headers: Headers | null, now: Date): number {
  if (report.codes.has("resource_exhausted")) return Number.POSITIVE_INFINITY;
  return serverWaitMs({ headers, error: report.error, text: report.text, now }) ?? Number.POSITIVE_INFINITY;
}

/** Kinds of errors that come before a model has begun to work, in whatever form they come. */
const BEFORE_WORK: ReadonlySet<DialectKind> = new Set([
  "quota",
  "bad-key",
  "forbidden",
  "wrong-model",
  "wrong-address",
  "wrong-parameter",
  "no-tools",
  "no-tool-parser",
  "output-limit",
  "over-tier",
  "daily",
  "bad-history",
]);

/** Server errors that vendors do not bill: requests that failed inside, were not taken, or met an overload. */
const UNBILLED_STATUS = new Set([500, 503, 529]);

/** A gateway's word for a connection that was closed while the model worked: the one status below 500 that some hosts bill. */
const CLOSED_EARLY = 499;

/**
 * Tells whether a failed request may have been billed. What was rejected (4xx) is not, nor are 500, 503 and 529 without a count of tokens: no vendor is known to bill them, and
 * some write that they do not. A call that the server could not read was written, and is billed at some hosts; what broke off in an answer or behind a gateway (502, 504) may be.
 *
 * @see https://novita.ai/docs/guides/llm-billing, https://openrouter.ai/docs/guides/features/zero-completion-insurance
 */
function billingOf({ status, isEmbedded, hasUsage }: ErrorReport, kind: DialectKind): Exclude<Billing, "known"> {
  if (kind === "malformed-call" || hasUsage) return "maybe";
  if (BEFORE_WORK.has(kind)) return "none";
  if (isEmbedded || status === null) return "maybe";
  return (status >= 400 && status < 500 && status !== CLOSED_EARLY) || UNBILLED_STATUS.has(status) ? "none" : "maybe";
}

function networkFault(error: unknown, status: number | null): Fault | null {
  const codes = causesOf(error).flatMap((cause) => (isRecord(cause) && typeof cause["code"] === "string" ? [cause["code"]] : []));
  const message = causesOf(error).map(messageOf).at(-1) ?? "";
  const billing = status === null && codes.some((code) => BEFORE_SENDING.test(code)) ? "none" : "maybe";
  const about = { about: null, param: null, status, message };
  const untrusted = codes.find((code) => UNTRUSTED.test(code));
  if (untrusted !== undefined) {
    return { ...about, kind: "final", scope: "arm", label: untrusted, billing: status === null ? "none" : "maybe" };
  }
  if (BLOCKED_PORT.test(message)) {
    const advice = "base_url names a port that is reserved for other protocols; use another";
    return { ...about, kind: "final", scope: "arm", label: "blocked-port", message: advice, billing: "none" };
  }
  const unreachable = codes.find((code) => UNREACHABLE.test(code));
  if (unreachable !== undefined) return { ...about, kind: "unreachable", serverWaitMs: null, label: unreachable, billing };
  const known = codes.find((code) => TRANSIENT_NETWORK.test(code));
  if (known !== undefined) return { ...transient(known, status, message), billing };

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
  return { kind: "final", scope: "trial", about: null, param: null, label, status, message: `${label}: ${reason}`, billing: "maybe" };
}

function transient(label: string, status: number | null, message: string): Fault {
  const text = inOneLine(`${label}: ${message}`);
  return { kind: "transient", about: null, param: null, label, status, message: text, serverWaitMs: null, billing: "maybe" };
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
