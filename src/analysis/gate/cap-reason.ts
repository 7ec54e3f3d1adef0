import type { TaskResult } from "../../core/record.ts";
import type { PairedTask } from "../../stats/paired.ts";
import { commonTasks, pairedTask } from "../common-task.ts";
import { type ArmInRun, trialCapOf } from "../summary.ts";
import type { GateResult } from "./gate-result.ts";

type Sides = {
  readonly baseline: ArmInRun;
  readonly candidate: ArmInRun;
  readonly labels: { readonly baseline: { readonly label: string }; readonly candidate: { readonly label: string } };
};

/**
 * Finds which sides of a gate had trials that ended at the cap on their cost. A cap is a part of an arm, so the gate decides on such trials as on others; `decides` is
 * whether the claim could be another one had those that failed passed, in which case it is about the caps as much as about the arms.
 */
export function capReasons(
  { baseline, candidate, labels }: Sides,
  changes: (tasks: readonly PairedTask[]) => boolean,
): readonly GateResult["reasons"][number][] {
  const found = [
    { side: candidate, label: labels.candidate.label },
    { side: baseline, label: labels.baseline.label },
  ].flatMap(({ side, label }) => {
    const cap = trialCapOf(side);
    return cap === null || cap.ended === 0 ? [] : [{ kind: "ended-at-cap", label, graded: side.arm.graded, cap } as const];
  });
  if (found.length === 0) return [];
  const { common } = commonTasks(baseline.arm.perTask, candidate.arm.perTask);
  const other = [
    common.map((task) => pairedTask({ ...task, candidate: uncapped(task.candidate) })),
    common.map((task) => pairedTask({ ...task, baseline: uncapped(task.baseline) })),
  ];
  return other.some(changes) ? [...found, { kind: "caps-decide" }] : found;
}

// A trial that passed although its cap ended it would have passed without it.
function uncapped(task: TaskResult): TaskResult {
  return { ...task, passed: task.passed + task.failedAtCostCap };
}
