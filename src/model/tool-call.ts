import type { ParsedArgs, Turn } from "../core/model.ts";
import { isRecord, isTooDeep } from "./json.ts";

/**
 * Makes a function that keeps call ids unique in the response to `turns`: an id that is empty, or that the conversation has used before, is replaced by
 * `call_<iteration>_<n>`, so that every result finds its call.
 */
export function callIds(turns: readonly Turn[]): (id: unknown) => string {
  const answers = turns.filter((turn) => turn.kind === "assistant");
  const used = new Set(answers.flatMap(({ view }) => view.calls.map(({ id }) => id)));
  const iteration = answers.length + 1;
  let position = 0;

  return (id) => {
    position += 1;
    let unique = typeof id === "string" && id !== "" && !used.has(id) ? id : `call_${iteration}_${position}`;
    while (used.has(unique)) unique = `${unique}_again`;
    used.add(unique);
    return unique;
  };
}

/** Arguments as they were read, with the text that may safely be sent back. */
export type ReadArgs = { readonly args: ParsedArgs; readonly replayText: string };

const MAX_INVALID_CHARS = 500;

/**
 * Reads the arguments text of a tool call. A complete object followed only by stray quotes or space counts as that object, and no text
 * at all as no arguments. What cannot be read is replaced for replay, because some servers parse the history.
 */
export function readArguments(raw: string): ReadArgs {
  if (raw.trim() === "") return { args: { kind: "ok", value: {} }, replayText: "{}" };
  const whole = parsed(raw);
  if (whole.kind === "value" && isRecord(whole.value)) return { args: { kind: "ok", value: whole.value }, replayText: raw };

  const replayText = JSON.stringify({ _invalid: cut(raw) });
  if (whole.kind === "value") return { args: { kind: "invalid", error: `expected a JSON object, not ${kindOf(whole.value)}` }, replayText };
  const trimmed = raw.replace(/(?<=\})[\s"'`]+$/, "");
  const rescued = parsed(trimmed);
  if (rescued.kind === "value" && isRecord(rescued.value)) return { args: { kind: "ok", value: rescued.value }, replayText: trimmed };
  return { args: { kind: "invalid", error: whole.error }, replayText };
}

/** Reads arguments that came as JSON values already; only an object is valid. */
export function readInput(input: unknown): { readonly args: ParsedArgs; readonly replay: unknown } {
  if (isRecord(input)) return { args: { kind: "ok", value: input }, replay: input };
  if (typeof input === "string") {
    const { args, replayText } = readArguments(input);
    return { args, replay: JSON.parse(replayText) };
  }
  const text = JSON.stringify(input ?? null);
  return { args: { kind: "invalid", error: `expected a JSON object, not ${kindOf(input)}` }, replay: { _invalid: cut(text) } };
}

type Parsed = { readonly kind: "value"; readonly value: unknown } | { readonly kind: "error"; readonly error: string };

function parsed(text: string): Parsed {
  try {
    const value: unknown = JSON.parse(text);
    return isTooDeep(value) ? { kind: "error", error: "it is nested too deep" } : { kind: "value", value };
  } catch (error) {
    return { kind: "error", error: error instanceof Error ? error.message : String(error) };
  }
}

/** The first characters, without half of a surrogate pair at the cut. */
function cut(text: string): string {
  return text.slice(0, MAX_INVALID_CHARS).replace(/[\uD800-\uDBFF]$/, "");
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "null";
  return Array.isArray(value) ? "an array" : `a ${typeof value}`;
}
