import { normalQuantile } from "../normal.ts";
import { type ChanceOfClaim, type ClaimTest, claimChance, type Design } from "./claim-chance.ts";
import { type OutcomeTable, outcomesOf, outcomesOfSuite, type Population, varianceOf } from "./population.ts";
import { suiteClaimChance } from "./suite-chance.ts";

/** What a comparison is about: tasks like these, or exactly these tasks. */
type PlanScope = "tasks" | "suite";

/** A comparison whose power is asked for. */
export type PowerQuestion = {
  readonly design: Design;
  readonly population: Population;
  readonly test: ClaimTest;
  readonly scope: PlanScope;
};

// Differences are tried in these steps, so that questions about like suites share what was computed.
const STEP = 1 / 1024;
const MOST_TRIALS = 14;
// The figure is good where its power is so close to the one asked for.
const CLOSE = 0.004;
// Beyond this the chance of a claim says little about the distance to another.
const FARTHEST = 0.9999;
const MARGIN_BISECTIONS = 9;

/** Computes the chance that a comparison finds a true difference (below 0: the candidate is worse). */
export function powerAt({ design, population, test, scope }: PowerQuestion, difference: number): number {
  return chanceFor({ design, test, scope })(tableOf({ design, population, scope }, difference));
}

/** Computes the variance between tasks of the difference that would be seen of one task. */
export function varianceAt({ design, population, scope }: PowerQuestion, difference: number): number {
  return varianceOf(tableOf({ design, population, scope }, difference));
}

/** Computes the variance between tasks of the true effect where nothing changes on average. */
export function effectVarianceAt(question: PowerQuestion): number {
  const withAttempts = (attempts: number): number =>
    varianceAt({ ...question, design: { ...question.design, attempts: { baseline: attempts, candidate: attempts } } }, 0);
  return Math.max(0, 2 * withAttempts(2) - withAttempts(1));
}

/**
 * Finds the smallest true difference that a comparison finds with this power; null where it finds none so often. A drop is looked for where at least half of the
 * tasks pass, else a rise: towards the middle, where differences are hardest to see.
 */
export function detectableDifferenceOf(question: PowerQuestion, power: number): number | null {
  const { rate } = question.population;
  return smallestDrop(rate < 0.5 ? mirrored(question) : question, power);
}

/** Finds the smallest true drop that a comparison finds with this power; null where it finds no drop so often. */
export function detectableDropOf(question: PowerQuestion, power: number): number | null {
  return smallestDrop(question, power);
}

/** Finds the smallest margin that a comparison rules out with this power where nothing has changed; null where it rules out none so often. */
export function provableMarginOf({ design, population, test, scope }: PowerQuestion, power: number): number | null {
  const unchanged = tableOf({ design, population, scope }, 0);
  let [low, high] = [0, 1];
  const isProvable = (margin: number): boolean => claimChance(design, { ...test, margin })(unchanged) >= power;
  if (design.tasks < 2 || !isProvable(0.999)) return null;
  for (let step = 0; step < MARGIN_BISECTIONS; step++) {
    const middle = (low + high) / 2;
    if (isProvable(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function smallestDrop({ design, population, test, scope }: PowerQuestion, power: number): number | null {
  if (!hasEnough(design, scope)) return null;
  const chance = chanceFor({ design, test, scope });
  const at = (step: number): Found => {
    const table = tableOf({ design, population, scope }, -Math.min(step * STEP, population.rate));
    return { step, drop: -table.difference, chance: chance(table) };
  };
  const most = at(population.rate / STEP);
  if (most.chance < power) return null;
  let below: Found = { step: 0, drop: 0, chance: test.alpha };
  let above = most;
  for (let trial = 0; trial < MOST_TRIALS && above.step - below.step > 1; trial++) {
    const found = at(Math.round(between(below, above, power)));
    if (found.chance >= power) above = found;
    else below = found;
    if (Math.abs(found.chance - power) < CLOSE) return found.drop;
  }
  return above.drop;
}

type Found = { readonly step: number; readonly drop: number; readonly chance: number };

// On the scale of a normal variable power is almost a straight line.
function between(below: Found, above: Found, power: number): number {
  const [from, to, wanted] = [below.chance, above.chance, power].map((chance) =>
    normalQuantile(Math.min(FARTHEST, Math.max(1 - FARTHEST, chance))),
  ) as [number, number, number];
  const share = Math.min(0.95, Math.max(0.05, (wanted - from) / (to - from)));
  return Math.min(above.step - 0.6, Math.max(below.step + 0.6, below.step + share * (above.step - below.step)));
}

/** Says whether there are enough tasks, groups and attempts for any interval. */
function hasEnough({ tasks, attempts, groupSizes }: Design, scope: PlanScope): boolean {
  if (scope === "suite") return tasks >= 2 && attempts.baseline >= 2 && attempts.candidate >= 2;
  return tasks >= 2 && (groupSizes === null || groupSizes.length >= 3);
}

function chanceFor({ design, test, scope }: Omit<PowerQuestion, "population">): ChanceOfClaim {
  return scope === "suite" ? suiteClaimChance(design, test) : claimChance(design, test);
}

function tableOf({ design, population, scope }: Omit<PowerQuestion, "test">, difference: number): OutcomeTable {
  if (scope === "suite") return outcomesOfSuite(population, difference, design);
  return outcomesOf(population, difference, { attempts: design.attempts, grouped: design.groupSizes !== null });
}

function mirrored(question: PowerQuestion): PowerQuestion {
  return { ...question, population: { ...question.population, rate: 1 - question.population.rate } };
}
