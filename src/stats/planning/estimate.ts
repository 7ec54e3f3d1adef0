import type { PairedTask } from "../paired.ts";
import { type Change, effectVariance, varianceComponents } from "../power.ts";
import { agreementOf, type Population } from "./population.ts";

/** What is assumed of tasks and arms without results: half of the variance between tasks, and how alike two prompts or two models find tasks hard. */
const ASSUMED = { rate: 0.6, betweenShare: 0.5, agreement: { prompt: 0.994, model: 0.787 } } as const;

// With fewer tasks an estimate of a variance says less than the assumption.
const MIN_FOR_SHARE = 10;
const MIN_FOR_EFFECT = 20;
const LEAST_WITHIN = 0.01;
// Figures are rounded to these steps: they are not known better, and like questions then share their answers.
const STEP = 0.05;

/** Gives the population that a plan assumes, with what is known: the baseline's pass rate, and variances as in PLANNING_DEFAULTS. */
export function assumedPopulation(
  change: Change,
  known: { readonly rate?: number | undefined; readonly within?: number | undefined; readonly effectVariance?: number | undefined } = {},
): Population {
  const rate = clamped(rounded(known.rate ?? ASSUMED.rate));
  const betweenShare = known.within === undefined ? ASSUMED.betweenShare : shareOf(known.within, rate);
  if (known.effectVariance === undefined) return { rate, betweenShare, agreement: ASSUMED.agreement[change] };
  return { rate, betweenShare, agreement: agreementOf(known.effectVariance, { rate, betweenShare }) };
}

/**
 * Estimates the population that a comparison's tasks come from, where it has enough of them; with single attempts the share of tasks whose outcomes differ tells how
 * much outcomes vary within tasks.
 */
export function populationOf(tasks: readonly PairedTask[], change: Change): Population {
  const n = tasks.length;
  const before = tasks.map(({ baseline }) => baseline.passed / baseline.trials);
  const after = tasks.map(({ candidate }) => candidate.passed / candidate.trials);
  const passes = before.reduce((sum, rate) => sum + rate, 0);
  const rate = (passes + 1) / (n + 2);
  if (n < MIN_FOR_SHARE) return assumedPopulation(change, { rate });
  const mean = (passes + after.reduce((sum, one) => sum + one, 0) + 2) / (2 * n + 4);
  const isRepeated = tasks.every(({ baseline, candidate }) => baseline.trials > 1 && candidate.trials > 1);
  if (!isRepeated) return { ...assumedPopulation(change, { rate }), betweenShare: shareOfSingles(before, after, { mean, change }) };
  const within = (side: "baseline" | "candidate"): number => varianceComponents(tasks.map((task) => task[side])).within;
  const betweenShare = shareOf((within("baseline") + within("candidate")) / 2, mean);
  const assumed = assumedPopulation(change, { rate });
  if (n < MIN_FOR_EFFECT) return { ...assumed, betweenShare };
  const agreement = agreementOf(effectVariance(tasks), { rate: assumed.rate, betweenShare });
  return { ...assumed, betweenShare, agreement: agreement > 0.99 ? agreement : rounded(agreement) };
}

function shareOf(within: number, mean: number): number {
  return clamped(rounded(1 - Math.max(within, LEAST_WITHIN) / (mean * (1 - mean))));
}

// The variance of a difference of single outcomes is twice that of an outcome, less what the arms have in common.
function shareOfSingles(
  before: readonly number[],
  after: readonly number[],
  { mean, change }: { readonly mean: number; readonly change: Change },
): number {
  const differences = before.map((rate, index) => (after[index] ?? 0) - rate);
  const average = differences.reduce((sum, difference) => sum + difference, 0) / differences.length;
  const seen = differences.reduce((sum, difference) => sum + (difference - average) ** 2, 0) / (differences.length - 1);
  const inCommon = change === "prompt" ? 0.99 : 0.75;
  return clamped(rounded((1 - seen / (2 * mean * (1 - mean))) / inCommon));
}

function rounded(value: number): number {
  return Math.round(value / STEP) * STEP;
}

function clamped(share: number): number {
  return Math.min(0.95, Math.max(0.05, share));
}
