import { uncachedTokens } from "../../core/figure.ts";
import { clipped, plainText } from "../../core/printable.ts";
import type { TrialRecord } from "../../core/record.ts";
import type { TrialColumns } from "../../web/page-data.ts";
import type { Report } from "../written-report.ts";
import { significant, taskIdsOf } from "./make-page-data.ts";

/** A trial with its cell in the page's matrix; `task` and `arm` are indexes. */
export type PlacedTrial = { readonly trial: TrialRecord; readonly task: number; readonly arm: number };

// In characters; longer messages, such as a provider's whole reply, can be read with `bench show`.
const MAX_MESSAGE = 400;

/** Finds the cell of each trial in the matrix; leaves out trials of arms or tasks that the report does not show. */
export function placedTrials(report: Report, trials: readonly TrialRecord[]): readonly PlacedTrial[] {
  const tasks = new Map(taskIdsOf(report).map((taskId, index) => [taskId, index]));
  const arms = new Map(report.arms.map(({ runId, armId }, index) => [`${runId}/${armId}`, index]));
  return trials.flatMap((trial) => {
    const task = tasks.get(trial.taskId);
    const arm = arms.get(`${trial.runId}/${trial.armId}`);
    return task === undefined || arm === undefined ? [] : [{ trial, task, arm }];
  });
}

/** Lays trials out as columns; `segmentOf` gives the index of a trajectory among those of its task, or -1. */
export function trialColumns(placed: readonly PlacedTrial[], segmentOf: (trialId: number) => number): TrialColumns {
  const words: string[] = [];
  const known = new Map<string, number>();
  const word = (text: string | null): number => {
    if (text === null || text === "") return -1;
    const short = plainText(clipped(text, MAX_MESSAGE + 3, "..."));
    const index = known.get(short) ?? words.push(short) - 1;
    known.set(short, index);
    return index;
  };
  const column = <T>(of: (trial: TrialRecord) => T): readonly T[] => placed.map(({ trial }) => of(trial));
  return {
    id: column(({ id }) => id),
    task: placed.map(({ task }) => task),
    arm: placed.map(({ arm }) => arm),
    attempt: column(({ attempt }) => attempt),
    passed: column(({ passed }) => (passed === null ? -1 : Number(passed))),
    stop: column(({ stop }) => word(stop)),
    stopDetail: column(({ stop, stopDetail }) => (stop === "completed" ? -1 : word(stopDetail))),
    reason: column(({ reason }) => word(reason)),
    testsPassed: column(({ testsPassed }) => testsPassed),
    testsTotal: column(({ testsTotal }) => testsTotal),
    errorSource: column(({ errorSource }) => word(errorSource)),
    errorMessage: column(({ errorMessage }) => word(errorMessage)),
    tampered: column(({ tampered }) => Number(tampered)),
    isolation: column(({ isolation }) => word(isolation)),
    iterations: column(({ iterations }) => iterations),
    uncached: column(uncachedTokens),
    cached: column(({ cacheReadTokens }) => cacheReadTokens),
    output: column(({ outputTokens }) => outputTokens),
    costUsd: column(({ costUsd }) => (costUsd === null ? null : significant(costUsd))),
    unbilled: column(({ unbilledAttempts }) => unbilledAttempts),
    assumedUsd: column(({ assumedUsd }) => significant(assumedUsd)),
    unknownSteps: column(({ unknownUsageSteps }) => unknownUsageSteps),
    doubtfulSteps: column(({ doubtfulUsageSteps }) => doubtfulUsageSteps),
    modelMs: column(({ modelMs }) => rounded(modelMs)),
    firstTokenMs: column(({ firstTokenMs }) => rounded(firstTokenMs)),
    workingMs: column(({ workingMs }) => Math.round(workingMs)),
    segment: column(({ id }) => segmentOf(id)),
    words,
  };
}

function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms);
}
