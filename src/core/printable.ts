import { visible, visibleJson } from "./visible.ts";

// Most text, and the fastest test for it.
const PLAIN = /^[\n\t\x20-\x7e]*$/;

/** Makes text of unknown origin safe to show on several lines: line ends and tabs stay, and what cannot be seen becomes an escape such as `\u202e`. */
export function plainText(text: string): string {
  if (PLAIN.test(text)) return text;
  return visible(text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text, "\n\t");
}

/** Leaves the codes out of a log that only colour it, as test runners and tools write them; what else steers a terminal stays, to be made visible. */
export function withoutColours(log: string): string {
  return log.includes("\u001b") ? log.replace(/\u001b\[[0-9;:]{0,40}m/g, "") : log;
}

/** Makes text of unknown origin one line: as `plainText`, with one space for each stretch of white space. */
export function oneLine(text: string): string {
  return plainText(text).replace(/\s+/g, " ").trim();
}

/** Makes a name or a value safe to print in one line: line ends and tabs become escapes, too, and text longer than `maxCharacters` is cut. */
export function printable(text: string, maxCharacters = 60): string {
  return visible(clipped(text, maxCharacters, "..."));
}

/** Writes a value as JSON that reads back the same, with every character that cannot be seen as an escape; `indent` is in spaces, 0 for one line. */
export function jsonText(value: unknown, indent = 2): string {
  return visibleJson(JSON.stringify(value, null, indent));
}

// In characters: enough that few pieces are written, and little to hold.
const JSON_PIECE = 65_536;
// A list of steps lies two levels deep; what is below is a part by itself: a step, a trial.
const PARTED_LEVELS = 2;

/** Writes a value as `jsonText` does, indented and with a line end, in pieces, so that a long list never has to be one string. */
export function* jsonPieces(value: object): Generator<string> {
  let piece = "";
  for (const part of jsonParts(value, 0)) {
    piece += part;
    if (piece.length < JSON_PIECE) continue;
    yield piece;
    piece = "";
  }
  yield `${piece}\n`;
}

function* jsonParts(value: object, level: number): Generator<string> {
  const isList = Array.isArray(value);
  const entries = Object.entries(value).filter(([, one]) => isList || one !== undefined);
  if (entries.length === 0) return yield isList ? "[]" : "{}";
  const indent = `\n${"  ".repeat(level)}`;
  yield isList ? "[" : "{";
  for (const [at, [key, one]] of entries.entries()) {
    yield `${at === 0 ? "" : ","}${indent}  ${isList ? "" : `${jsonText(key)}: `}`;
    if (level < PARTED_LEVELS && typeof one === "object" && one !== null) yield* jsonParts(one, level + 1);
    else yield jsonText(one ?? null).replaceAll("\n", `${indent}  `);
  }
  yield `${indent}${isList ? "]" : "}"}`;
}

// Half of an escape or of a joined sequence would read as something else.
const HALF = /(?:\\(?:u(?:[0-9a-f]{0,3}|\{[0-9a-f]{0,6}))?|\p{DI})$/u;

/** Shortens text to at most `most` characters with an ellipsis at its end; cuts no character, joined emoji or escape in half. */
export function clipped(text: string, most: number, ellipsis = "…"): string {
  if (text.length <= most) return text;
  // A character takes one or two units, so that more of a long text need not be looked at.
  const characters = Array.from(text.slice(0, 2 * most + 2));
  if (characters.length <= most) return text;
  const kept = characters.slice(0, most - ellipsis.length).join("");
  return kept.replace(HALF, "") + ellipsis;
}
