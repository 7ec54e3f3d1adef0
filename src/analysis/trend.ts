import type { SeriesPoint } from "../core/history.ts";
import type { RunEnd } from "../core/record.ts";
import { drift, MIN_INFORMATIVE_TASKS, MIN_INFORMATIVE_TRIALS } from "../stats/drift.ts";
import { type PassRate, passRate } from "../stats/pass-rate.ts";
import { costPerSolved } from "./cost-per-solved.ts";

/** The results of an arm in one run. Unknown costs are null. */
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
  /** Also null when nothing was solved. */
  readonly costPerSolvedUsd: number | null;
  /** Set where some of the run's tasks have no result of this arm yet. */
  readonly unfinished: {
    readonly tasks: number;
    readonly of: number;
    readonly end: RunEnd | null;
    readonly stoppedBy: string | null;
    readonly isGate: boolean;
  } | null;
  /** The tasks differ from those of the point before, so the two cannot be compared. */
  readonly suiteChanged: boolean;
  /** The agent, the model's entry, the prompt or the settings differ from those of the point before. */
  readonly armChanged: boolean;
};

/**
 * Whether an arm's pass rate drifted over its runs of the same tasks. `p`, `chiSquared` and `degreesOfFreedom` are null where there are too few results to test.
 */
export type TrendDrift = {
  readonly suite: string;
  readonly suiteDigest: string;
  /** The runs compared, oldest first. */
  readonly runIds: readonly string[];
  readonly lowestPassRate: number;
  readonly highestPassRate: number;
  /** The model's entry, the prompt or the settings are not the same in all these runs. */
  readonly armChanged: boolean;
  readonly conclusion: "drifted" | "not-shown" | "too-few-results";
  readonly test: "cochran-mantel-haenszel";
  readonly p: number | null;
  readonly chiSquared: number | null;
  readonly degreesOfFreedom: number | null;
  /** Tasks that both passed and failed in these runs, and their trials: only these carry information on drift. */
  readonly informativeTasks: number;
  readonly informativeTrials: number;
};

/** An arm's results over runs, oldest first; `drift` has one entry for each set of tasks that several of the runs share. */
export type TrendLine = {
  readonly name: string;
  readonly scripted: boolean;
  readonly points: readonly TrendPoint[];
  readonly drift: readonly TrendDrift[];
};

/** The results of arms over time. */
export type Trend = { readonly schema: "bench-trend/1"; readonly lines: readonly TrendLine[] };

/** Makes a trend from stored points, with one line for each name in order of first appearance. */
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
    drift: [...new Set(points.map(({ suiteDigest }) => suiteDigest))].flatMap((digest) =>
      driftOf(points.filter(({ suiteDigest }) => suiteDigest === digest)),
    ),
  };
}

const DRIFT_ALPHA = 0.05;

function driftOf(points: readonly SeriesPoint[]): readonly TrendDrift[] {
  const [first] = points;
  if (first === undefined || points.length < 2) return [];
  const runs = points.map(({ perTask }) => new Map(perTask.map((task) => [task.taskId, task])));
  const taskIds = [...new Set(runs.flatMap((tasks) => [...tasks.keys()]))];
  const tested = drift(taskIds.map((id) => runs.map((tasks) => tasks.get(id) ?? { passed: 0, trials: 0 })));
  const { informativeTasks, informativeTrials } = tested ?? { informativeTasks: 0, informativeTrials: 0 };
  const isTestable = tested !== null && informativeTasks >= MIN_INFORMATIVE_TASKS && informativeTrials >= MIN_INFORMATIVE_TRIALS;
  const passRates = points.flatMap(({ perTask }) => passRate(perTask).rate ?? []);
  return [
    {
      suite: first.suite,
      suiteDigest: first.suiteDigest,
      runIds: points.map(({ runId }) => runId),
      lowestPassRate: Math.min(...passRates),
      highestPassRate: Math.max(...passRates),
      armChanged: points.some(({ armId }) => armId !== first.armId),
      conclusion: !isTestable ? "too-few-results" : tested.p < DRIFT_ALPHA ? "drifted" : "not-shown",
      test: "cochran-mantel-haenszel",
      p: isTestable ? tested.p : null,
      chiSquared: isTestable ? tested.chiSquared : null,
      degreesOfFreedom: isTestable ? tested.degreesOfFreedom : null,
      informativeTasks,
      informativeTrials,
    },
  ];
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
    costPerSolvedUsd: costPerSolved(perTask),
    unfinished: unfinishedIn(point),
    suiteChanged: before !== undefined && before.suiteDigest !== suiteDigest,
    armChanged: before !== undefined && before.armId !== armId,
  };
}

function unfinishedIn({ tasks, finishedTasks, end, stoppedBy, settings }: SeriesPoint): TrendPoint["unfinished"] {
  return finishedTasks >= tasks ? null : { tasks: tasks - finishedTasks, of: tasks, end, stoppedBy, isGate: "gate" in settings };
}

function commitIn({ git }: SeriesPoint["settings"]): string | null {
  const commit: unknown = typeof git === "object" && git !== null && "commit" in git ? git.commit : null;
  return typeof commit === "string" ? commit : null;
}
