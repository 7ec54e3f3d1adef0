import { type FailRule, type GateClaim, gateClaim, gateRuling } from "./gate.ts";
import { sequentialCritical } from "./group-sequential.ts";
import { normalCdf } from "./normal.ts";
import { type PairedTask, pairedScore, scoreInterval } from "./paired.ts";
import { spreadOf } from "./power.ts";

/** The plan of a sequential gate, fixed before its first round; `alpha` is one-sided, `margin` a share between 0 and 1; by default it fails when shown worse. */
export type SequentialGatePlan = {
  readonly rounds: number;
  readonly margin: number;
  readonly alpha: number;
  readonly failWhen?: FailRule | undefined;
};

/**
 * Result of one interim analysis. `chance` is that of a ruling (a pass or a failure) by the last round; `stops` is true once there is a ruling, or that chance
 * is too small to continue.
 */
export type InterimResult = {
  readonly claim: GateClaim;
  readonly ruling: "pass" | "fail" | "open";
  readonly critical: number;
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly chance: number;
  readonly stops: boolean;
};

// Below this chance of a claim the remaining rounds are not worth their cost.
const MIN_CHANCE = 0.05;

/**
 * Analyses all trials after a complete round; null below two tasks. Repeated analyses do not raise the error probability: the critical values account for them,
 * and giving up early adds no claim.
 *
 * @see Jennison and Turnbull 2000, chapters 7 and 10
 */
export function interimAnalysis(tasks: readonly PairedTask[], plan: SequentialGatePlan & { readonly round: number }): InterimResult | null {
  const score = pairedScore(tasks);
  if (score === null) return null;
  const { alpha, rounds, round, margin, failWhen = "worse" } = plan;
  const criticalOf = (at: number): number => sequentialCritical({ alpha, rounds, round: at, degreesOfFreedom: score.degreesOfFreedom });
  const critical = criticalOf(round);
  const bounds = scoreInterval(score, critical);
  const ruling = gateRuling(bounds, { margin, failWhen });
  const seen = { claim: gateClaim(bounds, margin), ruling, critical, difference: score.difference, ...bounds };
  if (ruling !== "open") return { ...seen, chance: 1, stops: true };
  if (round === rounds) return { ...seen, chance: 0, stops: true };
  // After a single round the variance from run to run cannot be estimated.
  if (round < 2) return { ...seen, chance: 1, stops: false };
  const standing = { ...spreadOf(tasks, "prompt"), difference: score.difference, tasks: score.tasks, round, rounds, margin, failWhen };
  const chance = chanceOfClaim({ ...standing, lastCritical: criticalOf(rounds) });
  return { ...seen, chance, stops: chance < MIN_CHANCE };
}

/**
 * State of a sequential comparison after a round, with the critical value of its last analysis. Variances are those of a single attempt within a task, as in
 * PLANNING_DEFAULTS.
 *
 * @internal
 */
export type Standing = {
  readonly difference: number;
  readonly tasks: number;
  readonly round: number;
  readonly rounds: number;
  readonly withinBaseline: number;
  readonly withinCandidate: number;
  readonly effectVariance: number;
  /** Critical value of the last analysis. */
  readonly lastCritical: number;
  readonly margin: number;
  readonly failWhen?: FailRule;
};

/**
 * Computes the chance that the last analysis passes or fails the candidate if the current trend continues. Stopping where it is small
 * gives up claims but never adds one, so error probabilities do not rise.
 *
 * @see Lan, Simon and Halperin 1982 (stochastic curtailment); Jennison and Turnbull 2000, chapter 10
 * @internal
 */
export function chanceOfClaim(standing: Standing): number {
  const { difference, tasks, round, rounds, lastCritical, margin, failWhen = "worse" } = standing;
  const within = standing.withinBaseline + standing.withinCandidate;
  const reach = lastCritical * Math.sqrt((standing.effectVariance + within / rounds) / tasks);
  const drift = Math.sqrt((within / tasks) * (1 / round - 1 / rounds));
  const chance = (distance: number): number => (drift === 0 ? Number(distance > 0) : normalCdf(distance / drift));
  const worse = chance(-difference - (failWhen === "worse" ? 0 : margin) - reach);
  const notWorse = chance(difference + margin - reach);
  return Math.min(1, worse + notWorse);
}
