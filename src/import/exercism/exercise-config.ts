import { messageOf, UserError } from "../../core/errors.ts";
import { printable } from "../../core/printable.ts";
import { readText } from "../../files/file.ts";
import { isPlain, type Place, shown } from "../../files/place.ts";

// A parser quotes what it could not read.
const MAX_REASON = 120;

/** What an exercise's config.json says about its files, each list in the order written there. */
export type ExerciseConfig = {
  readonly blurb: string;
  readonly solution: readonly string[];
  readonly test: readonly string[];
  /** The reference solution: `example` of a practice exercise, `exemplar` of a concept exercise. */
  readonly example: readonly string[];
  readonly editor: readonly string[];
  readonly mayRunLong: boolean;
};

/**
 * Reads `.meta/config.json`. Tolerates missing and surplus commas, which some published exercises have; throws UserError naming the
 * file for anything else that is wrong.
 */
export function readExerciseConfig(place: Place): ExerciseConfig {
  const path = shown(place.path);
  const value = parseLeniently(path, readText(place));
  const files = isRecord(value) ? value["files"] : undefined;
  if (!isRecord(value) || !isRecord(files)) throw fault(path, 'it has no "files"', 'give it "files" with "solution", "test" and "example"');
  const solution = stringsOf(path, files, "solution");
  const test = stringsOf(path, files, "test");
  if (solution.length === 0) throw fault(path, '"files.solution" names no file', "name the file that the solution goes into");
  if (test.length === 0) throw fault(path, '"files.test" names no file', "name the test file");
  const example = stringsOf(path, files, "example");
  const custom = value["custom"];
  return {
    blurb: typeof value["blurb"] === "string" ? value["blurb"] : "",
    solution,
    test,
    example: example.length > 0 ? example : stringsOf(path, files, "exemplar"),
    editor: stringsOf(path, files, "editor"),
    mayRunLong: isRecord(custom) && custom["flag.tests.may-run-long"] === true,
  };
}

function parseLeniently(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const repaired = tryParse(repairCommas(text));
    if (repaired !== undefined) return repaired;
    throw fault(path, `it is not JSON (${printable(messageOf(error), MAX_REASON)})`, "correct it", error);
  }
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// Adds a comma where a line ends a value and the next begins a key or a string, and removes one before a closing bracket.
function repairCommas(text: string): string {
  return text.replace(/(["\]}\d]|true|false|null)([^\S\n]*\n\s*)(?=["[{])/g, "$1,$2").replace(/,(\s*[\]}])/g, "$1");
}

// Ten times as many as any published exercise has.
const MAX_FILES = 200;

function stringsOf(path: string, files: Record<string, unknown>, key: string): readonly string[] {
  const value = files[key] ?? [];
  if (!Array.isArray(value)) throw fault(path, `"files.${key}" is not a list`, "make it a list of file names");
  if (value.length > MAX_FILES) throw fault(path, `"files.${key}" holds ${value.length} names`, `name at most ${MAX_FILES} files`);
  return value.map((name) => {
    if (typeof name === "string" && isPlain(name)) return name;
    const found = typeof name === "object" ? "a list or a group of keys" : printable(JSON.stringify(name));
    throw fault(path, `"files.${key}" holds ${found}`, "name files inside the exercise's folder");
  });
}

function fault(path: string, found: string, wanted: string, cause?: unknown): UserError {
  return new UserError(`Cannot load exercise "${path}": ${found}; ${wanted}`, { cause });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
