import { embeddedError } from "../../answer/embedded-error.ts";
import { isRecord, isTooDeep, type JsonRecord, parsedOr, recordIn, recordsIn, stringIn } from "../../json.ts";

/** What a host reported about an error, whatever its format. */
export type ErrorReport = {
  /** HTTP's, or what an error inside a success states or implies; null where neither is known. */
  readonly status: number | null;
  readonly isEmbedded: boolean;
  /** All words that name the error, in lower case. */
  readonly codes: ReadonlySet<string>;
  /** The first of them as it was written, for labels. */
  readonly code: string;
  /** What the host says, in one line. */
  readonly message: string;
  /** All that the host and those behind it say, in lower case and in one line: what is searched for words. */
  readonly text: string;
  /** The parameter that the host names. */
  readonly param: string | null;
  /** Whether the host says what the request has used, so that it may be billed. */
  readonly hasUsage: boolean;
  /** The error as it was written, for what else it states. */
  readonly error: JsonRecord;
};

const STATUS_OF_CODE: ReadonlyMap<string, number> = new Map([
  ["overloaded_error", 529],
  ["rate_limit_error", 429],
  ["rate_limit_exceeded", 429],
  ["resource_exhausted", 429],
  ["api_error", 500],
  ["server_error", 500],
  ["internal_server_error", 500],
  ["timeout_error", 504],
  ["authentication_error", 401],
  ["permission_error", 403],
  ["billing_error", 402],
  ["not_found_error", 404],
]);
const CODE_FIELDS = ["code", "type", "status", "reason", "error_code", "errorCode", "error_type", "status_code"];
const MESSAGE_FIELDS = [
  "message",
  "msg",
  "status_msg",
  "error_message",
  "errorMessage",
  "detail",
  "details",
  "title",
  "Message",
  "faultstring",
];
/** Where gateways put what the host behind them said. */
const INNER_FIELDS = [
  "error",
  "innererror",
  "inner_error",
  "metadata",
  "raw",
  "details",
  "detail",
  "errors",
  "base_resp",
  "fault",
  "response",
  "body",
];
/** The code of an error that is a web page. */
const PAGE = "html";
const MAX_CODE = 80;
const MAX_MESSAGE = 1000;
const MAX_TEXT = 6000;
const MAX_PARTS = 40;
const MAX_LEVELS = 6;

/** Reads the report of a failed request, or of an error inside a success where `status` is null. */
export function readReport(status: number | null, body: unknown): ErrorReport {
  const error = errorIn(body);
  const parts: Parts = { codes: [], texts: [], left: MAX_PARTS };
  gather(error, parts, 0);
  const named = parts.codes.filter((word) => word !== PAGE && !/^\d{1,3}$/.test(word));
  const said = messageIn(error) ?? (error["message"] === "" ? "" : written(error));
  const message = inOneLine(said.slice(0, MAX_MESSAGE));
  const text = inOneLine([message, ...parts.texts, ...named].join(" · ").slice(0, MAX_TEXT)).toLowerCase();
  return {
    status: status ?? embeddedStatus(error),
    isEmbedded: status === null,
    codes: new Set(parts.codes.map((word) => word.toLowerCase())),
    code: inOneLine(ownCode(error) ?? named[0] ?? ""),
    message,
    text,
    param: stringIn(error, "param"),
    hasUsage: isRecord(error["usage"]) || (isRecord(body) && isRecord(body["usage"])),
    error,
  };
}

/** Reads an error out of a body that came with a success status and is no answer, a web page among them; null when there is none in it. */
export function errorInSuccess(text: string): unknown {
  if (/^\s{0,100}<(?:!doctype|html)/i.test(text)) return { code: PAGE, message: text };
  const body = parsedOr(text, null);
  const outer = Array.isArray(body) ? body[0] : body;
  return isRecord(outer) ? embeddedError(outer) : null;
}

/** Provider texts go into messages and tables, which have room for one line. */
export function inOneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, " ");
}

/** The record that tells most about the error: below `error`, `base_resp` and the like, or the body itself. */
function errorIn(body: unknown): JsonRecord {
  const outer = Array.isArray(body) ? body[0] : body;
  if (typeof outer === "string") return textError(outer);
  if (!isRecord(outer)) return { message: "" };
  const { error } = outer;
  if (isRecord(error) && error["type"] === "base_resp") return { ...error, type: null, code: `minimax-${String(error["code"])}` };
  if (isRecord(error) && (error["base_resp"] !== undefined || error["status_msg"] !== undefined)) return errorIn(error);
  if (isRecord(error)) {
    // Google's bridge and some gateways write what was said behind them as JSON into the message.
    const inner = nested(error["message"]);
    return inner === null ? error : { ...error, ...errorIn(inner), outer: error["code"] };
  }
  if (typeof error === "string" || isRecord(outer["message"])) {
    const inner = nested(error) ?? outer["message"];
    return isRecord(inner) ? { ...outer, ...errorIn(inner) } : { ...outer, message: error };
  }
  const base = outer["status_msg"] === undefined ? recordIn(outer, "base_resp") : outer;
  const status = base["status_code"];
  if (typeof status === "number" || typeof status === "string") return { message: base["status_msg"], code: `minimax-${status}` };
  const first = recordsIn(outer, "errors")[0];
  return first === undefined ? outer : { ...outer, ...first };
}

function textError(text: string): JsonRecord {
  const inner = nested(text);
  if (inner !== null) return errorIn(inner);
  if (!/^\s{0,100}<(?:!doctype|html|\?xml)/i.test(text)) return { message: text };
  return {
    code: PAGE,
    message: text
      .slice(0, MAX_TEXT)
      .replace(/<[^<>]{0,300}>/g, " ")
      .replace(/ {2,}/g, " ")
      .trim(),
  };
}

/** JSON that is written into a text, as gateways pass on what they were told. */
function nested(value: unknown): unknown {
  if (typeof value !== "string" || !/^\s{0,20}[{[]/.test(value)) return null;
  const inner = parsedOr(value, null);
  return inner !== null && !isTooDeep(inner) ? inner : null;
}

type Parts = { readonly codes: string[]; readonly texts: string[]; left: number };

function gather(value: unknown, parts: Parts, level: number): void {
  if (level > MAX_LEVELS || parts.left <= 0) return;
  parts.left -= 1;
  if (typeof value === "string") {
    const inner = nested(value);
    if (inner === null) parts.texts.push(value.slice(0, MAX_MESSAGE));
    else gather(inner, parts, level + 1);
    return;
  }
  if (Array.isArray(value)) {
    for (const item of value.slice(0, MAX_PARTS)) gather(item, parts, level + 1);
    return;
  }
  if (isRecord(value)) gatherRecord(value, parts, level);
}

function gatherRecord(record: JsonRecord, parts: Parts, level: number): void {
  for (const field of CODE_FIELDS) {
    const word = record[field];
    if (typeof word === "string" || typeof word === "number") parts.codes.push(String(word).slice(0, MAX_CODE));
  }
  // OpenRouter gives the reasons of its moderation as data.
  if (Array.isArray(record["reasons"]) || record["flagged_input"] !== undefined) parts.codes.push("moderation");
  for (const field of ["quotaId", "quotaMetric", "param", "@type"])
    if (typeof record[field] === "string") parts.texts.push(`${field} ${record[field]}`);
  for (const field of [...MESSAGE_FIELDS, ...INNER_FIELDS, "violations", "loc"]) {
    const inner = record[field];
    if (inner !== undefined && inner !== null) gather(inner, parts, level + 1);
  }
}

function messageIn(error: JsonRecord): string | null {
  for (const field of MESSAGE_FIELDS) {
    const value = error[field];
    if (typeof value === "string") {
      if (value !== "") return value;
      continue;
    }
    if (isRecord(value) && stringIn(value, "error") !== null) return stringIn(value, "error");
    if (value !== undefined && value !== null) return written(value);
  }
  return null;
}

/** The words that the error itself gives as its code, for labels. */
function ownCode(error: JsonRecord): string | null {
  for (const field of ["code", "type", "status"]) {
    const word = error[field];
    if (typeof word === "string" && word !== "" && word !== PAGE && word !== "None" && !/^\d{1,3}$/.test(word))
      return word.slice(0, MAX_CODE);
  }
  return null;
}

/** The status that an error inside a success states or implies. */
function embeddedStatus(error: JsonRecord): number | null {
  for (const field of ["code", "status", "status_code", "http_code"]) {
    const stated = typeof error[field] === "string" || typeof error[field] === "number" ? Number(error[field]) : Number.NaN;
    if (Number.isInteger(stated) && stated >= 300 && stated < 600) return stated;
  }
  for (const field of ["code", "type", "status"]) {
    const word = error[field];
    const status = typeof word === "string" ? STATUS_OF_CODE.get(word.toLowerCase()) : undefined;
    if (status !== undefined) return status;
  }
  return null;
}

function written(value: unknown): string {
  return isTooDeep(value) ? "" : (JSON.stringify(value) ?? "");
}
