import { type MissingBounds, missingBounds } from "../stats/gate.ts";
import type { Pair } from "./allowance.ts";
import { pairedTask } from "./common-task.ts";

/** Fills in the trials without a grade of the tasks that both arms have, against the candidate and in its favour. @see Manski 1990 (worst-case bounds) */
export function filledTasks({ baseline, candidate }: Pair): MissingBounds {
  const after = new Map(candidate.arm.perTask.map((task) => [task.taskId, task]));
  const planned = baseline.arm.perTask.flatMap((task) => {
    const other = after.get(task.taskId);
    if (!other || other.taskDigest !== task.taskDigest) return [];
    return [
      { ...pairedTask({ baseline: task, candidate: other }), planned: baseline.run.attempts, plannedCandidate: candidate.run.attempts },
    ];
  });
  return missingBounds(planned);
}
