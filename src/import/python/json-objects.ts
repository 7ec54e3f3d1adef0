import { messageOf, UserError } from "../../core/errors.ts";
import { printable } from "../../core/printable.ts";
import { inMb, MAX_LINES_BYTES } from "../../files/bounds.ts";
import { eachLine } from "../../files/lines.ts";
import { placeNamed } from "../../files/place.ts";

// A parser quotes what it could not read.
const MAX_REASON = 120;

/** One object of a file of problems: where it stands, for messages, and what it holds. */
export type JsonObject = {
  readonly path: string;
  /** `line 3` of a JSON Lines file, counted from 1, or `item 3` of a list. */
  readonly where: string;
  readonly value: Readonly<Record<string, unknown>>;
  /**
   * The object as it was written, with numbers that JavaScript cannot hold (integers of any size, infinities); null in a list, where it cannot be told apart.
   */
  readonly text: string | null;
};

/**
 * Passes on the objects of a file one by one: JSON Lines, or one JSON list of objects; plain or compressed with gzip. Blank lines are skipped. `Infinity` and `NaN`, which
 * Python writes, arrive as null in `value`.
 *
 * Throws UserError naming file and line or item when the file cannot be read or holds anything else.
 */
export function eachObject(path: string, use: (object: JsonObject) => void): void {
  const list: string[] = [];
  let listLength = 0;
  eachLine(placeNamed(path), (text, line) => {
    if (list.length === 0 && text.trim() === "") return;
    if (list.length > 0 || text.trimStart().startsWith("[")) {
      listLength += text.length;
      if (listLength > MAX_LINES_BYTES)
        throw new UserError(`Cannot import "${path}": its list has more than ${inMb(MAX_LINES_BYTES)}; split it`);
      list.push(text);
      return;
    }
    const where = `line ${line}`;
    use({ path, where, text, value: objectOf(parse(path, where, text), { path, where, wanted: "one JSON object a line" }) });
  });
  if (list.length > 0) eachItem(path, list.join("\n"), use);
}

function eachItem(path: string, text: string, use: (object: JsonObject) => void): void {
  const items = parse(path, "its list", text);
  if (!Array.isArray(items))
    throw new UserError(`Cannot import "${path}": it begins like a list and is none; write one list or one object a line`);
  for (const [index, item] of items.entries()) {
    const where = `item ${index + 1}`;
    use({ path, where, text: null, value: objectOf(item, { path, where, wanted: "a list of JSON objects" }) });
  }
}

function parse(path: string, where: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const repaired = withoutInfinities(text);
    if (repaired !== text) return parse(path, where, repaired);
    throw new UserError(
      `Cannot import "${path}": ${where} is not JSON (${printable(messageOf(error), MAX_REASON)}); correct or remove it`,
      { cause: error },
    );
  }
}

// A text without an end takes the whole rest, so that it is searched once.
const TEXTS_AND_INFINITIES = /"(?:[^"\\]|\\[\s\S])*(?:"|\\?$)|-?\b(?:Infinity|NaN)\b/g;

function withoutInfinities(text: string): string {
  return text.replace(TEXTS_AND_INFINITIES, (found) => (found.startsWith('"') ? found : "null"));
}

type Described = { readonly path: string; readonly where: string; readonly wanted: string };

function objectOf(value: unknown, { path, where, wanted }: Described): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new UserError(`Cannot import "${path}": ${where} is not an object; expected ${wanted}`);
}

/** Returns a text field of an object; throws UserError when it is missing or something else. */
export function textField({ path, where, value }: JsonObject, field: string): string {
  const found = value[field];
  if (typeof found === "string") return found;
  throw new UserError(`Cannot import "${path}": ${where} has no text "${field}"; expected a string`);
}

/** Returns a field that holds a name of Python's; throws UserError when it is missing or something else. */
export function nameField(object: JsonObject, field: string): string {
  const name = textField(object, field);
  if (/^[A-Za-z_]\w{0,99}$/.test(name)) return name;
  throw new UserError(`Cannot import "${object.path}": ${object.where} has ${field} "${printable(name)}"; expected the name of a function`);
}

/** Returns a field that holds a list of texts, with at least `min` of them; throws UserError when it is missing or something else. */
export function textsField(
  { path, where, value }: JsonObject,
  field: string,
  { min, of }: { readonly min: number; readonly of: string },
): readonly string[] {
  const found = value[field];
  if (Array.isArray(found) && found.length >= min && found.every((text) => typeof text === "string")) return found;
  throw new UserError(`Cannot import "${path}": ${where} has no "${field}"; expected a list of ${of}`);
}

/** Returns the id of a problem, which some files give as a number; throws UserError when there is none. */
export function idField({ path, where, value }: JsonObject, field: string): string {
  const found = value[field];
  if (typeof found === "number" || typeof found === "string") return String(found);
  throw new UserError(`Cannot import "${path}": ${where} has no "${field}"; expected a number or a text`);
}
