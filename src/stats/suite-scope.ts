import { normalCdf, normalQuantile } from "./normal.ts";
import type { PairedTask } from "./paired.ts";

/** The difference of pass rates over exactly these tasks, with its interval and two-sided p-value. */
export type SuiteDifference = { readonly difference: number; readonly low: number; readonly high: number; readonly p: number };

/** Fewest tasks that both passed and failed for an estimate of the variance within tasks. */
export const MIN_MIXED = 5;

/** Says whether a task has the two attempts on either side without which nothing tells its variance. */
export function isRepeated({ baseline, candidate }: PairedTask): boolean {
  return baseline.trials >= 2 && candidate.trials >= 2;
}

/** Counts the tasks that both passed and failed on one side: only they tell how much results vary from run to run. */
export function mixedTasks(tasks: readonly PairedTask[]): number {
  const isMixed = ({ passed, trials }: PairedTask["baseline"]): boolean => passed > 0 && passed < trials;
  return tasks.filter(({ baseline, candidate }) => isMixed(baseline) || isMixed(candidate)).length;
}

/**
 * Estimates the difference of pass probabilities on exactly these tasks: runs vary, the choice of tasks does not. Tasks without two attempts in both arms are to be
 * left out before; returns null where there are such, or with fewer than five tasks that both passed and failed.
 *
 * @see Miller 2024, arXiv:2411.00640 (variance within questions)
 */
export function suiteDifference(tasks: readonly PairedTask[], alpha: number): SuiteDifference | null {
  const parts = tasks.map(({ baseline, candidate }) => ({
    before: baseline.passed / baseline.trials,
    after: candidate.passed / candidate.trials,
    attempts: [baseline.trials, candidate.trials] as const,
  }));
  if (!tasks.every(isRepeated) || mixedTasks(tasks) < MIN_MIXED) return null;
  const n = tasks.length;
  const difference = parts.reduce((sum, { before, after }) => sum + after - before, 0) / n;
  const variance = parts.reduce(
    (sum, { before, after, attempts: [k, m] }) => sum + (before * (1 - before)) / (k - 1) + (after * (1 - after)) / (m - 1),
    0,
  );
  const error = Math.sqrt(variance) / n;
  const half = normalQuantile(1 - alpha / 2) * error;
  return {
    difference,
    low: Math.max(-1, difference - half),
    high: Math.min(1, difference + half),
    p: 2 * normalCdf(-Math.abs(difference) / error),
  };
}
