import { normalCdf, normalQuantile } from "../normal.ts";
import { betaQuantile } from "../student-t.ts";

/**
 * Tasks like those of a suite, as a plan assumes or past results show them: the pass rate of the baseline, the share of an outcome's variance that lies between
 * tasks, and how alike the two arms find the same tasks hard (1: an effect is the same way on all tasks; below, tasks gain and lose).
 */
export type Population = { readonly rate: number; readonly betweenShare: number; readonly agreement: number };

/** Attempts of every task in each arm. */
export type Attempts = { readonly baseline: number; readonly candidate: number };

/**
 * How likely each outcome of one task is: at `a * (attempts.candidate + 1) + b` the chance of `a` passes of the baseline and `b` of the candidate. Tasks of one
 * group share one of `levels`, each as likely as the others; without groups there is one level. `difference` is the true one.
 */
export type OutcomeTable = { readonly attempts: Attempts; readonly levels: readonly Float64Array[]; readonly difference: number };

const CELLS = 128;
const TASK_CELLS = 64;
const EFFECT_CELLS = 10;
const GROUP_LEVELS = 7;
const EFFECT_LEVELS = 5;
// Share of what tasks differ in that those of one group are assumed to have in common.
const GROUP_SHARE = 0.5;
const ALIKE = 0.9999;
const MAX_TABLES = 2000;

const knownQuantiles = new Map<string, Float64Array>();

// Quantiles of the tasks' pass probabilities, which follow a beta distribution, at the middles of equal cells.
function rateQuantiles(mean: number, betweenShare: number): Float64Array {
  const key = `${mean.toFixed(5)} ${betweenShare.toFixed(5)}`;
  const known = knownQuantiles.get(key);
  if (known) return known;
  const concentration = 1 / betweenShare - 1;
  const table = Float64Array.from({ length: CELLS }, (_, cell) => {
    if (mean <= 1e-4 || mean >= 1 - 1e-4) return Math.round(mean);
    return betaQuantile((cell + 0.5) / CELLS, mean * concentration, (1 - mean) * concentration);
  });
  if (knownQuantiles.size >= MAX_TABLES) knownQuantiles.clear();
  knownQuantiles.set(key, table);
  return table;
}

function rateAt(table: Float64Array, share: number): number {
  const place = Math.min(Math.max(share * CELLS - 0.5, 0), CELLS - 1);
  const cell = Math.floor(place);
  const low = table[cell] ?? 0;
  return low + (place - cell) * ((table[cell + 1] ?? low) - low);
}

function middles(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => normalQuantile((index + 0.5) / count));
}

const ALONE = { levels: [0], effects: [0], share: 0 };
const GROUPED = { levels: middles(GROUP_LEVELS), effects: middles(EFFECT_LEVELS), share: GROUP_SHARE };
const TASKS = middles(TASK_CELLS);
const FITTED = middles(24);
const EFFECTS = middles(EFFECT_CELLS);

/**
 * Computes how likely every outcome of a task is when the candidate's mean pass rate is that of the baseline plus `difference`. Difficulties follow a beta
 * distribution in both arms, joined by a normal copula; with `grouped`, half of what distinguishes tasks is common to those of a group.
 */
export function outcomesOf(
  population: Population,
  difference: number,
  design: { readonly attempts: Attempts; readonly grouped: boolean },
): OutcomeTable {
  const { rate, betweenShare } = population;
  const after = Math.min(1, Math.max(0, rate + difference));
  const rates = { before: rateQuantiles(rate, betweenShare), after: rateQuantiles(after, betweenShare) };
  const { levels, effects, share } = design.grouped ? GROUPED : ALONE;
  const agreement = Math.min(1, Math.max(0, population.agreement));
  const ofGroups = agreement > ALIKE ? [0] : effects;
  const tables = levels.flatMap((level) =>
    ofGroups.map((effect) => tableAt(rates, { level, effect, share, agreement, attempts: design.attempts })),
  );
  return { attempts: design.attempts, levels: tables, difference: trueDifference(tables, design.attempts) };
}

/**
 * Computes the outcomes of exactly `tasks` tasks whose difficulties and effects are what they are, spread evenly over the population; one level for each task.
 */
export function outcomesOfSuite(
  population: Population,
  difference: number,
  design: { readonly attempts: Attempts; readonly tasks: number },
): OutcomeTable {
  const { rate, betweenShare, agreement } = population;
  const { attempts, tasks } = design;
  const after = Math.min(1, Math.max(0, rate + difference));
  const rates = { before: rateQuantiles(rate, betweenShare), after: rateQuantiles(after, betweenShare) };
  const noise = Math.sqrt(1 - agreement ** 2);
  const tables = Array.from({ length: tasks }, (_, index) => {
    const latent = normalQuantile((index + 0.5) / tasks);
    // Steps of the golden ratio spread effects evenly over easy and hard tasks.
    const effect = normalQuantile((0.5 + index * 0.6180339887498949) % 1 || 0.5);
    const table = new Float64Array((attempts.baseline + 1) * (attempts.candidate + 1));
    const before = new Float64Array(attempts.baseline + 1);
    const changed = new Float64Array(attempts.candidate + 1);
    passChances(rateAt(rates.before, normalCdf(latent)), before);
    passChances(rateAt(rates.after, normalCdf(agreement * latent + noise * effect)), changed);
    for (const [a, chance] of before.entries())
      for (const [b, other] of changed.entries()) table[a * (attempts.candidate + 1) + b] = chance * other;
    return table;
  });
  return { attempts, levels: tables, difference: trueDifference(tables, attempts) };
}

type Level = {
  readonly level: number;
  readonly effect: number;
  readonly share: number;
  readonly agreement: number;
  readonly attempts: Attempts;
};

function tableAt(rates: { readonly before: Float64Array; readonly after: Float64Array }, at: Level): Float64Array {
  const { baseline, candidate } = at.attempts;
  const table = new Float64Array((baseline + 1) * (candidate + 1));
  const effects = at.agreement > ALIKE ? [0] : EFFECTS;
  const weight = 1 / (TASKS.length * effects.length);
  const [common, own] = [Math.sqrt(at.share), Math.sqrt(1 - at.share)];
  const noise = Math.sqrt(1 - at.agreement ** 2);
  const [before, after] = [new Float64Array(baseline + 1), new Float64Array(candidate + 1)];
  for (const task of TASKS) {
    const latent = common * at.level + own * task;
    passChances(rateAt(rates.before, normalCdf(latent)), before);
    for (const effect of effects) {
      passChances(rateAt(rates.after, normalCdf(at.agreement * latent + noise * (common * at.effect + own * effect))), after);
      for (let a = 0; a <= baseline; a++) {
        const chance = weight * (before[a] ?? 0);
        for (let b = 0; b <= candidate; b++)
          table[a * (candidate + 1) + b] = (table[a * (candidate + 1) + b] ?? 0) + chance * (after[b] ?? 0);
      }
    }
  }
  return table;
}

// Fills in the binomial distribution, from the end that cannot underflow.
function passChances(rate: number, into: Float64Array): void {
  const n = into.length - 1;
  const isHigh = rate > 0.5;
  const p = Math.min(isHigh ? 1 - rate : rate, 0.5);
  let chance = (1 - p) ** n;
  for (let passed = 0; passed <= n; passed++) {
    into[isHigh ? n - passed : passed] = chance;
    chance *= ((n - passed) / (passed + 1)) * (p / (1 - p));
  }
}

/** Computes the variance between tasks of the difference that is seen of one task. */
export function varianceOf({ attempts: { baseline, candidate }, levels, difference }: OutcomeTable): number {
  let squares = 0;
  for (const table of levels)
    for (const [index, chance] of table.entries())
      squares += chance * ((index % (candidate + 1)) / candidate - Math.floor(index / (candidate + 1)) / baseline) ** 2;
  return squares / levels.length - difference ** 2;
}

function trueDifference(tables: readonly Float64Array[], { baseline, candidate }: Attempts): number {
  let total = 0;
  for (const table of tables)
    for (const [index, chance] of table.entries()) {
      const a = Math.floor(index / (candidate + 1));
      const b = index % (candidate + 1);
      total += chance * (b / candidate - a / baseline);
    }
  return total / tables.length;
}

/** Computes the agreement that gives this variance of the true effect between tasks where nothing changes on average; 1 where it is 0. */
export function agreementOf(effectVariance: number, { rate, betweenShare }: Omit<Population, "agreement">): number {
  const table = rateQuantiles(rate, betweenShare);
  const rates = FITTED.map((latent) => rateAt(table, normalCdf(latent)));
  const varianceAt = (agreement: number): number => {
    const noise = Math.sqrt(1 - agreement ** 2);
    let total = 0;
    for (const [index, latent] of FITTED.entries())
      for (const effect of FITTED) total += ((rates[index] ?? 0) - rateAt(table, normalCdf(agreement * latent + noise * effect))) ** 2;
    return total / FITTED.length ** 2;
  };
  let [low, high] = [0, 1];
  for (let step = 0; step < 8; step++) {
    const middle = (low + high) / 2;
    if (varianceAt(middle) > effectVariance) low = middle;
    else high = middle;
  }
  return effectVariance <= 0 ? 1 : (low + high) / 2;
}
