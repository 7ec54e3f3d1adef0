import { type PairedScore, scoreStatistic } from "../../../src/stats/paired.ts";
import { studentTCdf } from "../../../src/stats/student-t.ts";

/**
 * p-value of the claim that the candidate is not worse by `margin` or more; small when it is not.
 *
 * @see Tango 1998; Liu, Hsueh, Hsieh and Chen 2002 (non-inferiority)
 */
export function pNotWorse(score: PairedScore, margin: number): number {
  return studentTCdf(-scoreStatistic(score, -margin), score.degreesOfFreedom);
}
