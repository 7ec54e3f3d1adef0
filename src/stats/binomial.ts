import { betaQuantile, incompleteBeta } from "./student-t.ts";

/** Finished trials of one task: `passed` of `trials`. Errors are not trials. */
export type TaskCount = { readonly passed: number; readonly trials: number };

/** Bounds of a confidence interval. */
export type Bounds = { readonly low: number; readonly high: number };

/** Wilson's score interval for a rate worth `size` observations, with critical value `c`. @see Wilson 1927 */
export function wilson(rate: number, size: number, c: number): Bounds {
  const scale = 1 + (c * c) / size;
  const centre = (rate + (c * c) / (2 * size)) / scale;
  const half = (c * Math.sqrt((rate * (1 - rate)) / size + (c * c) / (4 * size * size))) / scale;
  return { low: rate <= 0 ? 0 : Math.max(0, centre - half), high: rate >= 1 ? 1 : Math.min(1, centre + half) };
}

/** Exact interval for the pass probability of one task. @see Clopper and Pearson 1934 */
export function clopperPearson(count: TaskCount, alpha: number): Bounds {
  const { passed, trials } = count;
  return {
    low: passed === 0 ? 0 : betaQuantile(alpha / 2, passed, trials - passed + 1),
    high: passed === trials ? 1 : betaQuantile(1 - alpha / 2, passed + 1, trials - passed),
  };
}

/** Interval from the posterior under Jeffreys' prior, with the ends kept at 0 and 1. @see Brown, Cai and DasGupta 2001 */
export function jeffreys(count: TaskCount, alpha: number): Bounds {
  const { passed, trials } = count;
  return {
    low: passed === 0 ? 0 : betaQuantile(alpha / 2, passed + 0.5, trials - passed + 0.5),
    high: passed === trials ? 1 : betaQuantile(1 - alpha / 2, passed + 0.5, trials - passed + 0.5),
  };
}

/** Probability of at most `passed` successes in `trials`. @see Abramowitz and Stegun 1964, 26.5.24 */
export function binomialCdf(passed: number, trials: number, probability: number): number {
  if (passed < 0) return 0;
  if (passed >= trials) return 1;
  return incompleteBeta(1 - probability, trials - passed, passed + 1);
}

/** What a rate may still be after `trials` without an event; about 3 / trials at 5 %. @see Hanley and Lippman-Hand 1983 (rule of three) */
export function zeroEventUpperBound(trials: number, alpha: number): number {
  return 1 - alpha ** (1 / trials);
}
