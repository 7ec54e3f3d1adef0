import type { SeriesPoint } from "../core/history.ts";
import { type PassRate, passRate } from "../stats/pass-rate.ts";

/** What an arm came to in one run. Unknown costs are null. */
export type TrendPoint = {
  readonly runId: string;
  readonly createdAt: string;
  readonly tags: readonly string[];
  readonly commit: string | null;
  readonly suite: string;
  readonly suiteDigest: string;
  readonly armId: string;
  readonly passed: number;
  readonly trials: number;
  readonly errors: number;
  readonly passRate: PassRate;
  readonly costPerTrialUsd: number | null;
  /** Null also where nothing was solved. */
  readonly costPerSolvedUsd: number | null;
  /** The tasks are not those of the point before: the two cannot be compared. */
  readonly suiteChanged: boolean;
  /** The model's entry, the prompt or the settings are not those of the point before. */
  readonly armChanged: boolean;
};

/** An arm's results over runs, oldest first. */
export type TrendLine = { readonly name: string; readonly scripted: boolean; readonly points: readonly TrendPoint[] };

/** How arms did over time, as every format shows it. */
export type Trend = { readonly schema: "bench-trend/1"; readonly lines: readonly TrendLine[] };

/** Makes a trend of stored points, one line for each name, in the order in which they come. */
export function makeTrend(points: readonly SeriesPoint[]): Trend {
  const names = [...new Set(points.map(({ name }) => name))];
  return {
    schema: "bench-trend/1",
    lines: names.map((name) =>
      lineOf(
        name,
        points.filter((point) => point.name === name),
      ),
    ),
  };
}

function lineOf(name: string, points: readonly SeriesPoint[]): TrendLine {
  return {
    name,
    scripted: points.some(({ api }) => api === "scripted"),
    points: points.map((point, index) => trendPoint(point, points[index - 1])),
  };
}

function trendPoint(point: SeriesPoint, before: SeriesPoint | undefined): TrendPoint {
  const { runId, createdAt, tags, suite, suiteDigest, armId, errors, perTask } = point;
  const sum = (figure: (task: SeriesPoint["perTask"][number]) => number): number =>
    perTask.reduce((total, task) => total + figure(task), 0);
  const passed = sum((task) => task.passed);
  const trials = sum((task) => task.trials);
  const cost = perTask.some(({ costUsd }) => costUsd === null) ? null : sum(({ costUsd }) => costUsd ?? 0);
  return {
    runId,
    createdAt,
    tags,
    commit: commitIn(point.settings),
    suite,
    suiteDigest,
    armId,
    passed,
    trials,
    errors,
    passRate: passRate(perTask),
    costPerTrialUsd: cost === null || trials === 0 ? null : cost / trials,
    costPerSolvedUsd: cost === null || passed === 0 ? null : cost / passed,
    suiteChanged: before !== undefined && before.suiteDigest !== suiteDigest,
    armChanged: before !== undefined && before.armId !== armId,
  };
}

function commitIn({ git }: SeriesPoint["settings"]): string | null {
  const commit: unknown = typeof git === "object" && git !== null && "commit" in git ? git.commit : null;
  return typeof commit === "string" ? commit : null;
}
