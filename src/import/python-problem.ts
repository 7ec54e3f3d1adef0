import { suiteDigest } from "../core/digest.ts";
import { UserError } from "../core/errors.ts";
import type { SourceFile, Suite, Task } from "../core/task.ts";
import { taskDigest } from "./digest.ts";
import { SMALL_LIMITS } from "./exercism/exercise.ts";

/** The file that a one-file Python problem has one write. */
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

/** Makes a suite of one-file Python problems; throws UserError when two of them have one name. */
export function pythonSuite(name: string, path: string, problems: readonly PythonProblem[]): Suite {
  const tasks = problems.map((problem) => taskOf(name, problem));
  const ids = new Set<string>();
  for (const { id } of tasks) {
    if (ids.has(id)) throw new UserError(`Cannot import "${path}": task "${id}" stands in it twice; remove one of them`);
    ids.add(id);
  }
  return { name, tasks, digest: suiteDigest(tasks) };
}

function taskOf(suite: string, problem: PythonProblem): Task {
  const task = {
    id: problem.id,
    suite,
    title: problem.title,
    prompt: problem.prompt,
    tags: [suite, "python"],
    image: null,
    sandbox: SMALL_LIMITS,
    deliver: { include: [SOLUTION, "**/*.py"], exclude: [problem.testFile] },
    contextFiles: [],
    tests: {
      runner: "pytest",
      files: [problem.testFile],
      required: problem.required,
      timeoutSeconds: 60,
      placement: "outside",
      jestGlobals: false,
      boundary: "none",
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
