import type { RatioEstimate } from "../../../src/stats/ratio.ts";
import { studentTCdf, studentTQuantile } from "../../../src/stats/student-t.ts";
import { zeroEventUpperBound } from "./binomial.ts";

/** What a solved task costs. `null` bounds: no such bound can be given. */
export type CostPerSolved = { readonly value: number | null; readonly low: number | null; readonly high: number | null };

/**
 * Typical ratio of candidate to baseline, task by task; null where a value is not above 0, or below two tasks.
 *
 * @see Schuirmann 1987 (paired log ratios)
 */
export function geometricMeanRatio(
  baseline: readonly number[],
  candidate: readonly number[],
  alpha: number,
): Omit<RatioEstimate, "isUneven"> | null {
  if ([...baseline, ...candidate].some((value) => !(value > 0))) return null;
  return meanLogRatio(
    baseline.map((value, index) => Math.log(candidate[index] ?? Number.NaN) - Math.log(value)),
    alpha,
  );
}

/**
 * The same from each task's difference of mean logarithms, candidate minus baseline, where a task has several trials.
 *
 * @see Schuirmann 1987
 */
export function meanLogRatio(differences: readonly number[], alpha: number): Omit<RatioEstimate, "isUneven"> | null {
  const n = differences.length;
  if (n < 2 || !differences.every(Number.isFinite)) return null;
  const mean = sum(differences) / n;
  const error = Math.sqrt(sum(differences.map((value) => (value - mean) ** 2)) / (n - 1) / n);
  const p = error === 0 ? Number(mean === 0) : 2 * studentTCdf(-Math.abs(mean) / error, n - 1);
  return { ...onLogScale(mean, error, n, alpha), p };
}

/**
 * What a solved task costs, all spending counted. With nothing solved there is no value, only a bound from below; with one task solved none from above.
 *
 * @see Miller 1974 (jackknife); Fieller 1954 (where it fails); Hanley and Lippman-Hand 1983 (nothing solved)
 */
export function costPerSolved(costs: readonly number[], rates: readonly number[], alpha: number): CostPerSolved | null {
  const n = costs.length;
  if (n < 2) return null;
  const cost = sum(costs) / n;
  if (sum(rates) === 0) return { value: null, low: cost / zeroEventUpperBound(n, alpha), high: null };
  const estimate = jackknifeLogRatio([costs], [rates], alpha);
  if (estimate) return { value: estimate.ratio, low: estimate.low, high: estimate.high };
  const exact = fieller(costs, rates, alpha);
  return exact && { value: exact.ratio, low: exact.low, high: exact.high };
}

/** A ratio of means with exact bounds; `null` bounds where the divisor cannot be told from 0, and the ratio may be anything. */
export type Fieller = { readonly ratio: number; readonly g: number; readonly low: number | null; readonly high: number | null };

/** Ratio of the means of `tops` and `bottoms`, paired; null below two pairs or for a mean of 0 below. @see Fieller 1954 */
export function fieller(tops: readonly number[], bottoms: readonly number[], alpha: number): Fieller | null {
  const n = tops.length;
  const top = sum(tops) / n;
  const bottom = sum(bottoms) / n;
  if (n < 2 || bottom === 0) return null;
  const t = studentTQuantile(1 - alpha / 2, n - 1);
  const share = (t * t) / ((n - 1) * n);
  const varTop = share * sum(tops.map((y) => (y - top) ** 2));
  const varBottom = share * sum(bottoms.map((x) => (x - bottom) ** 2));
  const covariance = share * sum(tops.map((y, index) => (y - top) * ((bottoms[index] ?? bottom) - bottom)));
  const g = varBottom / bottom ** 2;
  if (g >= 1) return { ratio: top / bottom, g, low: null, high: null };
  const lead = bottom ** 2 - varBottom;
  const middle = top * bottom - covariance;
  const root = Math.sqrt(Math.max(0, middle ** 2 - lead * (top ** 2 - varTop)));
  return { ratio: top / bottom, g, low: (middle - root) / lead, high: (middle + root) / lead };
}

function onLogScale(log: number, error: number, n: number, alpha: number): Omit<RatioEstimate, "p" | "isUneven"> {
  const half = studentTQuantile(1 - alpha / 2, n - 1) * error;
  return { ratio: Math.exp(log), low: Math.exp(log - half), high: Math.exp(log + half), standardErrorLog: error, degreesOfFreedom: n - 1 };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/**
 * Computes a ratio of products of means with the jackknife's interval; each inner list has one value for each task. Returns null where leaving out a task makes
 * a total 0.
 *
 * @see Quenouille 1956, Tukey 1958, Miller 1974
 */
export function jackknifeLogRatio(
  numerators: readonly (readonly number[])[],
  denominators: readonly (readonly number[])[],
  alpha: number,
): Omit<RatioEstimate, "p" | "isUneven"> | null {
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
  return onJackknifeScale(logRatio(-1) + scale(n), error, n, alpha);
}

// Logarithms of the totals without one task; `left` of -1 leaves out none.
function logsWithout(lists: readonly (readonly number[])[], totals: readonly number[], left: number): readonly number[] {
  return lists.map((values, index) => Math.log((totals[index] ?? 0) - (values[left] ?? 0)));
}

function onJackknifeScale(log: number, error: number, n: number, alpha: number): Omit<RatioEstimate, "p" | "isUneven"> {
  const half = studentTQuantile(1 - alpha / 2, n - 1) * error;
  return { ratio: Math.exp(log), low: Math.exp(log - half), high: Math.exp(log + half), standardErrorLog: error, degreesOfFreedom: n - 1 };
}
