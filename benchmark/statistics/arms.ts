import type { ArmInRun } from "../../src/analysis/summary.ts";
import type { PairedTask } from "../../src/stats/paired.ts";
import { anArmResult, aRun, aTaskResult } from "../../test/fixtures/record.ts";

/** Costs of a trial on both sides of a task, in US dollars. */
export type TaskCosts = { readonly baseline: number; readonly candidate: number };

/** Makes the arms of a run that has these results, as commands get them from the store; attempts that a task lacks ended in errors. */
export function armsOf(
  tasks: readonly PairedTask[],
  { attempts, costs }: { readonly attempts: number; readonly costs?: readonly TaskCosts[] },
): { readonly baseline: ArmInRun; readonly candidate: ArmInRun } {
  const side = (which: "baseline" | "candidate"): ArmInRun => {
    const perTask = tasks.map((task, index) => {
      const { passed, trials } = task[which];
      const costUsd = trials * (costs?.[index]?.[which] ?? 0.01);
      return aTaskResult(`task-${index}`, passed, trials, { errors: attempts - trials, costUsd, group: task.group ?? null });
    });
    // Two models, so that the pair is judged as such.
    return { run: aRun({ attempts }), arm: anArmResult(which, perTask, { armId: which }) };
  };
  return { baseline: side("baseline"), candidate: side("candidate") };
}
