import { suiteDigest } from "../../core/digest.ts";
import { UserError } from "../../core/errors.ts";
import { printable } from "../../core/printable.ts";
import type { LoadedSuite } from "../../core/suite.ts";
import { DEFAULT_LIMITS, type SourceFile, type Task } from "../../core/task.ts";
import { inMb, MAX_LINES_BYTES } from "../../files/bounds.ts";
import { taskDigest } from "../task-digest.ts";
import { eachObject, type JsonObject } from "./json-objects.ts";

const MAX_ID = 200;
// The files of all problems stay in memory, and parts of a line stand in several of them; published sets have a tenth of this.
const MAX_FILES_BYTES = 2 * MAX_LINES_BYTES;

/** The file that the agent writes in a one-file Python problem. */
export const SOLUTION = "solution.py";

/** The time limit of tests that take milliseconds. */
export const USUAL_SECONDS = 60;

// Some published tests compare numbers with numpy.
const NUMPY_IMAGE = "bench-python";

/** A text file of a problem. */
export type TextFile = { readonly path: string; readonly text: string };

/** A Python problem of one file: a stub to complete, a test file with the hidden files that it reads, and a reference solution. */
export type PythonProblem = {
  readonly id: string;
  readonly title: string;
  readonly prompt: string;
  readonly stub: string;
  readonly test: TextFile;
  readonly testData: readonly TextFile[];
  readonly required: readonly string[];
  readonly timeoutSeconds: number;
  readonly reference: string;
};

/** What the objects of a file are: a suite of this name, and how a problem is made of one object. */
export type ProblemFormat = { readonly suite: string; readonly problemOf: (object: JsonObject) => PythonProblem };

/**
 * Makes a suite of the one-file Python problems in a file of JSON objects, whose first object tells the format. Of each object only what `problemOf` takes from it stays in
 * memory.
 *
 * Throws UserError naming file and line when the file cannot be read, holds no problem, or holds two with the same id.
 */
export function loadPythonSuite(path: string, formatOf: (first: JsonObject) => ProblemFormat): LoadedSuite {
  const tasks: Task[] = [];
  const ids = new Set<string>();
  let format: ProblemFormat | undefined;
  let charactersLeft = MAX_FILES_BYTES;
  eachObject(path, (object) => {
    format ??= formatOf(object);
    const problem = format.problemOf(object);
    charactersLeft -= lengthOf(problem);
    if (charactersLeft < 0)
      throw new UserError(
        `Cannot import "${path}": up to ${object.where} its problems hold more than ${inMb(MAX_FILES_BYTES)}; split the file`,
      );
    requireNewId(object, problem.id, ids);
    ids.add(problem.id);
    tasks.push(taskOf(format.suite, problem));
  });
  if (format === undefined) throw new UserError(`Cannot import "${path}": the file is empty; name a file with one JSON object a line`);
  return { name: format.suite, tasks, digest: suiteDigest(tasks), leftOut: [] };
}

function lengthOf({ stub, test, testData, reference }: PythonProblem): number {
  return [stub, test.text, reference, ...testData.map(({ text }) => text)].reduce((sum, text) => sum + text.length, 0);
}

function requireNewId({ path, where }: JsonObject, id: string, ids: ReadonlySet<string>): void {
  if (id === "" || id.length > MAX_ID)
    throw new UserError(`Cannot import "${path}": ${where} has a "task_id" of ${id.length} letters; expected 1 to ${MAX_ID}`);
  if (ids.has(id)) throw new UserError(`Cannot import "${path}": it has two tasks with the id "${printable(id)}"; remove one of them`);
}

function taskOf(suite: string, problem: PythonProblem): Task {
  const hidden = [problem.test, ...problem.testData];
  const needsNumpy = hidden.some(({ text }) => /^import numpy\b/m.test(text));
  const task = {
    id: problem.id,
    suite,
    title: problem.title,
    prompt: problem.prompt,
    tags: [suite, "python"],
    image: needsNumpy ? NUMPY_IMAGE : null,
    sandbox: DEFAULT_LIMITS,
    deliver: { include: [SOLUTION, "**/*.py"], exclude: hidden.map(({ path }) => path) },
    contextFiles: [],
    tests: {
      runner: "pytest",
      files: [problem.test.path],
      required: problem.required,
      timeoutSeconds: problem.timeoutSeconds,
      placement: "outside",
      jestGlobals: false,
      isolation: "process",
      runSkipped: false,
      pythonPath: [],
      command: null,
      report: null,
    },
  } as const;
  const workspace = [sourceFile({ path: SOLUTION, text: problem.stub })];
  const tests = hidden.map(sourceFile);
  const reference = [sourceFile({ path: SOLUTION, text: problem.reference })];
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

function sourceFile({ path, text }: TextFile): SourceFile {
  return { path, bytes: new TextEncoder().encode(text), executable: false };
}
