import type { TaskResult } from "../core/record.ts";
import type { PairedTask } from "../stats/paired.ts";

/** One task with a graded trial of the same version on both sides. */
export type CommonTask = { readonly baseline: TaskResult; readonly candidate: TaskResult };

/** Pairs the tasks that both sides have in the same version with a graded trial each; names the others. */
export function commonTasks(
  baseline: readonly TaskResult[],
  candidate: readonly TaskResult[],
): { readonly common: readonly CommonTask[]; readonly leftOut: readonly string[] } {
  const others = new Map(candidate.map((task) => [task.taskId, task]));
  const common: CommonTask[] = [];
  const leftOut = new Set([...baseline, ...candidate].map((task) => task.taskId));
  for (const task of baseline) {
    const other = others.get(task.taskId);
    if (!other || other.taskDigest !== task.taskDigest || task.trials === 0 || other.trials === 0) continue;
    common.push({ baseline: task, candidate: other });
    leftOut.delete(task.taskId);
  }
  return { common, leftOut: [...leftOut] };
}

/** The counts of a common task, as the statistics take them. */
export function pairedTask({ baseline, candidate }: CommonTask): PairedTask {
  return {
    baseline: { passed: baseline.passed, trials: baseline.trials },
    candidate: { passed: candidate.passed, trials: candidate.trials },
  };
}
