import { normalQuantile } from "../stats/normal.ts";
import { intervalAt, type PairedTask, pairedScore } from "../stats/paired.ts";
import { effectVariance, PLANNING_DEFAULTS, varianceComponents } from "../stats/power.ts";
import { studentTQuantile } from "../stats/student-t.ts";

const POWER = 0.8;

/** The variances that planning needs, from the data where attempts were repeated, else the stated defaults. */
export type Spread = { readonly withinBaseline: number; readonly withinCandidate: number; readonly effectVariance: number };

/** Estimates the spread of a comparison; with one attempt a task, run-to-run variance cannot be told from the data. */
export function spreadOf(tasks: readonly PairedTask[]): Spread {
  const repeated = tasks.every(({ baseline, candidate }) => baseline.trials > 1 && candidate.trials > 1);
  if (!repeated || tasks.length < 2)
    return {
      withinBaseline: PLANNING_DEFAULTS.within,
      withinCandidate: PLANNING_DEFAULTS.within,
      effectVariance: PLANNING_DEFAULTS.promptEffectVariance,
    };
  return {
    withinBaseline: varianceComponents(tasks.map((task) => task.baseline)).within,
    withinCandidate: varianceComponents(tasks.map((task) => task.candidate)).within,
    effectVariance: effectVariance(tasks),
  };
}

/** Mean attempts of a task on either side, as planning takes them: the harmonic mean, for variances add up by 1/k. */
export function attemptsOf(tasks: readonly PairedTask[]): { readonly baseline: number; readonly candidate: number } {
  const harmonic = (counts: readonly number[]): number => counts.length / counts.reduce((sum, count) => sum + 1 / count, 0);
  return { baseline: harmonic(tasks.map((task) => task.baseline.trials)), candidate: harmonic(tasks.map((task) => task.candidate.trials)) };
}

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
