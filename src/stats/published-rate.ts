import { wilson } from "./binomial.ts";
import { normalQuantile } from "./normal.ts";
import { passRate } from "./pass-rate.ts";

/** A published pass rate and the number of tasks, each tried once, that it is from. */
export type PublishedRate = { readonly rate: number; readonly tasks: number };

/** The difference of an arm's pass rate from a published one, with its interval. */
export type PublishedDifference = { readonly difference: number; readonly low: number; readonly high: number };

type Counts = Parameters<typeof passRate>[0];

/** Computes Wilson's interval of a published rate. @see Wilson 1927 */
export function publishedInterval({ rate, tasks }: PublishedRate, alpha: number): { readonly low: number; readonly high: number } {
  return wilson(rate, tasks, normalQuantile(1 - alpha / 2));
}

/**
 * Compares the pass rate of an arm with a published one from other tasks, or from the same ones without their results: the interval has the uncertainty of both. Null below
 * two tasks.
 *
 * @see Newcombe 1998 (method 10); Zou and Donner 2008 (interval from the intervals of both)
 */
export function publishedDifference(counts: Counts, published: PublishedRate, alpha: number): PublishedDifference | null {
  const own = passRate(counts, alpha);
  if (own.rate === null || own.low === null || own.high === null || own.effectiveTasks === null) return null;
  const other = publishedInterval(published, alpha);
  const difference = own.rate - published.rate;
  return {
    difference,
    low: Math.max(-1, difference - Math.hypot(own.rate - own.low, other.high - published.rate)),
    high: Math.min(1, difference + Math.hypot(own.high - own.rate, published.rate - other.low)),
  };
}

const BISECTIONS = 40;

/** Computes the two-sided p-value of equal rates: the level at which the interval just includes 0. Null below two tasks. @see Newcombe 1998 */
export function pOfPublished(counts: Counts, published: PublishedRate): number | null {
  if (publishedDifference(counts, published, 0.05) === null) return null;
  let [low, high] = [0, 1];
  for (let step = 0; step < BISECTIONS; step++) {
    const alpha = (low + high) / 2;
    const found = publishedDifference(counts, published, alpha);
    // Intervals grow as alpha falls.
    if (found && (found.low > 0 || found.high < 0)) high = alpha;
    else low = alpha;
  }
  return high;
}
