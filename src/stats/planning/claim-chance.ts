import { type PairedScore, scoreOfSums, scoreStatistic } from "../paired.ts";
import { studentTQuantile } from "../student-t.ts";
import { enumerated, isEnumerable, MAX_OUTCOMES } from "./enumerate.ts";
import type { Attempts, OutcomeTable } from "./population.ts";
import { simulatedCounts, simulatedTasks } from "./simulate.ts";

/** A comparison that is planned: tasks (in groups of these sizes that are not independent, or null) and attempts. */
export type Design = { readonly tasks: number; readonly attempts: Attempts; readonly groupSizes: readonly number[] | null };

/**
 * The test that decides: `alpha` is its one-sided risk, `critical` replaces the critical value of a fixed sample. With a `margin` the claim is that the candidate is
 * not worse by it, else that it is worse.
 */
export type ClaimTest = { readonly alpha: number; readonly critical?: number | undefined; readonly margin?: number | undefined };

/** Returns the chance that a comparison makes its claim where outcomes are as likely as a table says. */
export type ChanceOfClaim = (table: OutcomeTable) => number;

/**
 * Computes how often the test that decides comparisons makes its claim: exactly, from every possible result, where these are few, else by drawing suites with a
 * fixed seed.
 */
export function claimChance(design: Design, test: ClaimTest): ChanceOfClaim {
  if (design.groupSizes !== null) return ofGroups(design, design.groupSizes, test);
  const key = JSON.stringify([design, test]);
  const found = known.get(key) ?? ofIndependentTasks(design, test);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(key, found);
  return found;
}

// Arms of one run are compared by the same test, of which every result is then decided once.
const known = new Map<string, ChanceOfClaim>();
const MAX_KNOWN = 30;

/** Decides as `gateClaim` does on the interval at this level: the statistic falls as the hypothetical difference grows. */
function makesClaim(score: PairedScore, test: ClaimTest, criticalAt: (degreesOfFreedom: number) => number): boolean {
  const critical = test.critical ?? criticalAt(score.degreesOfFreedom);
  return test.margin === undefined ? scoreStatistic(score, 0) < -critical : scoreStatistic(score, -test.margin) > critical;
}

function criticals(alpha: number): (degreesOfFreedom: number) => number {
  const known = new Map<number, number>();
  return (degreesOfFreedom) => {
    const critical = known.get(degreesOfFreedom) ?? studentTQuantile(1 - alpha, degreesOfFreedom);
    known.set(degreesOfFreedom, critical);
    return critical;
  };
}

// The decisions on a margin change with it, so that every margin that is tried looks at all results again.
const MAX_OUTCOMES_OF_MARGIN = 50_000;

function ofIndependentTasks({ tasks, attempts }: Design, test: ClaimTest): ChanceOfClaim {
  const { values, placeOf } = differencesOf(attempts);
  const mostEffect = Math.min(attempts.baseline, attempts.candidate);
  const critical = criticals(test.alpha);
  const claims = (counts: readonly number[]): boolean => {
    let [candidateOnly, baselineOnly, squares, informative] = [0, 0, 0, 0];
    for (let place = 0; place < values.length; place++) {
      const [count, value] = [counts[place] ?? 0, values[place] ?? 0];
      if (count === 0 || value === 0) continue;
      informative += count;
      squares += count * value * value;
      if (value > 0) candidateOnly += count * value;
      else baselineOnly -= count * value;
    }
    return makesClaim(scoreOfSums({ tasks, informative, candidateOnly, baselineOnly, squares, groups: null, mostEffect }), test, critical);
  };
  const chance = isEnumerable(tasks, values.length, test.margin === undefined ? MAX_OUTCOMES : MAX_OUTCOMES_OF_MARGIN)
    ? enumerated(tasks, values.length, claims)
    : simulatedCounts(tasks, values.length, claims);
  return ({ levels }) => {
    const chances = values.map(() => 0);
    for (const level of levels)
      for (const [index, one] of level.entries()) {
        const place = placeOf[index] ?? 0;
        chances[place] = (chances[place] ?? 0) + one / levels.length;
      }
    return chance(chances);
  };
}

/** The differences that a task can have, rising, and the place of each pair of passes among them. */
function differencesOf({ baseline, candidate }: Attempts): { readonly values: readonly number[]; readonly placeOf: readonly number[] } {
  const steps = Array.from({ length: (baseline + 1) * (candidate + 1) }, (_, index) => {
    const [a, b] = [Math.floor(index / (candidate + 1)), index % (candidate + 1)];
    return b * baseline - a * candidate;
  });
  const distinct = [...new Set(steps)].sort((a, b) => a - b);
  return { values: distinct.map((step) => step / (baseline * candidate)), placeOf: steps.map((step) => distinct.indexOf(step)) };
}

function ofGroups(design: Design, sizes: readonly number[], test: ClaimTest): ChanceOfClaim {
  const { values, placeOf } = differencesOf(design.attempts);
  const tasks = sizes.reduce((sum, size) => sum + size, 0);
  const groupOf = Int32Array.from(sizes.flatMap((size, group) => Array.from({ length: size }, () => group)));
  const mostEffect = Math.min(design.attempts.baseline, design.attempts.candidate);
  const critical = criticals(test.alpha);
  const totals = new Float64Array(sizes.length);
  const claims = (outcomes: Int32Array): boolean => {
    let [candidateOnly, baselineOnly, squares, informative] = [0, 0, 0, 0];
    totals.fill(0);
    for (let task = 0; task < tasks; task++) {
      const value = values[placeOf[outcomes[task] ?? 0] ?? 0] ?? 0;
      if (value === 0) continue;
      informative++;
      squares += value * value;
      if (value > 0) candidateOnly += value;
      else baselineOnly -= value;
      totals[groupOf[task] ?? 0] = (totals[groupOf[task] ?? 0] ?? 0) + value;
    }
    const mean = (candidateOnly - baselineOnly) / tasks;
    let between = 0;
    for (const [group, size] of sizes.entries()) between += ((totals[group] ?? 0) - size * mean) ** 2;
    const groups = { count: sizes.length, squares: between };
    return makesClaim(scoreOfSums({ tasks, informative, candidateOnly, baselineOnly, squares, groups, mostEffect }), test, critical);
  };
  const levels = new Int32Array(sizes.length);
  const chance = simulatedTasks(
    tasks,
    (uniform, tables) => {
      for (let group = 0; group < sizes.length; group++) levels[group] = Math.floor(uniform() * tables.length);
      return (task) => levels[groupOf[task] ?? 0] ?? 0;
    },
    claims,
  );
  return (table) => chance(table.levels);
}
