import type { Bounds, TaskCount } from "../../../src/stats/binomial.ts";
import { betaQuantile, incompleteBeta } from "../../../src/stats/student-t.ts";

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
