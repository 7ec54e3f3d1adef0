import { scoreOfSums, scoreStatistic } from "../paired.ts";
import { studentTQuantile } from "../student-t.ts";

const MAX_ATTEMPTS = 50;
// With a single attempt some number of tasks this small always suffices for the levels in use.
const MOST = 1000;

/**
 * Says whether any result at all could show a difference: whether all passes on one side and none on the other would. `alpha` is one-sided; with `groups` tasks are
 * spread over so many groups.
 */
export function canDecide({
  tasks,
  attempts,
  alpha,
  groups,
}: {
  readonly tasks: number;
  readonly attempts: number;
  readonly alpha: number;
  readonly groups: number | null;
}): boolean {
  if (tasks < 2 || (groups !== null && groups < 3)) return false;
  const score = scoreOfSums({
    tasks,
    informative: tasks,
    candidateOnly: tasks,
    baselineOnly: 0,
    squares: tasks,
    groups: groups === null ? null : { count: groups, squares: 0 },
    mostEffect: attempts,
  });
  return scoreStatistic(score, 0) > studentTQuantile(1 - alpha, score.degreesOfFreedom);
}

/** Finds the fewest attempts with which some result of these tasks could show a difference; null where up to MAX_ATTEMPTS none could. */
export function leastAttempts(design: { readonly tasks: number; readonly groups: number | null; readonly alpha: number }): number | null {
  for (let attempts = 1; attempts <= MAX_ATTEMPTS; attempts++) if (canDecide({ ...design, attempts })) return attempts;
  return null;
}

/** Finds the fewest independent tasks with which some result could show a difference at this one-sided level. */
export function leastTasks(attempts: number, alpha: number): number {
  let tasks = 2;
  while (tasks < MOST && !canDecide({ tasks, attempts, alpha, groups: null })) tasks++;
  return tasks;
}
