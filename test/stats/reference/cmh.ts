import { normalCdf } from "../../../src/stats/normal.ts";
import type { PairedTask } from "../../../src/stats/paired.ts";

/** Whether anything changed on any task. */
export type Cmh = {
  readonly chiSquared: number;
  readonly p: number;
  readonly chiSquaredCorrected: number;
  readonly pCorrected: number;
  /** Common odds ratio, baseline to candidate; null where no task sets them apart. */
  readonly oddsRatio: number | null;
};

/**
 * Cochran-Mantel-Haenszel test with tasks as strata: a diagnostic, never a verdict, since it asks whether every task is unchanged and fires when tasks change in
 * both directions. Null where no task could tell.
 *
 * @see Cochran 1954; Mantel and Haenszel 1959
 */
export function cmh(tasks: readonly PairedTask[]): Cmh | null {
  let deviation = 0;
  let variance = 0;
  let top = 0;
  let bottom = 0;
  for (const { baseline, candidate } of tasks) {
    const n = baseline.trials + candidate.trials;
    if (baseline.trials === 0 || candidate.trials === 0) continue;
    const passed = baseline.passed + candidate.passed;
    deviation += baseline.passed - (baseline.trials * passed) / n;
    variance += (baseline.trials * candidate.trials * passed * (n - passed)) / (n * n * (n - 1));
    top += (baseline.passed * (candidate.trials - candidate.passed)) / n;
    bottom += ((baseline.trials - baseline.passed) * candidate.passed) / n;
  }
  if (variance === 0) return null;
  const chiSquared = deviation ** 2 / variance;
  const chiSquaredCorrected = Math.max(0, Math.abs(deviation) - 0.5) ** 2 / variance;
  return {
    chiSquared,
    p: 2 * normalCdf(-Math.sqrt(chiSquared)),
    chiSquaredCorrected,
    pCorrected: 2 * normalCdf(-Math.sqrt(chiSquaredCorrected)),
    oddsRatio: bottom === 0 ? null : top / bottom,
  };
}
