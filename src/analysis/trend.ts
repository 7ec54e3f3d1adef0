import type { SeriesPoint } from "../core/history.ts";
import type { RunEnd } from "../core/record.ts";
import type { TaskCount } from "../stats/binomial.ts";
import { drift, MIN_INFORMATIVE_TASKS, MIN_INFORMATIVE_TRIALS } from "../stats/drift.ts";
import { type ExactChange, exactChange } from "../stats/exact-change.ts";
import { type PassRate, passRate } from "../stats/pass-rate.ts";
import { costPerSolved } from "./cost-per-solved.ts";
import { isOfGate } from "./gate/preregistration.ts";

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
  readonly tampered: number;
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

/** What a test of an arm's runs shows: `too-few-results` where no result could have shown a change, or where its approximation would not hold. */
type TrendConclusion = "drifted" | "not-shown" | "too-few-results";

/** The newest of at least three runs against those before it together: pass rates over the `tasks` that both have, by an exact test. */
type NewestChange = {
  readonly conclusion: TrendConclusion;
  readonly p: number;
  readonly before: number;
  readonly after: number;
  readonly tasks: number;
};

/**
 * Whether an arm's pass rate drifted over its runs of the same tasks: over two runs by an exact test, over more by an approximate one, beside which `newest` asks about the last
 * run alone; these two have half of the risk each. `p` is null where there are too few results to test, `chiSquared` and `degreesOfFreedom` also with the exact test.
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
  readonly conclusion: TrendConclusion;
  readonly test: "cochran-mantel-haenszel" | "exact-conditional";
  readonly p: number | null;
  readonly chiSquared: number | null;
  readonly degreesOfFreedom: number | null;
  /** Tasks that both passed and failed in these runs, and their trials: only these carry information on drift. */
  readonly informativeTasks: number;
  readonly informativeTrials: number;
  /** Null over two runs, where it would be the same question. */
  readonly newest: NewestChange | null;
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

const ALPHA = 0.05;

function driftOf(points: readonly SeriesPoint[]): readonly TrendDrift[] {
  const [first] = points;
  if (first === undefined || points.length < 2) return [];
  const runs = points.map(({ perTask }) => new Map(perTask.map((task) => [task.taskId, task])));
  const taskIds = [...new Set(runs.flatMap((tasks) => [...tasks.keys()]))];
  const counts = taskIds.map((id) => runs.map((tasks) => tasks.get(id) ?? NONE));
  const newest = exactChange(counts.map((row) => ({ before: addedUp(row.slice(0, -1)), after: row.at(-1) ?? NONE })));
  const isPair = points.length === 2;
  const passRates = points.flatMap(({ perTask }) => passRate(perTask).rate ?? []);
  return [
    {
      suite: first.suite,
      suiteDigest: first.suiteDigest,
      runIds: points.map(({ runId }) => runId),
      lowestPassRate: Math.min(...passRates),
      highestPassRate: Math.max(...passRates),
      armChanged: points.some(({ armId }) => armId !== first.armId),
      ...(isPair && newest ? pairTest(newest) : overallTest(counts, isPair ? ALPHA : ALPHA / 2)),
      newest: isPair || newest === null ? null : newestOf(newest),
    },
  ];
}

const NONE: TaskCount = { passed: 0, trials: 0 };

function addedUp(counts: readonly TaskCount[]): TaskCount {
  return counts.reduce((sum, { passed, trials }) => ({ passed: sum.passed + passed, trials: sum.trials + trials }), NONE);
}

function newestOf(newest: ExactChange): TrendDrift["newest"] {
  const { p, before, after, tasks } = newest;
  return { conclusion: conclusionOf(newest, ALPHA / 2), p, before, after, tasks };
}

function conclusionOf({ p, leastP }: ExactChange, alpha: number): TrendConclusion {
  if (leastP >= alpha) return "too-few-results";
  return p < alpha ? "drifted" : "not-shown";
}

type Tested = Pick<TrendDrift, "conclusion" | "test" | "p" | "chiSquared" | "degreesOfFreedom" | "informativeTasks" | "informativeTrials">;

function pairTest(pair: ExactChange): Tested {
  const { informativeTasks, informativeTrials } = pair;
  const conclusion = conclusionOf(pair, ALPHA);
  const p = conclusion === "too-few-results" ? null : pair.p;
  return { conclusion, test: "exact-conditional", p, chiSquared: null, degreesOfFreedom: null, informativeTasks, informativeTrials };
}

function overallTest(counts: readonly (readonly TaskCount[])[], alpha: number): Tested {
  const tested = drift(counts);
  const { informativeTasks, informativeTrials } = tested ?? { informativeTasks: 0, informativeTrials: 0 };
  const isTestable = tested !== null && informativeTasks >= MIN_INFORMATIVE_TASKS && informativeTrials >= MIN_INFORMATIVE_TRIALS;
  return {
    conclusion: !isTestable ? "too-few-results" : tested.p < alpha ? "drifted" : "not-shown",
    test: "cochran-mantel-haenszel",
    p: isTestable ? tested.p : null,
    chiSquared: isTestable ? tested.chiSquared : null,
    degreesOfFreedom: isTestable ? tested.degreesOfFreedom : null,
    informativeTasks,
    informativeTrials,
  };
}

function trendPoint(point: SeriesPoint, before: SeriesPoint | undefined): TrendPoint {
  const { runId, createdAt, tags, suite, suiteDigest, armId, errors, tampered, perTask } = point;
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
    tampered,
    passRate: passRate(perTask),
    costPerTrialUsd: cost === null || trials === 0 ? null : cost / trials,
    costPerSolvedUsd: costPerSolved(perTask),
    unfinished: unfinishedIn(point),
    suiteChanged: before !== undefined && before.suiteDigest !== suiteDigest,
    armChanged: before !== undefined && before.armId !== armId,
  };
}

function unfinishedIn({ tasks, finishedTasks, end, stoppedBy, settings }: SeriesPoint): TrendPoint["unfinished"] {
  return finishedTasks >= tasks ? null : { tasks: tasks - finishedTasks, of: tasks, end, stoppedBy, isGate: isOfGate({ settings }) };
}

function commitIn({ git }: SeriesPoint["settings"]): string | null {
  const commit: unknown = typeof git === "object" && git !== null && "commit" in git ? git.commit : null;
  return typeof commit === "string" ? commit : null;
}
