import { normalQuantile } from "../../../src/stats/normal.ts";
import type { PowerPlan } from "../../../src/stats/power.ts";
import { binomialCdf } from "./binomial.ts";

/** Standard error that no number of attempts can undercut with this many tasks. @see Miller 2024, section 5 */
export function standardErrorFloor(plan: { readonly tasks: number; readonly effectVariance: number }): number {
  return Math.sqrt(plan.effectVariance / plan.tasks);
}

/**
 * Attempts of a task that give most for the money, where a further task costs `setupCost` before its first trial.
 *
 * @see Cochran 1977, section 10.6 (two-stage sampling)
 */
export function bestAttempts(
  plan: Omit<PowerPlan, "alpha" | "power"> & { readonly setupCost: number; readonly trialCost: number },
): number {
  const within = plan.withinBaseline + plan.withinCandidate;
  if (within === 0 || plan.setupCost === 0) return 1;
  return Math.max(1, Math.sqrt(((plan.setupCost / plan.trialCost) * within) / plan.effectVariance));
}

/** Pairs that McNemar's test needs, with single attempts, from the shares of tasks that only one side solves. @see Connor 1987 */
export function mcnemarPairs(plan: {
  readonly baselineOnly: number;
  readonly candidateOnly: number;
  readonly alphaTwoSided: number;
  readonly power: number;
}): number {
  const discordant = plan.baselineOnly + plan.candidateOnly;
  const delta = plan.baselineOnly - plan.candidateOnly;
  const atNull = normalQuantile(1 - plan.alphaTwoSided / 2) * Math.sqrt(discordant);
  const atTruth = normalQuantile(plan.power) * Math.sqrt(discordant - delta ** 2);
  return roundUp((atNull + atTruth) ** 2 / delta ** 2);
}

/**
 * Fewest tasks that must change, all in one direction, before a two-sided test can say anything.
 *
 * @see Fagerland, Lydersen and Laake 2013
 */
export function minimumDiscordant(alphaTwoSided: number, kind: "exact" | "mid-p"): number {
  const tail = (count: number): number => (kind === "exact" ? 2 : 1) * binomialCdf(0, count, 0.5);
  let count = 1;
  while (tail(count) > alphaTwoSided) count++;
  return count;
}

// Whole numbers that miss by rounding stay what they are.
function roundUp(value: number): number {
  return Math.ceil(value - 1e-9);
}
