import { type Bounds, clopperPearson, type TaskCount, wilson } from "./binomial.ts";
import { studentTQuantile } from "./student-t.ts";

/** A pass rate with its interval, tasks weighted equally; bounds are null where the data do not allow any. */
export type PassRate = {
  readonly rate: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly tasks: number;
  readonly trials: number;
  /** Number of independent tasks that would give the same precision. */
  readonly effectiveTasks: number | null;
};

/**
 * Computes the mean pass rate over tasks with a Wilson interval at the effective sample size: neither repeats of a task nor tasks of one group count as
 * independent tasks. A single task gets the Clopper-Pearson interval of its own trials.
 *
 * @see Wilson 1927; Korn and Graubard 1998 (effective sample size); Miller 2024, arXiv:2411.00640 (tasks as clusters)
 */
export function passRate(counts: readonly (TaskCount & { readonly group?: string | null })[], alpha = 0.05): PassRate {
  const tried = counts.filter((count) => count.trials > 0);
  const trials = tried.reduce((sum, count) => sum + count.trials, 0);
  const values = tried.map(({ passed, trials: repeats, group }) => ({
    value: passed / repeats,
    repeats,
    ...(group === undefined || group === null ? {} : { group }),
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

/**
 * One task's value, between 0 and 1, and its number of trials; infinite `repeats` do not limit the credit for small variance. Tasks of one `group` are not
 * independent of each other.
 */
export type TaskValue = { readonly value: number; readonly repeats: number; readonly group?: string };

/** A mean over tasks with its interval, and the number of independent tasks that would give the same precision. Bounds are null below three groups. */
export type EffectiveRate = {
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly effectiveTasks: number;
  readonly critical: number | null;
  readonly groups: number | null;
};

const ENOUGH_ON_THE_RARER_SIDE = 5;
const MIN_GROUPS = 3;

/**
 * Computes the mean over tasks with Wilson's interval at the effective number of tasks: neither repeats of a task nor tasks of one group count as independent
 * tasks. Returns null below two tasks.
 *
 * @see Wilson 1927; Korn and Graubard 1998, Franco, Little, Louis and Slud 2019 (effective sample size); Miller 2024, arXiv:2411.00640 (tasks as clusters)
 */
export function effectiveRate(tasks: readonly TaskValue[], alpha: number): EffectiveRate | null {
  const n = tasks.length;
  if (n < 2) return null;
  const mean = sum(tasks.map((task) => task.value)) / n;
  const groups = groupTotals(tasks, mean);
  const effectiveTasks = effectiveSize(tasks, mean, groups);
  if (groups && groups.length < MIN_GROUPS) return { mean, low: null, high: null, effectiveTasks, critical: null, groups: groups.length };
  const critical = studentTQuantile(1 - alpha / 2, (groups?.length ?? n) - 1);
  const bounds: Bounds = wilson(mean, effectiveTasks, critical);
  return { mean, ...bounds, effectiveTasks, critical, groups: groups?.length ?? null };
}

// Below five tasks on the rarer side the estimate of the variance between tasks is too rough to credit repeats for it.
function effectiveSize(tasks: readonly TaskValue[], mean: number, groups: readonly number[] | null): number {
  const n = tasks.length;
  const belowOne = tasks.filter(({ value }) => value < 1).length;
  const aboveZero = tasks.filter(({ value }) => value > 0).length;
  if (mean <= 0 || mean >= 1 || Math.min(belowOne, aboveZero) < ENOUGH_ON_THE_RARER_SIDE) return n;
  const most = (n * n) / sum(tasks.map((task) => 1 / task.repeats));
  const totals = groups ?? tasks.map((task) => task.value - mean);
  const correction = groups ? groups.length / (groups.length - 1) : 1;
  const variance = (correction * sum(totals.map((total) => total * total))) / n ** 2;
  if (!(variance > 1e-18)) return Number.isFinite(most) ? most : n;
  return Math.min(Math.max((mean * (1 - mean)) / variance, groups?.length ?? n), most);
}

function groupTotals(tasks: readonly TaskValue[], mean: number): readonly number[] | null {
  if (!tasks.some((task) => task.group !== undefined)) return null;
  const totals = new Map<string, number>();
  for (const [index, task] of tasks.entries()) {
    const group = task.group ?? `task ${index}`;
    totals.set(group, (totals.get(group) ?? 0) + task.value - mean);
  }
  return [...totals.values()];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
