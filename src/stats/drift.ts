import type { TaskCount } from "./binomial.ts";
import { logGamma } from "./student-t.ts";

/** Whether a rate held over time: Pearson's statistic over its days, and how likely so much movement is by chance. */
export type Drift = { readonly chiSquared: number; readonly degreesOfFreedom: number; readonly p: number };

const MAX_TERMS = 10_000;

/**
 * Tests whether the same canary tasks pass equally often day by day; a small p-value says that a provider or a grader has changed, and that older baselines no
 * longer hold. Null with fewer than two days, or where all trials ended alike.
 *
 * @see Pearson 1900
 */
export function drift(days: readonly TaskCount[]): Drift | null {
  const tried = days.filter((day) => day.trials > 0);
  const trials = tried.reduce((sum, day) => sum + day.trials, 0);
  const rate = tried.reduce((sum, day) => sum + day.passed, 0) / trials;
  if (tried.length < 2 || rate === 0 || rate === 1) return null;
  const chiSquared = tried.reduce((sum, day) => sum + (day.passed - day.trials * rate) ** 2 / (day.trials * rate * (1 - rate)), 0);
  const degreesOfFreedom = tried.length - 1;
  return { chiSquared, degreesOfFreedom, p: chiSquaredTail(chiSquared, degreesOfFreedom) };
}

/** Probability of a chi-squared value above this one. @see Abramowitz and Stegun 1964, 26.4.19 */
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
