import { clopperPearson, type TaskCount } from "./binomial.ts";
import { effectiveRate } from "./effective-rate.ts";

export type { TaskCount };

/** A pass rate, tasks weighted equally, with its interval; `null` bounds when there is nothing to say. */
export type PassRate = {
  readonly rate: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly tasks: number;
  readonly trials: number;
  /** How many independent tasks the data are worth. */
  readonly effectiveTasks: number | null;
};

/**
 * Mean pass rate over tasks with a Wilson interval at the effective sample size, so that repeats of a task are not counted as
 * independent tasks, nor are tasks of one group. One task alone gets the Clopper-Pearson interval of its own trials.
 *
 * @see Wilson 1927; Korn and Graubard 1998 (effective sample size); Miller 2024, arXiv:2411.00640 (tasks as clusters)
 */
export function passRate(counts: readonly (TaskCount & { readonly group?: string })[], alpha = 0.05): PassRate {
  const tried = counts.filter((count) => count.trials > 0);
  const trials = tried.reduce((sum, count) => sum + count.trials, 0);
  const values = tried.map(({ passed, trials: repeats, group }) => ({
    value: passed / repeats,
    repeats,
    ...(group === undefined ? {} : { group }),
  }));
  const estimate = effectiveRate(values, alpha);
  if (estimate) {
    const { mean, low, high, effectiveTasks } = estimate;
    return { rate: mean, low, high, tasks: tried.length, trials, effectiveTasks };
  }
  const only = tried[0];
  if (!only) return { rate: null, low: null, high: null, tasks: 0, trials: 0, effectiveTasks: null };
  return { rate: only.passed / only.trials, ...clopperPearson(only, alpha), tasks: 1, trials, effectiveTasks: null };
}
