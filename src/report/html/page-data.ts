import type { Side, TaskPair } from "../../analysis/comparison.ts";
import type { ArmSummary } from "../../analysis/summary.ts";
import type { RunRecord, TaskResult } from "../../core/record.ts";
import { studentTQuantile } from "../../stats/student-t.ts";
import type { Report, WrittenComparison } from "../written-report.ts";

/** Results of one arm by task as columns; `task` holds places in the page's list of tasks, and `version` tells other versions of a task apart. */
type Cells = {
  readonly task: readonly number[];
  readonly passed: readonly number[];
  readonly trials: readonly number[];
  readonly errors: readonly number[];
  readonly tampered: readonly number[];
  readonly costUsd: readonly (number | null)[];
  readonly version: readonly number[];
};

/** Cost of a trial, tasks weighted equally; bounds are null below two tasks. */
type TrialCost = { readonly mean: number; readonly low: number | null; readonly high: number | null };

type ArmData = Omit<ArmSummary, "perTask"> & { readonly planned: number; readonly trialCost: TrialCost | null; readonly cells: Cells };

type ComparisonData = Omit<WrittenComparison, "tasks" | "better" | "worse" | "baseline" | "candidate"> & {
  /** Places in the list of arms; -1 where the report does not show the arm. */
  readonly baseline: number;
  readonly candidate: number;
  readonly labels: { readonly baseline: string; readonly candidate: string };
  readonly compared: number;
  readonly leftOut: readonly string[];
  readonly better: readonly number[];
  readonly worse: readonly number[];
};

type RunData = Omit<RunRecord, "settings" | "imageId"> & { readonly commit: string | null; readonly dirty: boolean };

/** What the page shows at once; trials and trajectories are packed beside it. */
export type PageData = {
  readonly schema: "bench-page/1";
  readonly runs: readonly RunData[];
  readonly planned: number;
  readonly missing: number;
  readonly tasks: readonly string[];
  readonly arms: readonly ArmData[];
  readonly comparisons: readonly ComparisonData[];
  readonly gate: (Report["gate"] & { readonly baselineArm: number }) | null;
};

/** Lays a report out for the page: tasks once, results as columns. */
export function pageData(report: Report): PageData {
  const tasks = taskIdsOf(report);
  const place = new Map(tasks.map((taskId, index) => [taskId, index]));
  const versionOf = versions();
  return {
    schema: "bench-page/1",
    runs: report.runs.map(runData),
    planned: report.planned,
    missing: report.missing,
    tasks,
    arms: report.arms.map((arm) => {
      const { perTask, ...figures } = arm;
      const attempts = report.runs.find(({ id }) => id === arm.runId)?.attempts ?? 0;
      const cells = cellsOf(perTask, place, versionOf);
      return { ...figures, planned: perTask.length * attempts, trialCost: trialCost(perTask), cells };
    }),
    comparisons: report.comparisons.map((comparison) => comparisonData(comparison, report, place)),
    gate: report.gate && { ...report.gate, baselineArm: armIndex(report, report.gate.baseline) },
  };
}

/** Every task of any arm, once, in the order in which they first come. */
export function taskIdsOf({ arms }: Report): readonly string[] {
  return [...new Set(arms.flatMap((arm) => arm.perTask.map(({ taskId }) => taskId)))];
}

function runData({ settings, imageId: _imageId, ...run }: RunRecord): RunData {
  const git = settings["git"];
  if (typeof git !== "object" || git === null || !("commit" in git)) return { ...run, commit: null, dirty: false };
  return { ...run, commit: String(git.commit), dirty: "dirty" in git && git.dirty === true };
}

// Numbers the versions of each task in the order in which they are met.
function versions(): (task: TaskResult) => number {
  const known = new Map<string, string[]>();
  return ({ taskId, taskDigest }) => {
    const digests = known.get(taskId) ?? [];
    known.set(taskId, digests);
    if (!digests.includes(taskDigest)) digests.push(taskDigest);
    return digests.indexOf(taskDigest);
  };
}

function cellsOf(perTask: readonly TaskResult[], place: ReadonlyMap<string, number>, versionOf: (task: TaskResult) => number): Cells {
  return {
    task: perTask.map(({ taskId }) => place.get(taskId) ?? -1),
    passed: perTask.map(({ passed }) => passed),
    trials: perTask.map(({ trials }) => trials),
    errors: perTask.map(({ errors }) => errors),
    tampered: perTask.map(({ tampered }) => tampered),
    costUsd: perTask.map(({ costUsd, trials }) => (trials === 0 || costUsd === null ? null : significant(costUsd))),
    version: perTask.map(versionOf),
  };
}

/** A figure with six significant digits, which is more than any shown. */
export function significant(value: number): number {
  return Number(value.toPrecision(6));
}

function trialCost(perTask: readonly TaskResult[]): TrialCost | null {
  const tried = perTask.filter(({ trials }) => trials > 0);
  const means = tried.flatMap(({ costUsd, trials }) => (costUsd === null ? [] : [costUsd / trials]));
  if (tried.length === 0 || means.length < tried.length) return null;
  const n = means.length;
  const mean = means.reduce((sum, value) => sum + value, 0) / n;
  if (n < 2) return { mean, low: null, high: null };
  const variance = means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const margin = studentTQuantile(0.975, n - 1) * Math.sqrt(variance / n);
  return { mean, low: Math.max(0, mean - margin), high: mean + margin };
}

function comparisonData(comparison: WrittenComparison, report: Report, place: ReadonlyMap<string, number>): ComparisonData {
  const { tasks, better, worse, baseline, candidate, ...rest } = comparison;
  const placesOf = (pairs: readonly TaskPair[]): readonly number[] =>
    pairs.flatMap(({ taskId }) => {
      const index = place.get(taskId);
      return index === undefined ? [] : [index];
    });
  return {
    ...rest,
    baseline: armIndex(report, baseline),
    candidate: armIndex(report, candidate),
    labels: { baseline: baseline.label, candidate: candidate.label },
    compared: tasks.compared,
    leftOut: tasks.leftOut,
    better: placesOf(better),
    worse: placesOf(worse),
  };
}

function armIndex({ arms }: Report, side: Side): number {
  return arms.findIndex(({ armId, runId }) => armId === side.armId && runId === side.runId);
}
