import type { TaskCount } from "./binomial.ts";
import { logGamma } from "./student-t.ts";

/** Result of the test for drift. Informative are the tasks, with their trials, that were tried in several runs and both passed and failed. */
export type Drift = {
  readonly chiSquared: number;
  readonly degreesOfFreedom: number;
  readonly p: number;
  readonly informativeTasks: number;
  readonly informativeTrials: number;
};

/** Fewest informative tasks for which the chi-squared distribution approximates the statistic well. @see Tate and Brown 1970 */
export const MIN_INFORMATIVE_TASKS = 4;

/** Fewest trials of informative tasks for which the chi-squared distribution approximates the statistic well. @see Tate and Brown 1970 */
export const MIN_INFORMATIVE_TRIALS = 24;

// A pivot below this share of its initial value is 0 up to rounding.
const NEGLIGIBLE = 1e-9;
const MAX_TERMS = 10_000;

/**
 * Tests whether every task kept its pass probability over runs, with the Cochran-Mantel-Haenszel statistic and tasks as strata, so that a run which lacks some
 * tasks is compared on the others. `tasks` holds one list for each task with its counts in every run, in the same order; a run without the task has 0 trials.
 * A small p-value says that something changed between the runs. With one trial of every task in every run this is Cochran's Q. Returns null where no task is
 * informative.
 *
 * @see Cochran 1950; Mantel and Haenszel 1959; Landis, Heyman and Koch 1978 (more than two groups)
 */
export function drift(tasks: readonly (readonly TaskCount[])[]): Drift | null {
  const informative = tasks.map((runs) => ({ runs, ...totalOf(runs) })).filter(isInformative);
  const count = informative[0]?.runs.length ?? 0;
  const deviations = Array.from({ length: count }, () => 0);
  const covariances = Array.from({ length: count }, () => Array.from({ length: count }, () => 0));
  for (const { runs, passed, trials } of informative) {
    // Given the task's total number of passes, those of each run follow a hypergeometric distribution.
    const scale = (passed * (trials - passed)) / (trials * trials * (trials - 1));
    for (const [row, { passed: seen, trials: own }] of runs.entries()) {
      deviations[row] = (deviations[row] ?? 0) + seen - (own * passed) / trials;
      const covariance = covariances[row] ?? [];
      for (const [column, { trials: other }] of runs.entries())
        covariance[column] = (covariance[column] ?? 0) + scale * own * ((row === column ? trials : 0) - other);
    }
  }
  const { chiSquared, degreesOfFreedom } = quadraticForm(deviations, covariances);
  if (degreesOfFreedom === 0) return null;
  return {
    chiSquared,
    degreesOfFreedom,
    p: chiSquaredTail(chiSquared, degreesOfFreedom),
    informativeTasks: informative.length,
    informativeTrials: informative.reduce((sum, { trials }) => sum + trials, 0),
  };
}

function isInformative({ runs, passed, trials }: TaskCount & { readonly runs: readonly TaskCount[] }): boolean {
  return passed > 0 && passed < trials && runs.filter((run) => run.trials > 0).length > 1;
}

function totalOf(runs: readonly TaskCount[]): TaskCount {
  return runs.reduce((sum, { passed, trials }) => ({ passed: sum.passed + passed, trials: sum.trials + trials }), { passed: 0, trials: 0 });
}

// Computes x' V^- x and the rank of V by elimination. The deviations of the runs add up to 0, so at least one pivot vanishes.
function quadraticForm(x: number[], matrix: number[][]): { readonly chiSquared: number; readonly degreesOfFreedom: number } {
  const sizes = matrix.map((row, index) => row[index] ?? 0);
  let chiSquared = 0;
  let degreesOfFreedom = 0;
  for (const [pivotIndex, pivotRow] of matrix.entries()) {
    const pivot = pivotRow[pivotIndex] ?? 0;
    if (pivot <= NEGLIGIBLE * (sizes[pivotIndex] ?? 0)) continue;
    const value = x[pivotIndex] ?? 0;
    chiSquared += (value * value) / pivot;
    degreesOfFreedom++;
    for (let row = pivotIndex + 1; row < matrix.length; row++) {
      const target = matrix[row] ?? [];
      const factor = (target[pivotIndex] ?? 0) / pivot;
      x[row] = (x[row] ?? 0) - factor * value;
      for (let column = pivotIndex + 1; column < matrix.length; column++)
        target[column] = (target[column] ?? 0) - factor * (pivotRow[column] ?? 0);
    }
  }
  return { chiSquared, degreesOfFreedom };
}

/**
 * Computes the probability of a chi-squared value above this one.
 *
 * @see Abramowitz and Stegun 1964, 26.4.19
 * @internal
 */
export function chiSquaredTail(value: number, degreesOfFreedom: number): number {
  const a = degreesOfFreedom / 2;
  const x = value / 2;
  if (x <= 0) return 1;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  return x < a + 1 ? 1 - front * lowerSeries(a, x) : front * upperFraction(a, x);
}

function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < MAX_TERMS && term > sum * Number.EPSILON; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

// Modified Lentz evaluation of the continued fraction of the incomplete gamma function, which converges where x is above a + 1.
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = Number.POSITIVE_INFINITY;
  let d = 1 / b;
  let result = d;
  for (let n = 1; n < MAX_TERMS; n++) {
    const factor = -n * (n - a);
    b += 2;
    d = 1 / (factor * d + b);
    c = b + factor / c;
    result *= d * c;
    if (Math.abs(d * c - 1) <= Number.EPSILON) break;
  }
  return result;
}
