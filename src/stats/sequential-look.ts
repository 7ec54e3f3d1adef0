import { chanceOfClaim } from "./futility.ts";
import { type GateClaim, gateClaim } from "./gate.ts";
import { sequentialCritical } from "./group-sequential.ts";
import { type PairedTask, pairedScore, scoreInterval } from "./paired.ts";
import { spreadOf } from "./spread.ts";

/** The plan of a sequential gate, fixed before its first round; `alpha` is one-sided, `margin` a share. */
export type SequentialGatePlan = { readonly rounds: number; readonly margin: number; readonly alpha: number };

/** What a look sees. `hope` is the chance of any claim by the last round; `stops` where the answer is known, or hardly can be. */
export type Look = {
  readonly claim: GateClaim;
  readonly critical: number;
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly hope: number;
  readonly stops: boolean;
};

// With less hope than this the rest would be paid for nothing.
const LITTLE_HOPE = 0.05;

/** Looks at all trials after a whole round; null below two tasks. Looking costs no error rate: the critical values allow for it, and giving up adds no claim. */
export function lookAfterRound(tasks: readonly PairedTask[], plan: SequentialGatePlan & { readonly round: number }): Look | null {
  const score = pairedScore(tasks);
  if (score === null) return null;
  const { alpha, rounds, round, margin } = plan;
  const criticalOf = (at: number): number => sequentialCritical({ alpha, rounds, round: at, degreesOfFreedom: score.degreesOfFreedom });
  const critical = criticalOf(round);
  const bounds = scoreInterval(score, critical);
  const seen = { claim: gateClaim(bounds, margin), critical, difference: score.difference, ...bounds };
  if (seen.claim !== "inconclusive") return { ...seen, hope: 1, stops: true };
  if (round === rounds) return { ...seen, hope: 0, stops: true };
  // A single round says too little of how far results vary from run to run.
  if (round < 2) return { ...seen, hope: 1, stops: false };
  const standing = { ...spreadOf(tasks, "prompt"), difference: score.difference, tasks: score.tasks, round, rounds, margin };
  const hope = chanceOfClaim({ ...standing, lastCritical: criticalOf(rounds) });
  return { ...seen, hope, stops: hope < LITTLE_HOPE };
}
