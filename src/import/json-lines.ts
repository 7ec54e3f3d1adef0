import { readFileSync } from "node:fs";
import { messageOf, UserError } from "../core/errors.ts";

/** One object of a JSON Lines file and the line it stands on, counted from 1. */
export type JsonLine = { readonly line: number; readonly value: Readonly<Record<string, unknown>> };

/** Reads a JSON Lines file of objects; blank lines are passed over. Throws UserError naming file and line. */
export function readJsonLines(path: string): readonly JsonLine[] {
  const lines = readText(path).split("\n");
  const found: JsonLine[] = [];
  for (const [index, text] of lines.entries()) {
    if (text.trim() !== "") found.push({ line: index + 1, value: parseLine(path, index + 1, text) });
  }
  if (found.length === 0) throw new UserError(`Cannot import "${path}": the file is empty; name a file with one JSON object a line`);
  return found;
}

/** Gives a field of a line as text; throws UserError when it is something else. */
export function textField(path: string, { line, value }: JsonLine, field: string): string {
  const found = value[field];
  if (typeof found === "string") return found;
  throw new UserError(`Cannot import "${path}": line ${line} has no text "${field}"; expected a string`);
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    throw new UserError(`Cannot import "${path}": ${messageOf(error)}; check the path`, { cause: error });
  }
}

function parseLine(path: string, line: number, text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    throw new UserError(`Cannot import "${path}": line ${line} is not JSON (${messageOf(error)}); correct or remove it`, { cause: error });
  }
  throw new UserError(`Cannot import "${path}": line ${line} is not an object; expected one JSON object a line`);
}
