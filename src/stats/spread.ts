import type { PairedTask } from "./paired.ts";
import { effectVariance, PLANNING_DEFAULTS, varianceComponents } from "./power.ts";

/** The variances that planning needs, from the data where attempts were repeated, else the stated defaults. */
export type Spread = { readonly withinBaseline: number; readonly withinCandidate: number; readonly effectVariance: number };

/** What differs between two arms: effects of another model vary far more from task to task than those of another prompt. */
export type Change = "prompt" | "model";

/** What is assumed of a change before anything is known. */
export function assumedSpread(change: Change): Spread {
  const { within, promptEffectVariance, modelEffectVariance } = PLANNING_DEFAULTS;
  return {
    withinBaseline: within,
    withinCandidate: within,
    effectVariance: change === "model" ? modelEffectVariance : promptEffectVariance,
  };
}

/** Estimates the spread of a comparison; with one attempt a task, run-to-run variance cannot be told from the data, and is assumed. */
export function spreadOf(tasks: readonly PairedTask[], change: Change): Spread {
  const repeated = tasks.every(({ baseline, candidate }) => baseline.trials > 1 && candidate.trials > 1);
  if (!repeated || tasks.length < 2) return assumedSpread(change);
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
