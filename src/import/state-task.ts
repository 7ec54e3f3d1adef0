import type { Unchanging } from "../core/digest.ts";
import type { SourceFile, Task, TestPlan } from "../core/task.ts";
import { taskDigest } from "./task-digest.ts";

/** The plan of a task whose state is graded: one program, whose results are read from what it leaves. */
export function planOf(timeoutSeconds: number, script: string): TestPlan {
  return {
    runner: "exit-status",
    files: [script],
    required: null,
    timeoutSeconds,
    placement: "outside",
    jestGlobals: false,
    runSkipped: false,
    isolation: "none",
    pythonPath: [],
    command: null,
    report: null,
  };
}

/** What lies in files of a task whose state is graded; `solution` is null where the source has no script that solves it. */
export type StateFiles = { readonly tests: Unchanging; readonly solution: (() => Iterable<SourceFile>) | null };

/** Completes a task whose state is graded by its files and its digest. */
export function stateTask(task: Omit<Task, "files" | "digest">, { tests, solution }: StateFiles): Task {
  const digested = { path: "tests", bytes: Buffer.from(tests.digest), executable: false };
  return {
    ...task,
    files: {
      workspace: async () => [],
      tests: tests.read,
      reference: async () => null,
      wrong: async () => [],
      ...(solution === null ? {} : { solution: async () => [...solution()] }),
    },
    digest: taskDigest({ task, files: [{ set: "tests", file: digested }] }),
  };
}
