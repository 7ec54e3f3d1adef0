import { normalQuantile } from "../stats/normal.ts";
import { intervalAt, type PairedTask, pairedScore } from "../stats/paired.ts";
import { studentTQuantile } from "../stats/student-t.ts";

const POWER = 0.8;

/**
 * The true difference that this comparison would have found four times in five, by the width of its own interval: at the one-sided level, plus the room that the power
 * takes. Null for less than two tasks.
 */
export function detectableDifference(tasks: readonly PairedTask[], options: { readonly alphaOneSided: number }): number | null {
  const score = pairedScore(tasks);
  if (score === null) return null;
  const { low, high } = intervalAt(score, options.alphaOneSided);
  const half = Math.max(score.difference - low, high - score.difference);
  const critical = studentTQuantile(1 - options.alphaOneSided, score.degreesOfFreedom);
  return Math.min(1, (half * (critical + normalQuantile(POWER))) / critical);
}
