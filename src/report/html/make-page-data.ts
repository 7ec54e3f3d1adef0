import type { Side, TaskPair } from "../../analysis/comparison.ts";
import type { RunRecord, TaskResult } from "../../core/record.ts";
import { studentTQuantile } from "../../stats/student-t.ts";
import type { CellColumns, ComparisonData, PageData, RunData, TrialCost } from "../../web/page-data.ts";
import { shownFigure } from "../comparison-words.ts";
import type { Report, WrittenComparison } from "../written-report.ts";

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
    unfinished: report.unfinished,
    published: report.published?.sentence ?? null,
    caps: [...report.caps, ...report.isolation, ...report.groups, ...report.heldBack],
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

/** Lists the tasks of all arms, each once, in the order in which they first occur. */
export function taskIdsOf({ arms }: Report): readonly string[] {
  return [...new Set(arms.flatMap((arm) => arm.perTask.map(({ taskId }) => taskId)))];
}

function runData({ settings, imageId: _imageId, ...run }: RunRecord): RunData {
  const git = settings["git"];
  if (typeof git !== "object" || git === null || !("commit" in git)) return { ...run, commit: null, dirty: false };
  return { ...run, commit: String(git.commit), dirty: "dirty" in git && git.dirty === true };
}

// Numbers the versions of each task in the order in which they occur.
function versions(): (task: TaskResult) => number {
  const known = new Map<string, string[]>();
  return ({ taskId, taskDigest }) => {
    const digests = known.get(taskId) ?? [];
    known.set(taskId, digests);
    if (!digests.includes(taskDigest)) digests.push(taskDigest);
    return digests.indexOf(taskDigest);
  };
}

function cellsOf(perTask: readonly TaskResult[], place: ReadonlyMap<string, number>, versionOf: (task: TaskResult) => number): CellColumns {
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

/** Rounds a figure to six significant digits, which are more than the page shows. */
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
  const { tasks, better, worse, baseline, candidate, ratios, ...rest } = comparison;
  const placesOf = (pairs: readonly TaskPair[]): readonly number[] =>
    pairs.flatMap(({ taskId }) => {
      const index = place.get(taskId);
      return index === undefined ? [] : [index];
    });
  return {
    ...rest,
    ratios: ratios.map((ratio) => ({ ...ratio, missing: shownFigure(ratio, null) })),
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
