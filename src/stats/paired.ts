import type { TaskCount } from "./binomial.ts";
import { studentTCdf, studentTQuantile } from "./student-t.ts";

/** One task's trials in both arms. Tasks of one `group` (a repository, a template) are not independent of each other. */
export type PairedTask = { readonly baseline: TaskCount; readonly candidate: TaskCount; readonly group?: string };

/** Difference of one task, candidate minus baseline; `repeats`, the smaller number of trials, limits how much its variance may shrink. */
export type TaskDifference = { readonly difference: number; readonly repeats: number; readonly group?: string };

/** Summary of all tasks' differences, from which every interval and p-value follows. */
export type PairedScore = {
  /** Mean over tasks of candidate minus baseline. */
  readonly difference: number;
  readonly tasks: number;
  /** Number of tasks whose difference is not 0. */
  readonly informative: number;
  /** Sum of the differences in the candidate's favour, and of those in the baseline's; McNemar's counts for single attempts. */
  readonly candidateOnly: number;
  readonly baselineOnly: number;
  readonly designEffect: number;
  readonly degreesOfFreedom: number;
};

// With fewer tasks that differ, the estimate of their variance is too rough to credit repeats for it.
const ENOUGH_INFORMATIVE = 5;
const MIN_GROUPS = 3;
const BISECTIONS = 60;

/**
 * Summarises a comparison of pass rates by task, for Tango's score statistic at an effective sample size: repeats of a task do not count as independent
 * tasks. Tasks without a trial in one arm are left out; returns null below two tasks.
 *
 * @see Tango 1998 (score interval of paired proportions); Obuchowski 1998, Durkalski 2003 (clustered pairs)
 */
export function pairedScore(tasks: readonly PairedTask[]): PairedScore | null {
  const differences = tasks
    .filter(({ baseline, candidate }) => baseline.trials > 0 && candidate.trials > 0)
    .map(({ baseline, candidate, group }) => ({
      difference: candidate.passed / candidate.trials - baseline.passed / baseline.trials,
      repeats: Math.min(baseline.trials, candidate.trials),
      ...(group === undefined ? {} : { group }),
    }));
  return pairedScoreOf(differences);
}

/**
 * Summarises differences of any figure between 0 and 1, like `pairedScore`; infinite `repeats` do not limit the credit for small variance. Returns null below two
 * tasks, and below three groups, which are too few to estimate a variance between groups.
 *
 * @see Tango 1998; Obuchowski 1998, Durkalski 2003, Yang, Sun and Hardin 2010 (clustered pairs)
 */
export function pairedScoreOf(tasks: readonly TaskDifference[]): PairedScore | null {
  const n = tasks.length;
  if (n < 2) return null;
  const differences = tasks.map((task) => task.difference);
  const mean = sum(differences) / n;
  const candidateOnly = sum(differences.map((d) => Math.max(d, 0)));
  const baselineOnly = sum(differences.map((d) => Math.max(-d, 0)));
  const informative = differences.filter((d) => Math.abs(d) > 1e-12).length;
  const groups = groupSums(tasks, mean);
  if (groups && groups.length < MIN_GROUPS) return null;
  return scoreOfSums({
    tasks: n,
    informative,
    candidateOnly,
    baselineOnly,
    squares: sum(differences.map((d) => d * d)),
    groups: groups && { count: groups.length, squares: sum(groups.map((total) => total * total)) },
    mostEffect: n / sum(tasks.map((task) => 1 / task.repeats)),
  });
}

/**
 * The sums over tasks that a score follows from. `squares` are those of the differences; where tasks form groups, `groups.squares` are those of each group's sum of
 * differences from the mean. `mostEffect` limits the credit for small variance: the harmonic mean of repeats.
 */
export type DifferenceSums = Pick<PairedScore, "tasks" | "informative" | "candidateOnly" | "baselineOnly"> & {
  readonly squares: number;
  readonly groups: { readonly count: number; readonly squares: number } | null;
  readonly mostEffect: number;
};

/** Summarises a comparison from its sums, for those who count many possible outcomes; `pairedScoreOf` counts one. @see Tango 1998 */
export function scoreOfSums(sums: DifferenceSums): PairedScore {
  const { tasks: n, informative, candidateOnly, baselineOnly, groups } = sums;
  const mean = (candidateOnly - baselineOnly) / n;
  const binary = (candidateOnly + baselineOnly) / n - mean * mean;
  const observed = groups ? (groups.squares / n) * (groups.count / (groups.count - 1)) : sums.squares / n - mean * mean;
  const bounds = { least: groups ? groups.count / n : 1, most: sums.mostEffect };
  const designEffect = informative < ENOUGH_INFORMATIVE ? 1 : clampedEffect(binary, observed, bounds);
  const degreesOfFreedom = (groups?.count ?? n) - 1;
  return { difference: mean, tasks: n, informative, candidateOnly, baselineOnly, designEffect, degreesOfFreedom };
}

function groupSums(tasks: readonly TaskDifference[], mean: number): readonly number[] | null {
  if (!tasks.some((task) => task.group !== undefined)) return null;
  const sums = new Map<string, number>();
  for (const [index, task] of tasks.entries()) {
    const group = task.group ?? `task ${index}`;
    sums.set(group, (sums.get(group) ?? 0) + task.difference - mean);
  }
  return [...sums.values()];
}

function clampedEffect(binary: number, observed: number, bounds: { readonly least: number; readonly most: number }): number {
  if (observed <= 1e-15) return Number.isFinite(bounds.most) ? bounds.most : 1;
  return Math.min(Math.max(binary / observed, bounds.least), bounds.most);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/**
 * Computes Tango's statistic for the hypothesis that the true difference is `lambda`; above 0 when the observed difference is larger.
 *
 * @see Tango 1998
 */
export function scoreStatistic(score: PairedScore, lambda: number): number {
  const n = score.tasks * score.designEffect;
  const b = score.candidateOnly * score.designEffect;
  const c = score.baselineOnly * score.designEffect;
  const p = 2 * n;
  const q = -b - c + (2 * n - b + c) * lambda;
  const r = -c * lambda * (1 - lambda);
  const root = (Math.sqrt(Math.max(q * q - 4 * p * r, 0)) - q) / (2 * p);
  const variance = n * (2 * root + lambda * (1 - lambda));
  const numerator = b - c - n * lambda;
  if (variance <= 0) return numerator === 0 ? 0 : Math.sign(numerator) * Number.POSITIVE_INFINITY;
  return numerator / Math.sqrt(variance);
}

/** Computes the interval of all differences that the statistic does not reject at this critical value. @see Tango 1998 */
export function scoreInterval(score: PairedScore, critical: number): { readonly low: number; readonly high: number } {
  const { difference } = score;
  const low = difference <= -1 + 1e-12 ? -1 : crossing(score, critical, { from: -1, to: difference });
  const high = difference >= 1 - 1e-12 ? 1 : crossing(score, -critical, { from: difference, to: 1 });
  return { low, high };
}

// The statistic falls as lambda grows.
function crossing(score: PairedScore, value: number, range: { readonly from: number; readonly to: number }): number {
  let { from, to } = range;
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = (from + to) / 2;
    if (scoreStatistic(score, middle) > value) from = middle;
    else to = middle;
  }
  return (from + to) / 2;
}

/** Computes the interval with the error probability `alphaOneSided` on either side: 0.05 gives the 90 % interval. @see Tango 1998 */
export function intervalAt(score: PairedScore, alphaOneSided: number): { readonly low: number; readonly high: number } {
  return scoreInterval(score, studentTQuantile(1 - alphaOneSided, score.degreesOfFreedom));
}

/**
 * Computes the one-sided p-value of the claim that the candidate is worse; a small value supports the claim. @see Tango 1998
 *
 * @internal
 */
export function pWorse(score: PairedScore): number {
  return studentTCdf(scoreStatistic(score, 0), score.degreesOfFreedom);
}

/** Computes the two-sided p-value of no difference; it is below alpha exactly when the interval at alpha / 2 excludes 0. @see Tango 1998 */
export function pTwoSided(score: PairedScore): number {
  return 2 * studentTCdf(-Math.abs(scoreStatistic(score, 0)), score.degreesOfFreedom);
}
