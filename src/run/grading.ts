import pLimit, { type LimitFunction } from "p-limit";
import type { OpenSandbox } from "../core/sandbox.ts";
import type { SourceFile, Task } from "../core/task.ts";
import type { Verdict } from "../core/verdict.ts";
import { type GradingSandbox, grade } from "../grade/grade.ts";
import { learnRequired } from "../grade/required.ts";
import type { Store } from "../store/store.ts";
import { requiredTests } from "./learn-required.ts";

/** Grades solutions, a bounded number at once. */
export type Grading = {
  /** Makes sure that a task can be graded; throws UserError when its own reference does not pass. */
  prepare(task: Task, signal: AbortSignal): Promise<void>;
  /** Grades a solution in a fresh container. */
  grade(task: Task, submitted: readonly SourceFile[], signal: AbortSignal): Promise<Verdict>;
};

/** What the gradings of one run share; `width` bounds how many test runs there are at once. */
export type RunGradingDeps = {
  readonly store: Store;
  readonly openSandbox: OpenSandbox;
  readonly concurrency: number;
  readonly image: string;
  readonly imageIds: ReadonlyMap<string, string>;
  readonly runtime: string | null;
  readonly labels: Readonly<Record<string, string>>;
};

/** Sets up the grading of a run in its own image and runtime. */
export function makeRunGrading({ store, openSandbox, concurrency, image, imageIds, runtime, labels }: RunGradingDeps): Grading {
  return makeGrading({
    store,
    openSandbox,
    limit: pLimit(concurrency),
    sandboxSpecOf: (task) => ({ image: task.image ?? image, runtime, labels }),
    imageIdOf: (name) => imageIds.get(name) ?? name,
  });
}

// `imageIdOf` gives the digest of an image, under which learned test names are kept.
type GradingDeps = {
  readonly store: Store;
  readonly openSandbox: OpenSandbox;
  readonly limit: LimitFunction;
  readonly sandboxSpecOf: (task: Task) => GradingSandbox;
  readonly imageIdOf: (image: string) => string;
};

function makeGrading(parts: GradingDeps): Grading {
  const required = requiredTests({
    store: parts.store,
    imageIdOf: (task) => parts.imageIdOf(parts.sandboxSpecOf(task).image),
    learn: (task, signal) =>
      parts.limit(() => learnRequired({ task, openSandbox: parts.openSandbox, sandboxSpec: parts.sandboxSpecOf(task), signal })),
  });
  return {
    prepare: async (task, signal) => void (await required(task, signal)),
    grade: async (task, submitted, signal) => {
      const names = await required(task, signal);
      return parts.limit(() =>
        grade({ task, submitted, required: names, openSandbox: parts.openSandbox, sandboxSpec: parts.sandboxSpecOf(task), signal }),
      );
    },
  };
}
