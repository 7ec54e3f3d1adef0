import type { TaskCount } from "../../../src/stats/binomial.ts";
import { studentTCdf, studentTQuantile } from "../../../src/stats/student-t.ts";

/** A mean of independent values with its standard error and Student's interval. */
export type MeanEstimate = {
  readonly mean: number;
  readonly standardError: number;
  readonly degreesOfFreedom: number;
  readonly low: number;
  readonly high: number;
};

/**
 * Mean of task values with the plain interval of Student's t, for figures that are not bounded; null below two.
 *
 * @see Student 1908; Miller 2024, arXiv:2411.00640 (question-level means)
 */
export function meanEstimate(values: readonly number[], alpha = 0.05): MeanEstimate | null {
  const n = values.length;
  if (n < 2) return null;
  const mean = sum(values) / n;
  const standardError = Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / (n - 1) / n);
  const half = studentTQuantile(1 - alpha / 2, n - 1) * standardError;
  return { mean, standardError, degreesOfFreedom: n - 1, low: mean - half, high: mean + half };
}

/** Pass rate that weights trials instead of tasks, to be shown where it differs. @see Miller 2024, arXiv:2411.00640 */
export function trialRate(counts: readonly TaskCount[]): number | null {
  const trials = sum(counts.map((count) => count.trials));
  return trials === 0 ? null : sum(counts.map((count) => count.passed)) / trials;
}

/**
 * p-values of Student's paired test: of no difference, and of the claim that the mean lies above minus `margin`. Null below two values, or where they
 * are all alike.
 *
 * @see Student 1908
 */
export function pairedT(differences: readonly number[], margin: number): { readonly twoSided: number; readonly notWorse: number } | null {
  const estimate = meanEstimate(differences);
  if (!estimate || estimate.standardError === 0) return null;
  const { mean, standardError, degreesOfFreedom } = estimate;
  return {
    twoSided: 2 * studentTCdf(-Math.abs(mean) / standardError, degreesOfFreedom),
    notWorse: studentTCdf(-(mean + margin) / standardError, degreesOfFreedom),
  };
}

/** Standard errors of a mean of values that come in clusters. */
export type ClusteredError = {
  readonly mean: number;
  readonly clusters: number;
  /** As if every value were independent. */
  readonly naive: number;
  readonly clustered: number;
  /** With the factor C / (C - 1) for few clusters. */
  readonly corrected: number;
};

/**
 * Standard error of a mean over values of the same cluster (a repository, a template); null below two clusters.
 *
 * @see Miller 2024, arXiv:2411.00640, appendix A; Liang and Zeger 1986
 */
export function clusteredError(values: readonly number[], clusters: readonly string[]): ClusteredError | null {
  const n = values.length;
  const mean = sum(values) / n;
  const totals = new Map<string, number>();
  for (const [index, value] of values.entries()) {
    const cluster = clusters[index] ?? `value ${index}`;
    totals.set(cluster, (totals.get(cluster) ?? 0) + value - mean);
  }
  const count = totals.size;
  if (count < 2) return null;
  const variance = sum([...totals.values()].map((total) => total ** 2)) / n ** 2;
  return {
    mean,
    clusters: count,
    naive: Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / (n - 1) / n),
    clustered: Math.sqrt(variance),
    corrected: Math.sqrt((variance * count) / (count - 1)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
