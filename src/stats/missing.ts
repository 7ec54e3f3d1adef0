import type { TaskCount } from "./binomial.ts";
import type { PairedTask } from "./paired.ts";

/** A task with its planned attempts, the candidate's where they are others; what is short of them is missing. */
export type PlannedTask = PairedTask & { readonly planned: number; readonly plannedCandidate?: number };

/** The comparison under the least and the most favourable guess about every missing trial. */
export type MissingBounds = { readonly worst: readonly PairedTask[]; readonly best: readonly PairedTask[] };

/**
 * Fills missing trials against the candidate and for it, so that a claim which holds for both does not hang on what is missing.
 *
 * @see Manski 1990; Horowitz and Manski 2000 (worst-case bounds)
 */
export function missingBounds(tasks: readonly PlannedTask[]): MissingBounds {
  return {
    worst: tasks.map(({ baseline, candidate, planned, plannedCandidate = planned, ...rest }) => ({
      ...rest,
      baseline: filled(baseline, planned, true),
      candidate: filled(candidate, plannedCandidate, false),
    })),
    best: tasks.map(({ baseline, candidate, planned, plannedCandidate = planned, ...rest }) => ({
      ...rest,
      baseline: filled(baseline, planned, false),
      candidate: filled(candidate, plannedCandidate, true),
    })),
  };
}

function filled({ passed, trials }: TaskCount, planned: number, asPassed: boolean): TaskCount {
  const missing = Math.max(0, planned - trials);
  return { passed: passed + (asPassed ? missing : 0), trials: trials + missing };
}
