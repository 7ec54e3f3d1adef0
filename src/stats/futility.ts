import { normalCdf } from "./normal.ts";

/**
 * Where a sequential comparison stands, and what its last look will ask for. Variances of a single attempt within a task, as in PLANNING_DEFAULTS.
 */
export type Standing = {
  readonly difference: number;
  readonly tasks: number;
  readonly round: number;
  readonly rounds: number;
  readonly withinBaseline: number;
  readonly withinCandidate: number;
  readonly effectVariance: number;
  /** Critical value of the last look. */
  readonly lastCritical: number;
  readonly margin: number;
};

/**
 * Chance that the last look makes any claim (worse, or not worse by the margin) if things go on as they have. Stopping where it is small gives up claims but
 * never adds one, so it keeps every error rate.
 *
 * @see Lan, Simon and Halperin 1982 (stochastic curtailment); Jennison and Turnbull 2000, chapter 10
 */
export function chanceOfClaim(standing: Standing): number {
  const { difference, tasks, round, rounds, lastCritical, margin } = standing;
  const within = standing.withinBaseline + standing.withinCandidate;
  const reach = lastCritical * Math.sqrt((standing.effectVariance + within / rounds) / tasks);
  const drift = Math.sqrt((within / tasks) * (1 / round - 1 / rounds));
  const chance = (distance: number): number => (drift === 0 ? Number(distance > 0) : normalCdf(distance / drift));
  const worse = chance(-difference - reach);
  const notWorse = chance(difference + margin - reach);
  return Math.min(1, worse + notWorse);
}
