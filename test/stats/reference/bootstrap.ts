/** A source of numbers in [0, 1); the same source gives the same result. */
export type Uniform = () => number;

/** What resampling tasks says of a mean. */
export type Bootstrap = {
  readonly mean: number;
  readonly standardError: number;
  /** Share of resamples whose mean is 0 or below. */
  readonly shareAtMostZero: number;
  readonly quantile: (share: number) => number;
};

/**
 * Resamples whole tasks, never trials within one: a cross-check and no verdict, since its intervals are too narrow for few tasks and near the ceiling.
 *
 * @see Efron 1979
 */
export function bootstrapMean(values: readonly number[], options: { readonly resamples: number; readonly uniform: Uniform }): Bootstrap {
  const n = values.length;
  const means = Array.from({ length: options.resamples }, () => {
    let total = 0;
    for (let draw = 0; draw < n; draw++) total += values[Math.floor(options.uniform() * n)] ?? 0;
    return total / n;
  }).sort((a, b) => a - b);
  const centre = sum(means) / means.length;
  return {
    mean: sum(values) / n,
    standardError: Math.sqrt(sum(means.map((mean) => (mean - centre) ** 2)) / (means.length - 1)),
    // Sums of fractions that cancel may miss 0 by their rounding.
    shareAtMostZero: means.filter((mean) => mean <= 1e-12).length / means.length,
    quantile: (share) => means[Math.min(means.length - 1, Math.floor(share * means.length))] ?? Number.NaN,
  };
}

/** Standard error that the bootstrap of a mean tends to, without any resampling. @see Efron 1979 */
export function bootstrapStandardError(values: readonly number[]): number {
  const n = values.length;
  const mean = sum(values) / n;
  return Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / n ** 2);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
