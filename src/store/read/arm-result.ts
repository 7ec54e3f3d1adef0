import type { Api } from "../../core/model.ts";
import type { ArmResult, Doubts, Speed, TaskResult } from "../../core/record.ts";
import type { Sqlite } from "../database.ts";
import { amount, type Column, json, MAX_TEXT_BYTES, name, optional, within } from "../query/column.ts";
import { damaged, Query, type RowOf } from "../query/query.ts";
import { AGENT, AGENT_SETTINGS, PRICE, TEXTS } from "../query/stored-shapes.ts";
import { ERROR_CELL, ERRORS, type ErrorCell, GRADED, GRADED_CELL, type GradedCell, isUnknownUsage } from "./arm-cell.ts";
import { NO_COST_CAP_CELL, trialCapOf } from "./cap-result.ts";
import { heldBackResults } from "./held-back-result.ts";

const ARM = {
  armId: name("a.id"),
  name: name("coalesce(ra.name, a.name)"),
  agent: json("a.agent", AGENT),
  api: name("a.api") as Column<Api>,
  model: name("a.model"),
  promptName: name("coalesce(ra.prompt_name, a.prompt_name)"),
  promptDigest: name("a.prompt_digest"),
  settings: json("a.settings", AGENT_SETTINGS) as Column<ArmResult["settings"]>,
  price: optional(json(within("ra.spec", MAX_TEXT_BYTES, "json_extract(ra.spec, '$.price')"), PRICE)),
  maxTrialCostUsd: optional(amount(within("a.settings", MAX_TEXT_BYTES, "json_extract(a.settings, '$.limits.maxCostUsd')"))),
  spentUsd: amount("ra.spent_usd"),
};

const ARMS =
  "from run_arms ra join arms a on a.id = ra.arm_id where ra.run_id = @run and (@arms is null or a.id in (select value from json_each(@arms))) order by ra.position";

// An index holds the times in order, so the median is found without reading all of them.
const MEDIAN_TIMES =
  "from trials where run_id = @run and arm_id = @arm and passed is not null and attempt <= @maxAttempt order by working_ms limit 2 offset @skip";

const TASK_NAME = {
  taskId: name("task_id"),
  taskDigest: name("task_digest"),
  group: optional(name("task_group")),
  tags: json("(select t.tags from tasks t where t.digest = task_digest)", TEXTS),
};

// Figures are held for each arm and task; the largest run that can be carried out has a tenth of these.
const MAX_ARMS = 1_000;
const MAX_CELLS = 1_000_000;

type TaskName = RowOf<typeof TASK_NAME>;
type Cells = { readonly graded: GradedCell | undefined; readonly failed: ErrorCell | undefined };
type ArmSums = Pick<
  ArmResult,
  | "graded"
  | "passed"
  | "errors"
  | "tampered"
  | "isolation"
  | "iterations"
  | "inputTokens"
  | "cacheReadTokens"
  | "cacheWriteTokens"
  | "outputTokens"
  | "costUsd"
  | "paidUsd"
  | "trialCap"
  | keyof Doubts
  | keyof Speed
>;
const NO_TRIALS = {
  passed: 0,
  trials: 0,
  tampered: 0,
  capped: 0,
  atCostCap: 0,
  failedAtCostCap: 0,
  iterations: 0,
  uncachedTokens: 0,
  cachedTokens: 0,
  outputTokens: 0,
  costUsd: null,
  meanLogCost: null,
  workingMs: 0,
  unknownUsageSteps: 0,
  doubtfulUsageSteps: 0,
  outputTokensPerSecond: null,
  firstTokenMs: null,
};

/** What figures include: the attempts up to `maxAttempt` and the arms of `armIds`; all of them by default. */
export type ArmFilter = { readonly maxAttempt?: number; readonly armIds?: readonly string[] };

/** Reads the figures of the arms of a run, in its order. Each table is read once, however many arms there are. */
export function armResults(
  database: Sqlite,
  runId: string,
  { maxAttempt = Number.MAX_SAFE_INTEGER, armIds }: ArmFilter,
): readonly ArmResult[] {
  const wanted = { run: runId, maxAttempt, arms: armIds ? JSON.stringify(armIds) : null };
  const tasks = new Query(database, { columns: TASK_NAME, rest: "from run_tasks where run_id = ? order by position" }).all(runId);
  const arms = new Query(database, { columns: ARM, rest: ARMS, maxRows: MAX_ARMS }).all({ run: wanted.run, arms: wanted.arms });
  if (arms.length * tasks.length > MAX_CELLS) throw damaged(database, `a run has ${arms.length} arms and ${tasks.length} tasks`);
  const isCapped = arms.some(({ maxTrialCostUsd }) => maxTrialCostUsd !== null);
  const columns = isCapped ? GRADED_CELL : { ...GRADED_CELL, ...NO_COST_CAP_CELL };
  const graded = byCell(new Query(database, { columns, rest: GRADED, maxRows: MAX_CELLS }).all(wanted));
  const failed = byCell(new Query(database, { columns: ERROR_CELL, rest: ERRORS, maxRows: MAX_CELLS }).all(wanted));
  if (
    [...graded.values()].some(({ passed, trials, tampered, capped, atCostCap }) => Math.max(passed, tampered, capped, atCostCap) > trials)
  )
    throw damaged(database, "more trials passed than there are");
  const heldBack = heldBackResults(database, { run: runId, maxAttempt });
  const times = new Query(database, { columns: { ms: amount("working_ms") }, rest: MEDIAN_TIMES });
  return arms.map((arm) => {
    const cells = tasks.map(({ taskId }) => ({
      graded: graded.get(`${arm.armId}/${taskId}`),
      failed: failed.get(`${arm.armId}/${taskId}`),
    }));
    const sums = armSums(cells, arm.api);
    return {
      ...arm,
      ...sums,
      heldBack: heldBack.get(arm.armId) ?? { trials: 0, files: [] },
      medianWorkingMs: median(sums.graded, (skip) => times.all({ run: runId, arm: arm.armId, maxAttempt, skip }).map(({ ms }) => ms)),
      perTask: tasks.map((task, index) => taskResult(task, cells[index], arm.api)),
    };
  });
}

function taskResult(task: TaskName, cells: Cells | undefined, api: Api): TaskResult {
  const { graded, failed } = cells ?? {};
  const errors = failed?.errors ?? 0;
  const billing = {
    unbilledAttempts: (graded?.unbilledAttempts ?? 0) + (failed?.unbilledAttempts ?? 0),
    assumedUsd: (graded?.assumedUsd ?? 0) + (failed?.assumedUsd ?? 0),
  };
  if (!graded) return { ...task, ...NO_TRIALS, errors, ...billing };
  const {
    armId: _armId,
    inputTokens,
    cacheWriteTokens,
    paidUsd: _paid,
    costCapUsd: _capUsd,
    costCapAssumedUsd: _capAssumed,
    ...figures
  } = graded;
  const {
    timedTokens: _tokens,
    timedMs: _ms,
    streamedTrials: _trials,
    firstTokensMs: _firstMs,
    unisolated: _none,
    oneUser: _one,
    ofState: _ofState,
    ...shown
  } = figures;
  const { cachedTokens, outputTokens } = graded;
  const tokens = { uncachedTokens: inputTokens + cacheWriteTokens, cachedTokens, outputTokens };
  return { ...shown, ...(isUnknownUsage(graded) ? UNKNOWN_TOKENS : tokens), ...speedOf([graded], api), ...task, errors, ...billing };
}

const UNKNOWN_TOKENS = { uncachedTokens: null, cachedTokens: null, outputTokens: null };

// What a scripted model takes says nothing about a model.
function speedOf(cells: readonly GradedCell[], api: Api): Speed {
  if (api === "scripted") return { outputTokensPerSecond: null, firstTokenMs: null };
  const sum = (figure: (cell: GradedCell) => number): number => cells.reduce((total, cell) => total + figure(cell), 0);
  const [tokens, ms] = [sum((cell) => cell.timedTokens), sum((cell) => cell.timedMs)];
  const [trials, firstMs] = [sum((cell) => cell.streamedTrials), sum((cell) => cell.firstTokensMs)];
  return { outputTokensPerSecond: tokens > 0 && ms > 0 ? (1000 * tokens) / ms : null, firstTokenMs: trials > 0 ? firstMs / trials : null };
}

function armSums(cells: readonly Cells[], api: Api): ArmSums {
  const graded = cells.flatMap((cell) => cell.graded ?? []);
  const failed = cells.flatMap((cell) => cell.failed ?? []);
  const sum = (figure: (cell: GradedCell) => number): number => graded.reduce((total, cell) => total + figure(cell), 0);
  const ofFailed = (figure: (cell: ErrorCell) => number): number => failed.reduce((total, cell) => total + figure(cell), 0);
  const isUnknown = graded.some((cell) => cell.costUsd === null);
  const tokens = (figure: (cell: GradedCell) => number): number | null => (graded.some(isUnknownUsage) ? null : sum(figure));
  return {
    graded: sum((cell) => cell.trials),
    passed: sum((cell) => cell.passed),
    errors: ofFailed((cell) => cell.errors),
    tampered: sum((cell) => cell.tampered),
    isolation: {
      tasks: graded.length,
      none: graded.filter((cell) => cell.unisolated > 0).length,
      oneUser: graded.filter((cell) => cell.oneUser > 0).length,
      ...(graded.some((cell) => cell.ofState > 0) ? { state: graded.filter((cell) => cell.ofState > 0).length } : {}),
    },
    trialCap: trialCapOf(graded, failed),
    iterations: sum((cell) => cell.iterations),
    inputTokens: tokens((cell) => cell.inputTokens),
    cacheReadTokens: tokens((cell) => cell.cachedTokens),
    cacheWriteTokens: tokens((cell) => cell.cacheWriteTokens),
    outputTokens: tokens((cell) => cell.outputTokens),
    costUsd: graded.length === 0 || isUnknown ? null : sum((cell) => cell.costUsd ?? 0),
    paidUsd: isUnknown ? null : sum((cell) => cell.paidUsd),
    unknownUsageSteps: sum((cell) => cell.unknownUsageSteps),
    doubtfulUsageSteps: sum((cell) => cell.doubtfulUsageSteps),
    unbilledAttempts: sum((cell) => cell.unbilledAttempts) + ofFailed((cell) => cell.unbilledAttempts),
    assumedUsd: sum((cell) => cell.assumedUsd) + ofFailed((cell) => cell.assumedUsd),
    ...speedOf(graded, api),
  };
}

function byCell<Row extends { readonly armId: string; readonly taskId: string }>(rows: readonly Row[]): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [`${row.armId}/${row.taskId}`, row]));
}

/** The median of `count` times; `twoAfter` reads two of them in order, after `skip` others. */
function median(count: number, twoAfter: (skip: number) => readonly number[]): number | null {
  if (count === 0) return null;
  const [low = 0, high = 0] = twoAfter(Math.floor((count - 1) / 2));
  return count % 2 === 1 ? low : (low + high) / 2;
}
