import type { ArmResult, TaskResult } from "../../core/record.ts";
import type { Sqlite } from "../database.ts";

// How a trial stops when it reaches a limit.
const CAPPED = "'max-iterations', 'budget-cost', 'budget-time', 'budget-tokens'";

// The index of trials answers this, so trials that are left out cost little.
const WANTED = "run_id = @run and attempt <= @maxAttempt and (@arms is null or arm_id in (select value from json_each(@arms)))";

const ARMS = `
  select a.id as armId, coalesce(ra.name, a.name) as name, a.agent, a.api, a.model, coalesce(ra.prompt_name, a.prompt_name) as promptName, a.prompt_digest as promptDigest,
    a.settings, json_extract(ra.spec, '$.price') as price, ra.spent_usd as spentUsd
  from run_arms ra join arms a on a.id = ra.arm_id where ra.run_id = @run and (@arms is null or a.id in (select value from json_each(@arms))) order by ra.position`;

// Sums for every arm and task of a run in one pass over its graded trials; the tasks are put in their order afterwards.
const GRADED = `
  select arm_id as armId, task_id as taskId, sum(passed) as passed, count(*) as trials, sum(tampered) as tampered,
    sum(stop in (${CAPPED})) as capped, sum(iterations) as iterations, sum(input_tokens + cache_write_tokens) as uncachedTokens,
    sum(cache_read_tokens) as cachedTokens, sum(output_tokens) as outputTokens, sum(cache_write_tokens) as cacheWriteTokens,
    case when count(*) = count(cost_usd) then sum(cost_usd) end as costUsd, case when count(*) = count(cost_usd) and min(cost_usd) > 0 then avg(ln(cost_usd)) end as meanLogCost,
    coalesce(sum(case when reused_from is null then cost_usd end), 0) as paidUsd, sum(unbilled_attempts) as unbilledAttempts,
    sum(working_ms) as workingMs
  from trials where ${WANTED} and passed is not null group by task_id, arm_id`;

const ERRORS = `
  select arm_id as armId, task_id as taskId, count(*) as errors, sum(unbilled_attempts) as unbilledAttempts
  from trials where ${WANTED} and passed is null group by task_id, arm_id`;

// An index holds the times in order, so the median is found without reading all of them.
const MEDIAN_TIMES = `
  select working_ms from trials where run_id = @run and arm_id = @arm and passed is not null and attempt <= @maxAttempt
  order by working_ms limit 2 offset @skip`;

const RUN_TASKS = "select task_id as taskId, task_digest as taskDigest from run_tasks where run_id = ? order by position";

type TaskName = Pick<TaskResult, "taskId" | "taskDigest">;
type GradedCell = Omit<TaskResult, "taskDigest" | "errors"> & {
  readonly armId: string;
  readonly cacheWriteTokens: number;
  readonly unbilledAttempts: number;
  readonly paidUsd: number;
};
type ErrorCell = { readonly armId: string; readonly taskId: string; readonly errors: number; readonly unbilledAttempts: number };
type Cells = { readonly graded: GradedCell | undefined; readonly failed: ErrorCell | undefined };
type ArmSums = Pick<
  ArmResult,
  | "graded"
  | "passed"
  | "errors"
  | "tampered"
  | "iterations"
  | "inputTokens"
  | "cacheReadTokens"
  | "cacheWriteTokens"
  | "outputTokens"
  | "costUsd"
  | "paidUsd"
  | "unbilledAttempts"
>;
type ArmRow = Pick<ArmResult, "armId" | "name" | "api" | "model" | "promptName" | "promptDigest"> & {
  readonly agent: string;
  readonly settings: string;
  readonly price: string | null;
  readonly spentUsd: number;
};

const NO_TRIALS = {
  passed: 0,
  trials: 0,
  tampered: 0,
  capped: 0,
  iterations: 0,
  uncachedTokens: 0,
  cachedTokens: 0,
  outputTokens: 0,
  costUsd: null,
  meanLogCost: null,
  workingMs: 0,
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
  const tasks = database.prepare(RUN_TASKS).all(runId) as TaskName[];
  const graded = byCell(database.prepare(GRADED).all(wanted) as GradedCell[]);
  const failed = byCell(database.prepare(ERRORS).all(wanted) as ErrorCell[]);
  const times = database.prepare(MEDIAN_TIMES).pluck();
  return (database.prepare(ARMS).all({ run: wanted.run, arms: wanted.arms }) as ArmRow[]).map(({ agent, settings, price, ...arm }) => {
    const cells = tasks.map(({ taskId }) => ({
      graded: graded.get(`${arm.armId}/${taskId}`),
      failed: failed.get(`${arm.armId}/${taskId}`),
    }));
    const sums = armSums(cells);
    return {
      ...arm,
      ...sums,
      medianWorkingMs: median(sums.graded, (skip) => times.all({ run: runId, arm: arm.armId, maxAttempt, skip }) as number[]),
      agent: JSON.parse(agent) as ArmResult["agent"],
      settings: JSON.parse(settings) as ArmResult["settings"],
      price: price === null ? null : (JSON.parse(price) as ArmResult["price"]),
      perTask: tasks.map((task, index) => taskResult(task, cells[index])),
    };
  });
}

function taskResult(task: TaskName, cells: Cells | undefined): TaskResult {
  const errors = cells?.failed?.errors ?? 0;
  if (!cells?.graded) return { ...task, ...NO_TRIALS, errors };
  const { armId: _armId, cacheWriteTokens: _written, unbilledAttempts: _unbilled, paidUsd: _paid, ...figures } = cells.graded;
  return { ...figures, ...task, errors };
}

function armSums(cells: readonly Cells[]): ArmSums {
  const graded = cells.flatMap((cell) => cell.graded ?? []);
  const failed = cells.flatMap((cell) => cell.failed ?? []);
  const sum = (figure: (cell: GradedCell) => number): number => graded.reduce((total, cell) => total + figure(cell), 0);
  const isUnknown = graded.some((cell) => cell.costUsd === null);
  const cacheWriteTokens = sum((cell) => cell.cacheWriteTokens);
  return {
    graded: sum((cell) => cell.trials),
    passed: sum((cell) => cell.passed),
    errors: failed.reduce((total, cell) => total + cell.errors, 0),
    tampered: sum((cell) => cell.tampered),
    iterations: sum((cell) => cell.iterations),
    inputTokens: sum((cell) => cell.uncachedTokens) - cacheWriteTokens,
    cacheReadTokens: sum((cell) => cell.cachedTokens),
    cacheWriteTokens,
    outputTokens: sum((cell) => cell.outputTokens),
    costUsd: graded.length === 0 || isUnknown ? null : sum((cell) => cell.costUsd ?? 0),
    paidUsd: isUnknown ? null : sum((cell) => cell.paidUsd),
    unbilledAttempts: sum((cell) => cell.unbilledAttempts) + failed.reduce((total, cell) => total + cell.unbilledAttempts, 0),
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
