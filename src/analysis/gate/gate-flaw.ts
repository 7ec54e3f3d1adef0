import { fisherExact } from "../../stats/binomial.ts";
import type { Side } from "../comparison.ts";
import type { ArmInRun } from "../report.ts";

// More missing than this and what is left may be a selection.
const MAX_MISSING = 0.05;
const ERRORS_DIFFER_BELOW = 0.01;

/** Finds what forbids any verdict: too many trials without a grade, errors that hit one side more than the other, too many tasks that cannot be paired. */
export function flawsOf(
  sides: {
    readonly baseline: ArmInRun;
    readonly candidate: ArmInRun;
    readonly labels: { readonly baseline: Side; readonly candidate: Side };
  },
  tasks: { readonly compared: number; readonly leftOut: number },
): readonly string[] {
  const { baseline, candidate, labels } = sides;
  return [
    ...coverageFlaw(baseline, labels.baseline.label),
    ...coverageFlaw(candidate, labels.candidate.label),
    ...unequalErrors(baseline, candidate),
    ...leftOutFlaw(tasks),
  ];
}

function coverageFlaw({ run, arm }: ArmInRun, label: string): readonly string[] {
  const planned = arm.perTask.length * run.attempts;
  const missing = planned - arm.graded;
  if (missing <= planned * MAX_MISSING) return [];
  const why = arm.errors > 0 ? `, ${arm.errors} of them for errors of the harness or a provider` : "";
  return [
    `${missing} of ${planned} trials of ${label} have no grade${why}; go on with: bench ${"gate" in run.settings ? "gate" : "run"} --resume ${run.id}`,
  ];
}

function unequalErrors(baseline: ArmInRun, candidate: ArmInRun): readonly string[] {
  const p = fisherExact([
    [baseline.arm.errors, baseline.arm.graded],
    [candidate.arm.errors, candidate.arm.graded],
  ]);
  if (p >= ERRORS_DIFFER_BELOW) return [];
  return [
    `Errors hit one side more than the other (${baseline.arm.errors} against ${candidate.arm.errors}), so what is left is no fair sample`,
  ];
}

function leftOutFlaw({ compared, leftOut }: { readonly compared: number; readonly leftOut: number }): readonly string[] {
  const all = compared + leftOut;
  if (all > 0 && leftOut / all <= MAX_MISSING) return [];
  return [`${leftOut} of ${all} tasks cannot be compared: one side has no grade of them, or another version of the task`];
}
