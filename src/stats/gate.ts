import type { TaskCount } from "./binomial.ts";
import type { PairedTask } from "./paired.ts";

/** What the interval of a difference (candidate minus baseline) shows about the candidate, given a margin. */
export type GateClaim = "better" | "not-worse" | "worse-within-margin" | "worse" | "inconclusive";

/**
 * Derives the claim from an interval of the difference; a bound that lies exactly on 0 or on the margin proves nothing. The claims exclude each other, so none
 * of them needs a correction for the others.
 *
 * @see Goeman, Solari and Stijnen 2010 (three-sided testing)
 */
export function gateClaim({ low, high }: { readonly low: number; readonly high: number }, margin: number): GateClaim {
  if (low > 0) return "better";
  if (high < 0) return low > -margin ? "worse-within-margin" : "worse";
  return low > -margin ? "not-worse" : "inconclusive";
}

/**
 * What makes a gate fail: a candidate that is shown to be worse while a drop beyond the margin is not excluded, or only a drop that is shown to be beyond the
 * margin.
 */
export type FailRule = "worse" | "beyond-margin";

/** Applies the rule of a gate to an interval of the difference; it passes once a drop of the margin or more is excluded, whatever the rule. */
export function gateRuling(
  { low, high }: { readonly low: number; readonly high: number },
  { margin, failWhen }: { readonly margin: number; readonly failWhen: FailRule },
): "pass" | "fail" | "open" {
  if (low > -margin) return "pass";
  return high < (failWhen === "worse" ? 0 : -margin) ? "fail" : "open";
}

/** A task with its planned attempts (`plannedCandidate` where the candidate's number differs); trials short of that number are missing. */
export type PlannedTask = PairedTask & { readonly planned: number; readonly plannedCandidate?: number };

/** The tasks with every missing trial filled in against the candidate (`worst`) and in its favour (`best`). */
export type MissingBounds = { readonly worst: readonly PairedTask[]; readonly best: readonly PairedTask[] };

/**
 * Fills in missing trials against the candidate and in its favour: a claim that holds for both does not depend on the missing trials.
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
