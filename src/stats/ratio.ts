import { studentTCdf, studentTQuantile } from "./student-t.ts";

/** A ratio with its interval, computed on the log scale. */
export type RatioEstimate = {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly standardErrorLog: number;
  readonly degreesOfFreedom: number;
};

/** Figures of one arm with one value for each task: the mean cost of a trial, and the share of trials that passed. */
export type SpendAndRate = { readonly costs: readonly number[]; readonly rates: readonly number[] };

/**
 * Computes a ratio of products of means with the jackknife's interval; each inner list has one value for each task. Returns null where leaving out a task makes
 * a total 0.
 *
 * @see Quenouille 1956, Tukey 1958, Miller 1974
 * @internal
 */
export function jackknifeLogRatio(
  numerators: readonly (readonly number[])[],
  denominators: readonly (readonly number[])[],
  alpha: number,
): RatioEstimate | null {
  const n = numerators[0]?.length ?? 0;
  if (n < 2) return null;
  const above = numerators.map(sum);
  const below = denominators.map(sum);
  const logRatio = (left: number): number => sum(logsWithout(numerators, above, left)) - sum(logsWithout(denominators, below, left));
  // With more lists on one side than on the other, the factors n do not cancel.
  const scale = (count: number): number => (denominators.length - numerators.length) * Math.log(count);
  const without = Array.from({ length: n }, (_, left) => logRatio(left) + scale(n - 1));
  if (!without.every(Number.isFinite)) return null;
  const centre = sum(without) / n;
  const error = Math.sqrt(((n - 1) / n) * sum(without.map((value) => (value - centre) ** 2)));
  return onLogScale(logRatio(-1) + scale(n), error, n, alpha);
}

// Logarithms of the totals without one task; `left` of -1 leaves out none.
function logsWithout(lists: readonly (readonly number[])[], totals: readonly number[], left: number): readonly number[] {
  return lists.map((values, index) => Math.log((totals[index] ?? 0) - (values[left] ?? 0)));
}

function onLogScale(log: number, error: number, n: number, alpha: number): RatioEstimate {
  const half = studentTQuantile(1 - alpha / 2, n - 1) * error;
  return { ratio: Math.exp(log), low: Math.exp(log - half), high: Math.exp(log + half), standardErrorLog: error, degreesOfFreedom: n - 1 };
}

/**
 * Computes the ratio of total costs, candidate to baseline, from means by task; null where a total is 0 or comes from a single task.
 *
 * @see Quenouille 1956, Tukey 1958, Miller 1974 (jackknife)
 */
export function ratioOfTotals(baseline: readonly number[], candidate: readonly number[], alpha: number): RatioEstimate | null {
  return jackknifeLogRatio([candidate], [baseline], alpha);
}

/** Computes the two-sided p-value of equal figures; it is below alpha exactly when the interval at alpha excludes a ratio of 1. @see Miller 1974 (jackknife) */
export function pOfRatio({ ratio, standardErrorLog, degreesOfFreedom }: RatioEstimate): number {
  const distance = Math.abs(Math.log(ratio));
  // Costs that are proportional on every task leave no doubt about their ratio, but rounding does.
  if (standardErrorLog < 1e-12) return distance < 1e-9 ? 1 : 0;
  return 2 * studentTCdf(-distance / standardErrorLog, degreesOfFreedom);
}

/** Computes the ratio of the cost per solved task, candidate to baseline; null where it depends on a single task. @see Miller 1974 (jackknife) */
export function costPerSolvedRatio(baseline: SpendAndRate, candidate: SpendAndRate, alpha: number): RatioEstimate | null {
  return jackknifeLogRatio([candidate.costs, baseline.rates], [candidate.rates, baseline.costs], alpha);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
