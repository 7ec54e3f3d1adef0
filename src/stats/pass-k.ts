import type { TaskCount } from "./binomial.ts";
import { intervalAt, type PairedTask, pairedScoreOf } from "./paired.ts";
import { effectiveRate } from "./pass-rate.ts";

/** Which of k attempts must pass: at least one (pass@k) or every one (pass^k). */
export type PassKind = "any" | "all";

/** Mean of pass@k or pass^k over a suite's tasks, or a difference of two such means, with its interval. */
export type PassK = { readonly value: number; readonly low: number; readonly high: number };

/**
 * Estimates the chance that at least one of `k` attempts passes, without bias, from `passed` of `trials`; null with fewer trials than `k`.
 *
 * @see Chen et al. 2021, arXiv:2107.03374
 * @internal
 */
export function passAtK(trials: number, passed: number, k: number): number | null {
  return trials < k ? null : 1 - shareDrawnFrom(trials - passed, trials, k);
}

/**
 * Estimates the chance that all of `k` attempts pass, without bias, from `passed` of `trials`; null with fewer trials than `k`.
 *
 * @see Yao et al. 2024, arXiv:2406.12045 (tau-bench)
 * @internal
 */
export function passHatK(trials: number, passed: number, k: number): number | null {
  return trials < k ? null : shareDrawnFrom(passed, trials, k);
}

// Chance that k trials drawn without replacement all come from `some` of `trials`.
function shareDrawnFrom(some: number, trials: number, k: number): number {
  if (some < k) return 0;
  let share = 1;
  for (let drawn = 0; drawn < k; drawn++) share *= (some - drawn) / (trials - drawn);
  return share;
}

/**
 * Computes the mean of pass@k or pass^k over tasks with its interval; null below two tasks, or where a task has fewer than `k` trials.
 *
 * @see Chen et al. 2021; Wilson 1927
 */
export function passK(
  counts: readonly (TaskCount & { readonly group?: string | null })[],
  k: number,
  kind: PassKind,
  alpha = 0.05,
): PassK | null {
  const values = counts.flatMap((count) => {
    const value = taskValue(count, k, kind);
    const { group } = count;
    return value === null ? [] : [{ value, repeats: count.trials, ...(group === undefined || group === null ? {} : { group }) }];
  });
  if (values.length < counts.length) return null;
  const estimate = effectiveRate(values, alpha);
  if (!estimate || estimate.low === null || estimate.high === null) return null;
  return { value: estimate.mean, low: estimate.low, high: estimate.high };
}

/**
 * Computes the difference of two arms' pass@k or pass^k, candidate minus baseline, paired by task; null below two tasks, or where a task has fewer than `k`
 * trials in one arm.
 *
 * @see Chen et al. 2021; Tango 1998
 */
export function passKDifference(tasks: readonly PairedTask[], k: number, kind: PassKind, alpha = 0.05): PassK | null {
  const differences = tasks.flatMap(({ baseline, candidate, group }) => {
    const before = taskValue(baseline, k, kind);
    const after = taskValue(candidate, k, kind);
    if (before === null || after === null) return [];
    const repeats = Math.min(baseline.trials, candidate.trials);
    return [{ difference: after - before, repeats, ...(group === undefined ? {} : { group }) }];
  });
  if (differences.length < tasks.length) return null;
  const score = pairedScoreOf(differences);
  return score && { value: score.difference, ...intervalAt(score, alpha / 2) };
}

function taskValue({ passed, trials }: TaskCount, k: number, kind: PassKind): number | null {
  return kind === "any" ? passAtK(trials, passed, k) : passHatK(trials, passed, k);
}
