import type { PairedTask } from "./paired.ts";

/**
 * Exact probabilities of a difference at least this far from 0 if the sign of every task's difference were a coin toss. Small `lower` values speak for a worse
 * candidate.
 */
export type SignFlip = {
  /** Sum of the differences, in units of `lattice` (a task's difference times their common denominator). */
  readonly statistic: number;
  readonly lattice: number;
  readonly informative: number;
  readonly lowerExactP: number;
  readonly lowerMidP: number;
  readonly upperExactP: number;
  readonly upperMidP: number;
  readonly twoSidedExactP: number;
  readonly twoSidedMidP: number;
};

// Beyond this the exact distribution takes seconds, too long for a test that only confirms another.
const MAX_OPERATIONS = 2e7;

/**
 * Computes Fisher's randomisation test on the tasks' differences, exactly and without random numbers; with single attempts it is McNemar's exact test. Tasks
 * without a trial in one arm are left out; the sign of a group of tasks is tossed once for all of them. Returns null where the least common multiple of the numbers of trials is so large that it would take too long.
 *
 * @see Fisher 1935; Romano 1990, Janssen 1997 (validity when only the mean is 0); Fagerland, Lydersen and Laake 2013 (mid-p)
 */
export function signFlip(tasks: readonly PairedTask[]): SignFlip | null {
  const tried = tasks.filter(({ baseline, candidate }) => baseline.trials > 0 && candidate.trials > 0);
  const lattice = tried.flatMap(({ baseline, candidate }) => [baseline.trials, candidate.trials]).reduce(leastCommonMultiple, 1);
  if (lattice > MAX_OPERATIONS) return null;
  const sums = new Map<string, number>();
  for (const [index, { baseline, candidate, group }] of tried.entries()) {
    const unit = group === undefined ? `task ${index}` : `group ${group}`;
    const difference = (candidate.passed * lattice) / candidate.trials - (baseline.passed * lattice) / baseline.trials;
    sums.set(unit, (sums.get(unit) ?? 0) + difference);
  }
  return signFlipOf([...sums.values()], lattice);
}

/**
 * Computes the same test for differences given as whole numbers of a common unit, of which `lattice` make up 1.
 *
 * @see Fisher 1935
 * @internal
 */
export function signFlipOf(differences: readonly number[], lattice = 1): SignFlip | null {
  const sizes = differences.map((difference) => Math.round(Math.abs(difference))).filter((size) => size > 0);
  const unit = sizes.reduce(greatestCommonDivisor, 0) || 1;
  const steps = sizes.map((size) => size / unit);
  const total = steps.reduce((sum, step) => sum + step, 0);
  if (steps.length * (total + 1) > MAX_OPERATIONS) return null;

  const statistic = differences.reduce((sum, difference) => sum + Math.round(difference), 0);
  // Each sign adds the step or nothing to the sum of the positive steps; the statistic is twice that sum less the total.
  const chances = positiveSums(steps, total);
  const seen = (statistic / unit + total) / 2;
  const below = chances.slice(0, seen).reduce((sum, chance) => sum + chance, 0);
  const above = chances.slice(seen + 1).reduceRight((sum, chance) => sum + chance, 0);
  const equal = chances[seen] ?? 0;
  const lowerMidP = below + equal / 2;
  const upperMidP = above + equal / 2;
  return {
    statistic,
    lattice,
    informative: steps.length,
    lowerExactP: below + equal,
    lowerMidP,
    upperExactP: above + equal,
    upperMidP,
    twoSidedExactP: Math.min(1, 2 * (Math.min(below, above) + equal)),
    twoSidedMidP: Math.min(1, 2 * Math.min(lowerMidP, upperMidP)),
  };
}

function positiveSums(steps: readonly number[], total: number): Float64Array {
  const chances = new Float64Array(total + 1);
  chances[0] = 1;
  let reached = 0;
  for (const step of steps) {
    reached += step;
    for (let sum = reached; sum >= 0; sum--) chances[sum] = ((chances[sum] ?? 0) + (sum >= step ? (chances[sum - step] ?? 0) : 0)) / 2;
  }
  return chances;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

// Stops once it is too large, before it exceeds the range of exact integers.
function leastCommonMultiple(a: number, b: number): number {
  if (a > MAX_OPERATIONS) return a;
  return (a / greatestCommonDivisor(a, b)) * b;
}
