import type { LimitFunction } from "p-limit";
import type { OpenSandbox } from "../core/sandbox.ts";
import type { SourceFile, Task } from "../core/task.ts";
import type { Verdict } from "../core/verdict.ts";
import { type GradingBox, grade } from "../grade/grade.ts";
import { learnRequired } from "../grade/required.ts";
import type { Store } from "../store/store.ts";
import { requiredTests } from "./required.ts";

/** Grades solutions, a bounded number at once. */
export type Grading = {
  /** Makes sure that a task can be graded; throws UserError when its own reference does not pass. */
  prepare(task: Task, signal: AbortSignal): Promise<void>;
  /** Grades a solution in a fresh container. */
  grade(task: Task, delivered: readonly SourceFile[], signal: AbortSignal): Promise<Verdict>;
};

/** What gradings need. `imageIdOf` gives the digest of an image, under which learned test names are kept. */
export type GradingParts = {
  readonly store: Store;
  readonly openSandbox: OpenSandbox;
  readonly limit: LimitFunction;
  readonly boxOf: (task: Task) => GradingBox;
  readonly imageIdOf: (image: string) => string;
};

/** Sets up the grading of a run. */
export function makeGrading(parts: GradingParts): Grading {
  const required = requiredTests({
    store: parts.store,
    imageIdOf: (task) => parts.imageIdOf(parts.boxOf(task).image),
    learn: (task, signal) => parts.limit(() => learnRequired({ task, openSandbox: parts.openSandbox, box: parts.boxOf(task), signal })),
  });
  return {
    prepare: async (task, signal) => void (await required(task, signal)),
    grade: async (task, delivered, signal) => {
      const names = await required(task, signal);
      return parts.limit(() => grade({ task, delivered, required: names, openSandbox: parts.openSandbox, box: parts.boxOf(task), signal }));
    },
  };
}
