import { betaQuantile, studentTQuantile } from "./student-t.ts";

/** Finished trials of one task: `passed` of `trials`. Errors are not trials. */
export type TaskCount = { readonly passed: number; readonly trials: number };

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
 * independent tasks. One task alone gets the Clopper-Pearson interval of its own trials.
 *
 * @see Wilson 1927; Korn and Graubard 1998 (effective sample size); Miller 2024, arXiv:2411.00640 (tasks as clusters)
 */
export function passRate(counts: readonly TaskCount[], alpha = 0.05): PassRate {
  const tried = counts.filter((count) => count.trials > 0);
  const trials = tried.reduce((sum, count) => sum + count.trials, 0);
  const n = tried.length;
  if (n === 0) return { rate: null, low: null, high: null, tasks: 0, trials: 0, effectiveTasks: null };
  const only = tried[0];
  if (n === 1 && only) return { rate: only.passed / only.trials, ...clopperPearson(only, alpha), tasks: 1, trials, effectiveTasks: null };
  const rates = tried.map((count) => count.passed / count.trials);
  const rate = rates.reduce((sum, x) => sum + x, 0) / n;
  const harmonicTrials = n / tried.reduce((sum, count) => sum + 1 / count.trials, 0);
  const effectiveTasks = effectiveSize(rates, rate, harmonicTrials);
  const interval = wilson(rate, effectiveTasks, studentTQuantile(1 - alpha / 2, n - 1));
  return { rate, ...interval, tasks: n, trials, effectiveTasks };
}

// Below five tasks on the rarer side the variance between tasks is itself a guess, so nothing is credited for repeats.
function effectiveSize(rates: readonly number[], rate: number, harmonicTrials: number): number {
  const n = rates.length;
  const belowOne = rates.filter((x) => x < 1).length;
  const aboveZero = rates.filter((x) => x > 0).length;
  if (rate === 0 || rate === 1 || Math.min(belowOne, aboveZero) < 5) return n;
  const variance = rates.reduce((sum, x) => sum + (x - rate) ** 2, 0) / n ** 2;
  if (variance === 0) return n * harmonicTrials;
  return Math.min(Math.max((rate * (1 - rate)) / variance, n), n * harmonicTrials);
}

/** Wilson's score interval for a rate worth `size` observations, with critical value `c`. @see Wilson 1927 */
export function wilson(rate: number, size: number, c: number): { readonly low: number; readonly high: number } {
  const scale = 1 + (c * c) / size;
  const centre = (rate + (c * c) / (2 * size)) / scale;
  const half = (c * Math.sqrt((rate * (1 - rate)) / size + (c * c) / (4 * size * size))) / scale;
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** Exact interval for the pass probability of one task. @see Clopper and Pearson 1934 */
export function clopperPearson(count: TaskCount, alpha: number): { readonly low: number; readonly high: number } {
  const { passed, trials } = count;
  return {
    low: passed === 0 ? 0 : betaQuantile(alpha / 2, passed, trials - passed + 1),
    high: passed === trials ? 1 : betaQuantile(1 - alpha / 2, passed + 1, trials - passed),
  };
}
