import { fisherExact } from "../../stats/binomial.ts";
import type { Side } from "../comparison.ts";
import type { ArmInRun } from "../summary.ts";
import type { GateFlaw } from "./gate-result.ts";

// With a larger share missing, the graded trials may be a biased selection.
const MAX_MISSING = 0.05;
const ERRORS_DIFFER_BELOW = 0.01;

/** Finds the flaws that forbid any verdict: too many trials without a grade, errors mostly on one side, too many tasks that cannot be paired. */
export function flawsOf(
  sides: {
    readonly baseline: ArmInRun;
    readonly candidate: ArmInRun;
    readonly labels: { readonly baseline: Side; readonly candidate: Side };
  },
  tasks: { readonly compared: number; readonly leftOut: number },
): readonly GateFlaw[] {
  const { baseline, candidate, labels } = sides;
  return [
    ...coverageFlaw(baseline, labels.baseline.label),
    ...coverageFlaw(candidate, labels.candidate.label),
    ...unequalErrors(baseline, candidate),
    ...leftOutFlaw(tasks),
  ];
}

function coverageFlaw({ run, arm }: ArmInRun, label: string): readonly GateFlaw[] {
  const planned = arm.perTask.length * run.attempts;
  const missing = planned - arm.graded;
  if (missing <= planned * MAX_MISSING) return [];
  const command = "gate" in run.settings ? "gate" : "run";
  return [{ kind: "missing-grades", label, missing, planned, errors: arm.errors, resume: { command, runId: run.id } }];
}

function unequalErrors(baseline: ArmInRun, candidate: ArmInRun): readonly GateFlaw[] {
  const p = fisherExact([
    [baseline.arm.errors, baseline.arm.graded],
    [candidate.arm.errors, candidate.arm.graded],
  ]);
  if (p >= ERRORS_DIFFER_BELOW) return [];
  return [{ kind: "unequal-errors", baseline: baseline.arm.errors, candidate: candidate.arm.errors }];
}

function leftOutFlaw({ compared, leftOut }: { readonly compared: number; readonly leftOut: number }): readonly GateFlaw[] {
  const all = compared + leftOut;
  if (all > 0 && leftOut / all <= MAX_MISSING) return [];
  return [{ kind: "tasks-left-out", leftOut, tasks: all }];
}
