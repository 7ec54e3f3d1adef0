import { z } from "zod";
import { readYaml } from "../../config/yaml-file.ts";
import { messageOf, UserError } from "../../core/errors.ts";
import { printable } from "../../core/printable.ts";
import { MAX_FILE_BYTES } from "../../files/bounds.ts";
import { readBytes, readText } from "../../files/file.ts";
import { isThere } from "../../files/folder.ts";
import { type Place, placeInside, placeNamed, shown } from "../../files/place.ts";
import { taskFolders } from "../task-folders.ts";
import { type FoundInstance, readInstance } from "./instance.ts";

const TASK_FILE = "task.yaml";
const TESTS_FILE = "tests.json";
/** Columns of a data set that are files of a task's folder. */
const FILES = { patch: "gold.patch", test_patch: "test.patch", problem_statement: "problem_statement.md" } as const;

/** Reads a repository of tasks, as SWE-bench keeps them since its version 5: a folder for each, or one such folder. Throws UserError naming the file at fault. */
export function readTaskRepository(path: string): readonly FoundInstance[] {
  return taskFolders(placeNamed(path), [TASK_FILE, TESTS_FILE]).map(({ folder }) => ({ instance: instanceIn(folder), own: folder }));
}

function instanceIn(folder: Place) {
  const settings = readYaml(placeInside(folder, TASK_FILE), z.record(z.string(), z.unknown()));
  const files = Object.entries(FILES).map(([column, name]) => [column, textOf(placeInside(folder, name))]);
  const value = { ...settings, ...Object.fromEntries(files), ...testsIn(placeInside(folder, TESTS_FILE)) };
  return readInstance({ path: shown(folder.path), where: "its task", value, text: null });
}

// A patch may be larger than a text that people write.
function textOf(place: Place): string {
  return isThere(place) ? new TextDecoder().decode(readBytes(place, MAX_FILE_BYTES)) : "";
}

function testsIn(place: Place): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(readText(place));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`Cannot read "${shown(place.path)}": it is not JSON (${printable(messageOf(error), 120)}); correct it`);
  }
  throw new UserError(`Cannot read "${shown(place.path)}": it is not an object; expected FAIL_TO_PASS and PASS_TO_PASS`);
}
