import { normalQuantile } from "../stats/normal.ts";
import { type PairedTask, pairedScore, scoreInterval } from "../stats/paired.ts";
import { studentTQuantile } from "../stats/student-t.ts";

const POWER = 0.8;

/**
 * The true difference that this comparison would have found four times in five, by the width of its own interval: at the one-sided level, or at the critical
 * value of an interim analysis, plus the margin that the power requires. Null below two tasks.
 */
export function detectableDifference(
  tasks: readonly PairedTask[],
  options: { readonly alphaOneSided: number; readonly critical?: number },
): number | null {
  const score = pairedScore(tasks);
  if (score === null) return null;
  const critical = options.critical ?? studentTQuantile(1 - options.alphaOneSided, score.degreesOfFreedom);
  const { low, high } = scoreInterval(score, critical);
  const half = Math.max(score.difference - low, high - score.difference);
  return Math.min(1, (half * (critical + normalQuantile(POWER))) / critical);
}
