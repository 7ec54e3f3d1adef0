import type { RunRecord, TaskResult } from "../core/record.ts";
import { fisherExact } from "../stats/binomial.ts";
import type { DataFlaw } from "./data-flaw.ts";
import { isOfGate } from "./gate/preregistration.ts";
import type { ArmInRun } from "./summary.ts";

// With a larger share missing, the graded trials may be a biased selection.
const MAX_MISSING = 0.05;
const ERRORS_DIFFER_BELOW = 0.01;

/**
 * Finds the flaws that forbid any verdict: too many trials without a grade, errors mostly on one side, too many tasks that both arms have but only one was graded
 * on. That tasks are in one arm alone, or in another version, is no flaw: such arms are compared only where the user allows it.
 */
export function flawsOf(sides: {
  readonly baseline: ArmInRun;
  readonly candidate: ArmInRun;
  readonly labels: { readonly baseline: { readonly label: string }; readonly candidate: { readonly label: string } };
}): readonly DataFlaw[] {
  const { baseline, candidate, labels } = sides;
  return [
    ...coverageFlaw(baseline, labels.baseline.label),
    ...coverageFlaw(candidate, labels.candidate.label),
    ...unequalErrors(baseline, candidate),
    ...leftOutFlaw(baseline.arm.perTask, candidate.arm.perTask),
  ];
}

/** Finds whether too many trials of one arm have no grade. */
export function coverageFlaw({ run, arm }: ArmInRun, label: string): readonly DataFlaw[] {
  const planned = arm.perTask.length * run.attempts;
  const missing = planned - arm.graded;
  if (missing <= planned * MAX_MISSING) return [];
  const command = isOfGate(run) ? "gate" : "run";
  const unfinished = { tasks: unfinishedTasks(arm.perTask, run).length, of: arm.perTask.length };
  return [{ kind: "missing-grades", label, missing, planned, errors: arm.errors, unfinished, resume: { command, runId: run.id } }];
}

/** Gives the tasks of an arm of which some trial has no result at all. */
export function unfinishedTasks(perTask: readonly TaskResult[], { attempts }: Pick<RunRecord, "attempts">): readonly TaskResult[] {
  return perTask.filter(({ trials, errors }) => trials + errors < attempts);
}

function unequalErrors(baseline: ArmInRun, candidate: ArmInRun): readonly DataFlaw[] {
  const p = fisherExact([
    [baseline.arm.errors, baseline.arm.graded],
    [candidate.arm.errors, candidate.arm.graded],
  ]);
  if (p >= ERRORS_DIFFER_BELOW) return [];
  return [{ kind: "unequal-errors", baseline: baseline.arm.errors, candidate: candidate.arm.errors }];
}

function leftOutFlaw(baseline: readonly TaskResult[], candidate: readonly TaskResult[]): readonly DataFlaw[] {
  const after = new Map(candidate.map((task) => [task.taskId, task]));
  const shared = baseline.flatMap((task) => {
    const other = after.get(task.taskId);
    return other?.taskDigest === task.taskDigest ? [{ isGraded: task.trials > 0 && other.trials > 0 }] : [];
  });
  const leftOut = shared.filter(({ isGraded }) => !isGraded).length;
  if (shared.length > 0 && leftOut / shared.length <= MAX_MISSING) return [];
  return [{ kind: "tasks-left-out", leftOut, tasks: shared.length }];
}
