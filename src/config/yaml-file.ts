import { type Document, isNode, isScalar, LineCounter, parseDocument, type Scalar, visit, type YAMLParseError } from "yaml";
import type { z } from "zod";
import { messageOf, UserError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import { faultOfYaml } from "../core/yaml-bounds.ts";
import { readText } from "../files/file.ts";
import { type Place, shown } from "../files/place.ts";
import { describeIssue, type FieldPath, fieldName, type Issue, innermost, mayHoldKey, pathOf } from "./field-issue.ts";

/**
 * Reads a YAML file and checks it against a schema.
 *
 * Throws UserError with one line that names the file, the line, the field, what was found and what was expected.
 */
export function readYaml<Schema extends z.ZodType>(place: Place, schema: Schema): z.output<Schema> {
  return readYamlFile(place, schema).value;
}

/** The values of a YAML file as a schema has them and as they stand there, and the lines that they stand in. */
export type YamlFile<Value> = { readonly value: Value; readonly written: unknown; readonly lineOf: (path: FieldPath) => number };

/** Reads a YAML file as `readYaml` does, and tells more about it. */
export function readYamlFile<Schema extends z.ZodType>(place: Place, schema: Schema): YamlFile<z.output<Schema>> {
  const path = shown(place.path);
  const lines = new LineCounter();
  const { document, value } = parsed(readText(place), path, lines);
  const invalid = firstInvalid(value, [], { valuesLeft: MAX_VALUES });
  if (invalid)
    throw new UserError(
      `Cannot read "${path}" line ${lineOf(document, lines, invalid.path)}: ${fieldName(invalid.path) || "the file"} ${invalid.problem}`,
    );
  const checked = schema.safeParse(value, { reportInput: true });
  if (checked.success) return { value: checked.data, written: value, lineOf: (at) => lineOf(document, lines, at) };
  const { issues } = checked.error;
  const first = issues[0] && innermost(issues[0]);
  if (!first) throw new Error(`Cannot read "${path}": the schema rejected it without a reason; this is a bug`);
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
  throw new UserError(
    `Cannot read "${path}" line ${lineOf(document, lines, pathOf(first))}: ${describeIssue(first)}${quotingAdvice(first, document)}${more}`,
  );
}

type Parsed = { readonly document: Document; readonly value: unknown };

function parsed(text: string, path: string, lines: LineCounter): Parsed {
  const tooMuch = faultOfYaml(text);
  if (tooMuch) throw new UserError(`Cannot read "${path}" line ${tooMuch.line}: it ${tooMuch.problem}`);
  const document = parseDocument(text, { ...READING, lineCounter: lines });
  const broken = document.errors[0];
  if (broken) {
    const at = lines.linePos(broken.pos[0]).line;
    throw new UserError(`Cannot read "${path}" line ${at}: it is not valid YAML (${syntaxError(broken)}); fix it there`);
  }
  const twice = duplicateKey(document);
  if (twice)
    throw new UserError(
      `Cannot read "${path}" line ${lines.linePos(twice.range?.[0] ?? 0).line}: it is not valid YAML (Map keys must be unique); fix it there`,
    );
  return { document, value: plainValue(document, path) };
}

// A `%YAML` line must not change how values are read, and keys that are lists must not print a warning. The parser compares each key with all
// others of its group, which takes seconds for thousands of them.
const READING = { prettyErrors: false, merge: true, schema: "core", logLevel: "error", uniqueKeys: false } as const;

function duplicateKey(document: Document): Scalar | null {
  let duplicate: Scalar | null = null;
  visit(document, {
    Map: (_, map) => {
      const known = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (known.has(key.value)) duplicate = key;
        if (duplicate !== null) return visit.BREAK;
        known.add(key.value);
      }
    },
  });
  return duplicate;
}

function syntaxError({ code, message }: YAMLParseError): string {
  return code === "MULTIPLE_DOCS" ? "it holds more than one document" : printable(firstLine(message), 120);
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? "";
}

// Aliases may be unknown, expand without end, or refer to themselves; none of these is a configuration.
function plainValue(document: Document, path: string): unknown {
  try {
    const value: unknown = document.toJS({ maxAliasCount: 1000 });
    if (holdsItself(value, { open: new Set(), done: new Set() })) throw new Error("a value holds itself");
    return value;
  } catch (error) {
    throw new UserError(
      `Cannot read "${path}": its anchors and aliases do not resolve (${printable(firstLine(messageOf(error)), 120)}); write the values out`,
    );
  }
}

// Each value is looked at once, however many aliases stand for it.
function holdsItself(value: unknown, seen: { readonly open: Set<unknown>; readonly done: Set<unknown> }): boolean {
  if (typeof value !== "object" || value === null || seen.done.has(value)) return false;
  if (seen.open.has(value)) return true;
  seen.open.add(value);
  const found = Object.values(value).some((inner) => holdsItself(inner, seen));
  seen.open.delete(value);
  seen.done.add(value);
  return found;
}

type InvalidValue = { readonly path: FieldPath; readonly problem: string };

const MAX_LEVELS = 50;
// As many as a file can hold without aliases.
const MAX_VALUES = 50_000;

// YAML can express values that the JSON of a request cannot, and a value that aliases repeat thousands of times, or that holds itself.
function firstInvalid(value: unknown, path: FieldPath, budget: { valuesLeft: number }): InvalidValue | null {
  if (--budget.valuesLeft < 0) return { path: [], problem: `holds more than ${MAX_VALUES} values; use fewer, or fewer aliases` };
  if (typeof value === "number" && !Number.isFinite(value)) return { path, problem: `is ${value}; expected a finite number` };
  if (typeof value !== "object" || value === null) return null;
  if (path.length > MAX_LEVELS)
    return { path: path.slice(0, 3), problem: `is nested more than ${MAX_LEVELS} levels deep; use fewer levels` };
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype)
    return { path, problem: "has a tag that makes it something else than a text, number, list or group of keys; remove the tag" };
  for (const [key, inner] of Object.entries(value)) {
    const found = firstInvalid(inner, [...path, Array.isArray(value) ? Number(key) : key], budget);
    if (found) return found;
  }
  return null;
}

// What looks like a number or a switch is one in YAML, such as 1e3, 1.10 or null, although the user meant a text.
function quotingAdvice(issue: Issue, document: Document): string {
  if (issue.code !== "invalid_type" || issue.expected !== "string" || mayHoldKey(issue.path)) return "";
  const node = document.getIn(issue.path, true);
  if (!isScalar(node) || node.source === undefined || typeof node.value === "string") return "";
  return `; put it in quotes: "${printable(node.source)}"`;
}

// The line of the nearest node that is in the file: a missing key is reported at the line of its group.
function lineOf(document: Document, lines: LineCounter, path: FieldPath): number {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
