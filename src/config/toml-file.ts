import { parse, stringify, TomlError } from "smol-toml";
import type { z } from "zod";
import { messageOf, UserError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import { readText } from "../files/file.ts";
import { type Place, shown } from "../files/place.ts";
import { describeIssue, type FieldPath, pathOf } from "./field-issue.ts";

/** The values of a TOML file as a schema has them, and as they stand there. */
export type TomlFile<Value> = { readonly value: Value; readonly written: unknown; readonly text: string };

// Far above what a task's settings hold; the parser takes some nanoseconds for each.
const MAX_CHARACTERS = 200_000;
const MAX_DEPTH = 30;

/**
 * Reads a TOML file and checks it against a schema.
 *
 * Throws UserError with one line that names the file, the line, the field, what was found and what was expected.
 */
export function readToml<Schema extends z.ZodType>(place: Place, schema: Schema): TomlFile<z.output<Schema>> {
  const path = shown(place.path);
  const text = readText(place);
  if (text.length > MAX_CHARACTERS)
    throw new UserError(`Cannot read "${path}": it has more than ${MAX_CHARACTERS} characters; move what is not a setting elsewhere`);
  const written = parsed(text, path);
  const checked = schema.safeParse(written, { reportInput: true });
  if (checked.success) return { value: checked.data, written, text };
  const [first] = checked.error.issues;
  if (first === undefined) throw new Error(`Cannot read "${path}": the schema rejected it without a reason; this is a bug`);
  const more = checked.error.issues.length > 1 ? ` (and ${checked.error.issues.length - 1} more)` : "";
  throw new UserError(`Cannot read "${path}" line ${lineOfKey(text, pathOf(first))}: ${describeIssue(first)}${more}`);
}

/** Writes settings as TOML. */
export function writeToml(settings: Readonly<Record<string, unknown>>): string {
  return stringify(settings);
}

function parsed(text: string, path: string): unknown {
  try {
    return parse(text, { maxDepth: MAX_DEPTH, unsafeKeyBehaviour: "throw" });
  } catch (error) {
    if (error instanceof RangeError) throw new UserError(`Cannot read "${path}": it is nested too deeply; use fewer levels`);
    const at = error instanceof TomlError ? ` line ${error.line}` : "";
    const [, problem = ""] = /^(?:Invalid TOML document: )?([^\n]*)/.exec(messageOf(error)) ?? [];
    throw new UserError(`Cannot read "${path}"${at}: it is not valid TOML (${printable(problem, 120)}); fix it there`);
  }
}

/**
 * Finds the line of a key, or of the nearest table that is written out; 1 where neither is. Keys of inline tables are found at the line of the table.
 */
export function lineOfKey(text: string, path: FieldPath): number {
  const wanted = path.map(String);
  let best = { line: 1, length: 0 };
  let table: readonly string[] = [];
  const counts = new Map<string, number>();
  for (const [index, line] of text.split("\n").entries()) {
    const header = /^\s{0,20}(\[{1,2})\s{0,20}([\w."' -]{1,200}?)\s{0,20}\]{1,2}/.exec(line);
    const key = /^\s{0,20}([\w."'-]{1,200})\s{0,20}=/.exec(line);
    if (header !== null) {
      table = keysOf(header[2] ?? "");
      if (header[1] === "[[") table = numbered(table, counts);
    }
    const here = header !== null ? table : key === null ? null : [...table, ...keysOf(key[1] ?? "")];
    if (here !== null && here.length > best.length && here.every((part, at) => part === wanted[at]))
      best = { line: index + 1, length: here.length };
  }
  return best.line;
}

function keysOf(dotted: string): readonly string[] {
  return dotted.split(".").map((part) => part.trim().replace(/^["']|["']$/g, ""));
}

// The n-th table of a list has its position in the path.
function numbered(table: readonly string[], counts: Map<string, number>): readonly string[] {
  const name = table.join(".");
  const position = counts.get(name) ?? 0;
  counts.set(name, position + 1);
  return [...table, String(position)];
}
