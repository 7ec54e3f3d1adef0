import { holm } from "../../stats/multiplicity.ts";
import type { PairedTask } from "../../stats/paired.ts";
import { passRate } from "../../stats/pass-rate.ts";
import { isRepeated } from "../../stats/suite-scope.ts";
import type { Pair } from "../allowance.ts";
import { type CommonTask, pairedTask } from "../common-task.ts";
import type { PartDifference } from "../comparison.ts";
import { flawsOf } from "../find-flaws.ts";
import { ALPHA, type Measured, type MeasureTerms, measure } from "../measure.ts";
import { filledTasks } from "../missing-grades.ts";
import type { ArmInRun } from "../summary.ts";
import { type Part, partsOf } from "./part.ts";

/**
 * Compares two arms on every part of their common tasks. Each interval is that of its part alone; a part is `shown` to differ only where its p, by Holm's method over all
 * parts and times the number of comparisons, is below 5 %, its data have no flaw, and no result of trials without a grade could turn it.
 */
export function partDifferences(pair: Pair, common: readonly CommonTask[], terms: MeasureTerms): readonly PartDifference[] {
  const parts = partsOf(common, ({ baseline, candidate }) => ({ ...candidate, group: candidate.group ?? baseline.group })).map((part) => {
    const own = part.tasks.map(pairedTask).map((task) => ungrouped(task, part));
    return { ...part, own, measured: measure(own, terms) };
  });
  const adjusted = holm(parts.map(({ measured }) => Math.min(1, (measured.p ?? 1) * terms.comparisons)));
  const isFlawed = hasFlaw(pair);
  return parts.map(({ kind, name, tasks, own, measured }, index) => {
    const p = adjusted[index] ?? 1;
    const claim = isFlawed ? null : claimOf(measured, p);
    const { value, low, high } = measured;
    return {
      kind,
      name,
      tasks: tasks.length,
      passRate: { baseline: passRate(sideOf(own, "baseline")), candidate: passRate(sideOf(own, "candidate")) },
      difference: { value, low, high, p: measured.p, adjustedP: measured.p === null ? null : p },
      shown: claim !== null && isKept(claim, { part: { kind, name }, pair: pairOn(pair, tasks), measured, p, terms }) ? claim : null,
    };
  });
}

type Claim = "better" | "worse";

function claimOf({ low, high }: Measured, p: number): Claim | null {
  if (p >= ALPHA || low === null || high === null) return null;
  return low > 0 ? "better" : high < 0 ? "worse" : null;
}

type Kept = {
  readonly part: Part;
  readonly pair: Pair;
  readonly measured: Measured;
  readonly p: number;
  readonly terms: MeasureTerms;
};

// As for the whole comparison: nothing is claimed that the trials without a grade could turn.
function isKept(claim: Claim, { part, pair, measured, p, terms }: Kept): boolean {
  if (hasFlaw(pair)) return false;
  const factor = measured.p === null || measured.p === 0 ? 1 : p / measured.p;
  const { worst, best } = filledTasks(pair);
  return [worst, best].every((tasks) => {
    const own = (terms.scope === "suite" ? tasks.filter(isRepeated) : tasks).map((task) => ungrouped(task, part));
    const filled = measure(own, terms);
    return claimOf(filled, (filled.p ?? 1) * factor) === claim;
  });
}

function hasFlaw(pair: Pair): boolean {
  const labels = { baseline: { label: pair.baseline.arm.name }, candidate: { label: pair.candidate.arm.name } };
  return flawsOf({ ...pair, labels }).length > 0;
}

function pairOn({ baseline, candidate }: Pair, tasks: readonly CommonTask[]): Pair {
  const ids = new Set(tasks.map((task) => task.baseline.taskId));
  return { baseline: armOn(baseline, ids), candidate: armOn(candidate, ids) };
}

function armOn({ run, arm }: ArmInRun, ids: ReadonlySet<string>): ArmInRun {
  const perTask = arm.perTask.filter(({ taskId }) => ids.has(taskId));
  const graded = perTask.reduce((sum, { trials }) => sum + trials, 0);
  const errors = perTask.reduce((sum, task) => sum + task.errors, 0);
  return { run, arm: { ...arm, perTask, graded, errors } };
}

// What is said of a group is about its own tasks.
function ungrouped({ group, ...task }: PairedTask, { kind }: Pick<Part, "kind">): PairedTask {
  return kind === "group" || group === undefined ? task : { ...task, group };
}

function sideOf(tasks: readonly PairedTask[], side: "baseline" | "candidate"): Parameters<typeof passRate>[0] {
  return tasks.map((task) => ({ ...task[side], group: task.group ?? null }));
}
