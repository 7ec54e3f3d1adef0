import type { TaskResult } from "../core/record.ts";
import type { PairedTask } from "../stats/paired.ts";

/** A task with graded trials of the same version on both sides. */
export type CommonTask = { readonly baseline: TaskResult; readonly candidate: TaskResult };

/** Pairs the tasks of which both sides have the same version with a graded trial each, and names the tasks left out. */
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

/** Counts the tasks of which both sides have the same version, graded or not, and those that one side lacks or has in another version. */
export function sharedTasks(
  baseline: readonly TaskResult[],
  candidate: readonly TaskResult[],
): { readonly compared: number; readonly leftOut: number } {
  const others = new Map(candidate.map((task) => [task.taskId, task.taskDigest]));
  const compared = baseline.filter(({ taskId, taskDigest }) => others.get(taskId) === taskDigest).length;
  const all = new Set([...baseline, ...candidate].map(({ taskId }) => taskId)).size;
  return { compared, leftOut: all - compared };
}

/** Gives the counts of a common task in the form that the statistics expect. */
export function pairedTask({ baseline, candidate }: CommonTask): PairedTask {
  const group = candidate.group ?? baseline.group;
  return {
    baseline: { passed: baseline.passed, trials: baseline.trials },
    candidate: { passed: candidate.passed, trials: candidate.trials },
    ...(group === null ? {} : { group }),
  };
}
