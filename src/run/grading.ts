import pLimit, { type LimitFunction } from "p-limit";
import type { OpenSandbox } from "../core/sandbox.ts";
import type { SourceFile, Task } from "../core/task.ts";
import type { Verdict } from "../core/verdict.ts";
import { type GradingBox, grade } from "../grade/grade.ts";
import { learnRequired } from "../grade/required.ts";
import type { Store } from "../store/store.ts";
import { requiredTests } from "./learn-required.ts";

/** Grades solutions, a bounded number at once. */
export type Grading = {
  /** Makes sure that a task can be graded; throws UserError when its own reference does not pass. */
  prepare(task: Task, signal: AbortSignal): Promise<void>;
  /** Grades a solution in a fresh container. */
  grade(task: Task, delivered: readonly SourceFile[], signal: AbortSignal): Promise<Verdict>;
};

/** What the gradings of one run share; `width` bounds how many test runs there are at once. */
export type RunGradingParts = {
  readonly store: Store;
  readonly openSandbox: OpenSandbox;
  readonly width: number;
  readonly image: string;
  readonly imageIds: ReadonlyMap<string, string>;
  readonly runtime: string | null;
  readonly labels: Readonly<Record<string, string>>;
};

/** Sets up the grading of a run in its own image and runtime. */
export function makeRunGrading({ store, openSandbox, width, image, imageIds, runtime, labels }: RunGradingParts): Grading {
  return makeGrading({
    store,
    openSandbox,
    limit: pLimit(width),
    boxOf: (task) => ({ image: task.image ?? image, runtime, labels }),
    imageIdOf: (name) => imageIds.get(name) ?? name,
  });
}

// `imageIdOf` gives the digest of an image, under which learned test names are kept.
type GradingParts = {
  readonly store: Store;
  readonly openSandbox: OpenSandbox;
  readonly limit: LimitFunction;
  readonly boxOf: (task: Task) => GradingBox;
  readonly imageIdOf: (image: string) => string;
};

function makeGrading(parts: GradingParts): Grading {
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
