import { messageOf } from "../core/errors.ts";
import type { ParsedArgs, Turn } from "../core/model.ts";
import { MAX_ARGUMENT_CHARS, MAX_ID_CHARS, MAX_WORD_CHARS, OverBound } from "./answer/bounds.ts";
import { parseBounded } from "./answer/json-scan.ts";
import { wellFormed } from "./history/well-formed.ts";
import { isRecord, type JsonRecord } from "./json.ts";

/**
 * Makes a function that keeps call ids unique in the response to `turns`: an id that is empty or endless, or that the conversation has used before, is replaced by
 * `call_<iteration>_<n>`, so that every result finds its call.
 */
export function callIds(turns: readonly Turn[]): (id: unknown) => string {
  const answers = turns.filter((turn) => turn.kind === "assistant");
  const used = new Set(answers.flatMap(({ view }) => view.calls.map(({ id }) => id)));
  const iteration = answers.length + 1;
  let position = 0;

  return (id) => {
    position += 1;
    let unique = typeof id === "string" && id !== "" && id.length <= MAX_ID_CHARS && !used.has(id) ? id : `call_${iteration}_${position}`;
    while (used.has(unique)) unique = `${unique}_again`;
    used.add(unique);
    return unique;
  };
}

/** The name of a called tool; of one that is longer than any tool's, only the beginning. */
export function callName(name: unknown): string {
  return typeof name === "string" ? cut(name, MAX_WORD_CHARS) : "";
}

const ENCODED_TWICE = "the arguments were JSON inside a JSON string";

/** Arguments as they were read, with the text that may safely be sent back, and the text to keep, which is cut where the arguments are too large. */
export type ReadArgs = {
  readonly args: ParsedArgs;
  readonly replayText: string;
  readonly keptText: string;
  /** What was changed before the arguments could be read, which a model that is compared should be known for; null for nothing. */
  readonly repair: string | null;
};

const MAX_INVALID_CHARS = 500;

/**
 * Reads the arguments text of a tool call. A complete object followed only by stray quotes or space counts as that object, one that was encoded twice as what it holds, and
 * no text at all as no arguments. What cannot be read is replaced for replay, because some servers parse the history. Arguments that are too large or too deep are the
 * model's mistake, which it is told of: it wrote them within the length of an answer.
 */
export function readArguments(raw: string): ReadArgs {
  if (raw.length > MAX_ARGUMENT_CHARS) {
    const most = MAX_ARGUMENT_CHARS.toLocaleString("en-US");
    return unreadable(raw, {
      error: `${raw.length.toLocaleString("en-US")} characters are too long: at most ${most} are read`,
      isOverBound: true,
    });
  }
  if (raw.trim() === "") return read({}, "{}", raw);
  const whole = parsed(raw);
  if (whole.kind === "error" && whole.isOverBound) return unreadable(raw, whole);
  if (whole.kind === "value") return readValue(whole.value, raw, raw);

  const trimmed = trimmedEnd(raw);
  const rescued = trimmed === raw ? whole : parsed(trimmed);
  if (rescued.kind === "value" && isRecord(rescued.value)) return read(rescued.value, trimmed, raw);
  return unreadable(raw, whole);
}

/** Reads arguments that are JSON: an object, or a string that holds the JSON of one. */
function readValue(value: unknown, text: string, raw: string): ReadArgs {
  if (isRecord(value)) return read(value, text, raw);
  const inner = typeof value === "string" ? parsed(value) : null;
  if (inner?.kind === "value" && isRecord(inner.value)) return { ...read(inner.value, value as string, raw), repair: ENCODED_TWICE };
  return unreadable(raw, { error: `expected a JSON object, not ${kindOf(value)}`, isOverBound: false });
}

/** An escape in arguments may be half of a surrogate pair, which hosts that parse the history reject. */
function read(value: JsonRecord, text: string, raw: string): ReadArgs {
  const valid = wellFormed(value);
  return { args: { kind: "ok", value: valid }, replayText: valid === value ? text : JSON.stringify(valid), keptText: raw, repair: null };
}

/** What is over a bound is cut, so that nothing later reads or stores the whole of it. */
function unreadable(raw: string, { error, isOverBound }: { readonly error: string; readonly isOverBound: boolean }): ReadArgs {
  const replayText = JSON.stringify({ _invalid: cut(raw) });
  return { args: { kind: "invalid", error }, replayText, keptText: isOverBound ? cut(raw) : raw, repair: null };
}

const STRAY = new Set(" \t\r\n\"'`");

/** The text up to its last brace, where only stray quotes or space follow. */
function trimmedEnd(raw: string): string {
  let end = raw.length;
  while (end > 0 && STRAY.has(raw[end - 1] ?? "")) end -= 1;
  return raw[end - 1] === "}" ? raw.slice(0, end) : raw;
}

/** Arguments that came as JSON values, as they were read, with the value that may safely be sent back; `keptText` is null where there was no text. */
export type ReadInput = {
  readonly args: ParsedArgs;
  readonly replay: JsonRecord;
  readonly keptText: string | null;
  readonly repair: string | null;
};

/** Reads arguments that came as JSON values already; only an object is valid, and a string that holds the JSON of one. */
export function readInput(input: unknown): ReadInput {
  if (isRecord(input)) {
    const value = wellFormed(input);
    return { args: { kind: "ok", value }, replay: value, keptText: null, repair: null };
  }
  if (typeof input === "string") {
    const { args, replayText, keptText, repair } = readArguments(input);
    const asText = args.kind === "ok" && replayText === input ? ENCODED_TWICE : null;
    return { args, replay: JSON.parse(replayText) as JsonRecord, keptText, repair: repair ?? asText };
  }
  const text = JSON.stringify(input ?? null);
  return {
    args: { kind: "invalid", error: `expected a JSON object, not ${kindOf(input)}` },
    replay: { _invalid: cut(text) },
    keptText: null,
    repair: null,
  };
}

type Parsed =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "error"; readonly error: string; readonly isOverBound: boolean };

function parsed(text: string): Parsed {
  try {
    return { kind: "value", value: parseBounded(text) };
  } catch (error) {
    const isOverBound = error instanceof OverBound;
    const reason = isOverBound ? error.message.replace("the answer", "it") : messageOf(error);
    return { kind: "error", error: reason, isOverBound };
  }
}

/** The first characters, without half of a surrogate pair at the cut. */
function cut(text: string, most = MAX_INVALID_CHARS): string {
  return text.slice(0, most).replace(/[\uD800-\uDBFF]$/, "");
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "null";
  return Array.isArray(value) ? "an array" : `a ${typeof value}`;
}
