import { betaQuantile, logGamma } from "./student-t.ts";

/** Graded trials of one task, and how many of them passed. Trials that ended in an error are not counted. */
export type TaskCount = { readonly passed: number; readonly trials: number };

/** Bounds of a confidence interval. */
export type Bounds = { readonly low: number; readonly high: number };

/** Computes Wilson's score interval for a rate seen in `size` independent observations, at the critical value `c`. @see Wilson 1927 */
export function wilson(rate: number, size: number, c: number): Bounds {
  const scale = 1 + (c * c) / size;
  const centre = (rate + (c * c) / (2 * size)) / scale;
  const half = (c * Math.sqrt((rate * (1 - rate)) / size + (c * c) / (4 * size * size))) / scale;
  return { low: rate <= 0 ? 0 : Math.max(0, centre - half), high: rate >= 1 ? 1 : Math.min(1, centre + half) };
}

/** Computes the exact interval for the pass probability of one task; `alpha` is two-sided. @see Clopper and Pearson 1934 */
export function clopperPearson(count: TaskCount, alpha: number): Bounds {
  const { passed, trials } = count;
  return {
    low: passed === 0 ? 0 : betaQuantile(alpha / 2, passed, trials - passed + 1),
    high: passed === trials ? 1 : betaQuantile(1 - alpha / 2, passed + 1, trials - passed),
  };
}

/** Counts of two groups (rows) by two outcomes (columns). */
export type TwoByTwo = readonly [readonly [number, number], readonly [number, number]];

/**
 * Computes the exact two-sided p-value of the hypothesis that two groups share one rate: the probability of all tables that are at most as likely as this one.
 *
 * @see Fisher 1935
 */
export function fisherExact([[a, b], [c, d]]: TwoByTwo): number {
  const row = a + b;
  const column = a + c;
  const all = row + c + d;
  if (all === 0) return 1;
  const chance = hypergeometric({ all, row, column });
  // A tie must not be lost to rounding.
  const limit = chance(a) * (1 + 1e-7);
  let p = 0;
  for (let x = Math.max(0, column - (all - row)); x <= Math.min(row, column); x++) {
    const each = chance(x);
    if (each <= limit) p += each;
  }
  return Math.min(1, p);
}

/** Gives the chance that `x` of a row's cases are in a column, of `all` cases when only the sums are known: the hypergeometric distribution, 0 for what is impossible. */
export function hypergeometric({
  all,
  row,
  column,
}: {
  readonly all: number;
  readonly row: number;
  readonly column: number;
}): (x: number) => number {
  const constant = logChoose(all, column);
  return (x) =>
    x < Math.max(0, column - (all - row)) || x > Math.min(row, column)
      ? 0
      : Math.exp(logChoose(row, x) + logChoose(all - row, column - x) - constant);
}

function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}
