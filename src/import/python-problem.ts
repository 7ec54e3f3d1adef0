import { suiteDigest } from "../core/digest.ts";
import { messageOf, UserError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import { DEFAULT_LIMITS, type LoadedSuite, type SourceFile, type Task } from "../core/task.ts";
import { inMb, MAX_LINES_BYTES } from "../files/bounds.ts";
import { eachLine } from "../files/lines.ts";
import { placeNamed } from "../files/place.ts";
import { taskDigest } from "./task-digest.ts";

// A parser quotes what it could not read.
const MAX_REASON = 120;
const MAX_ID = 200;
// The files of all problems stay in memory, and parts of a line stand in several of them; published sets have a tenth of this.
const MAX_FILES_BYTES = 2 * MAX_LINES_BYTES;

/** The file that the agent writes in a one-file Python problem. */
export const SOLUTION = "solution.py";

/** A Python problem of one file: a stub to complete, a test file, and a reference solution. */
export type PythonProblem = {
  readonly id: string;
  readonly title: string;
  readonly prompt: string;
  readonly stub: string;
  readonly testFile: string;
  readonly testText: string;
  readonly required: readonly string[];
  readonly reference: string;
};

/** One object of a JSON Lines file and its line number, counted from 1. */
export type JsonLine = { readonly line: number; readonly value: Readonly<Record<string, unknown>> };

/** Returns a text field of a line; throws UserError when it is missing or something else. */
export function textField(path: string, { line, value }: JsonLine, field: string): string {
  const found = value[field];
  if (typeof found === "string") return found;
  throw new UserError(`Cannot import "${path}": line ${line} has no text "${field}"; expected a string`);
}

function parseLine(path: string, line: number, text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    throw new UserError(
      `Cannot import "${path}": line ${line} is not JSON (${printable(messageOf(error), MAX_REASON)}); correct or remove it`,
      { cause: error },
    );
  }
  throw new UserError(`Cannot import "${path}": line ${line} is not an object; expected one JSON object a line`);
}

/**
 * Makes a suite of the one-file Python problems in a JSON Lines file; blank lines are skipped. Of each line only what `problemOf` takes from it stays in memory.
 *
 * Throws UserError naming file and line when the file cannot be read, a line is not an object, or two problems have the same id.
 */
export function loadPythonSuite(name: string, path: string, problemOf: (line: JsonLine) => PythonProblem): LoadedSuite {
  const tasks: Task[] = [];
  const ids = new Set<string>();
  let charactersLeft = MAX_FILES_BYTES;
  eachLine(placeNamed(path), (text, line) => {
    if (text.trim() === "") return;
    const problem = problemOf({ line, value: parseLine(path, line, text) });
    charactersLeft -= problem.stub.length + problem.testText.length + problem.reference.length;
    if (charactersLeft < 0)
      throw new UserError(
        `Cannot import "${path}": up to line ${line} its problems hold more than ${inMb(MAX_FILES_BYTES)}; split the file`,
      );
    const task = taskOf(name, problem);
    if (task.id === "" || task.id.length > MAX_ID)
      throw new UserError(`Cannot import "${path}": line ${line} has a "task_id" of ${task.id.length} letters; expected 1 to ${MAX_ID}`);
    if (ids.has(task.id))
      throw new UserError(`Cannot import "${path}": it has two tasks with the id "${printable(task.id)}"; remove one of them`);
    ids.add(task.id);
    tasks.push(task);
  });
  if (tasks.length === 0) throw new UserError(`Cannot import "${path}": the file is empty; name a file with one JSON object a line`);
  return { name, tasks, digest: suiteDigest(tasks), leftOut: [] };
}

function taskOf(suite: string, problem: PythonProblem): Task {
  const task = {
    id: problem.id,
    suite,
    title: problem.title,
    prompt: problem.prompt,
    tags: [suite, "python"],
    image: null,
    sandbox: DEFAULT_LIMITS,
    deliver: { include: [SOLUTION, "**/*.py"], exclude: [problem.testFile] },
    contextFiles: [],
    tests: {
      runner: "pytest",
      files: [problem.testFile],
      required: problem.required,
      timeoutSeconds: 60,
      placement: "outside",
      jestGlobals: false,
      isolation: "none",
      pythonPath: [],
      command: null,
      report: null,
    },
  } as const;
  const workspace = [sourceFile(SOLUTION, problem.stub)];
  const tests = [sourceFile(problem.testFile, problem.testText)];
  const reference = [sourceFile(SOLUTION, problem.reference)];
  const sets = { workspace, tests, reference };
  const files = Object.entries(sets).flatMap(([set, members]) => members.map((file) => ({ set, file })));
  return {
    ...task,
    files: {
      workspace: async () => workspace,
      tests: async () => tests,
      reference: async () => reference,
      wrong: async () => [],
    },
    digest: taskDigest({ task, files }),
  };
}

function sourceFile(path: string, text: string): SourceFile {
  return { path, bytes: new TextEncoder().encode(text), executable: false };
}
