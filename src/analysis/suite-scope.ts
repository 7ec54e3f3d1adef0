import { isRepeated, MIN_MIXED, mixedTasks } from "../stats/suite-scope.ts";
import { type CommonTask, pairedTask } from "./common-task.ts";
import type { Comparison, SuiteGap } from "./comparison.ts";

/** The tasks that a comparison is about, the ids of those that lack repeats for its scope, and why it can have no interval. */
export type ScopedTasks = {
  readonly used: readonly CommonTask[];
  readonly withoutRepeats: readonly string[];
  readonly gap: SuiteGap | null;
};

/** Leaves out what a scope cannot use: about exactly these tasks, only repeated ones tell anything. */
export function scopedTasks(common: readonly CommonTask[], scope: Comparison["scope"]): ScopedTasks {
  if (scope === "tasks") return { used: common, withoutRepeats: [], gap: null };
  const used = common.filter((task) => isRepeated(pairedTask(task)));
  const withoutRepeats = common.filter((task) => !used.includes(task)).map(({ baseline }) => baseline.taskId);
  return { used, withoutRepeats, gap: gapOf(used) };
}

function gapOf(used: readonly CommonTask[]): SuiteGap | null {
  if (used.length === 0) return { kind: "no-repeats" };
  const mixed = mixedTasks(used.map(pairedTask));
  return mixed < MIN_MIXED ? { kind: "few-mixed", mixed, needed: MIN_MIXED } : null;
}
