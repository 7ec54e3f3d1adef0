import type { ArmResult, TaskResult } from "../core/record.ts";
import type { Sqlite } from "./database.ts";

// Ends that a limit brought about.
const CAPPED = "'max-iterations', 'budget-cost', 'budget-time', 'budget-tokens'";

const ARMS = `
  select a.id as armId, coalesce(ra.name, a.name) as name, a.api, a.model, coalesce(ra.prompt_name, a.prompt_name) as promptName, a.prompt_digest as promptDigest,
    a.settings, json_extract(ra.spec, '$.price') as price
  from run_arms ra join arms a on a.id = ra.arm_id where ra.run_id = ? order by ra.position`;

const SPENT = `
  select r.arm_id as armId, coalesce(sum(s.cost_usd), 0) as spentUsd
  from tries r join steps s on s.try_id = r.id where r.run_id = ? group by r.arm_id`;

// Every arm and task of a run in one pass over its trials; the order of the tasks is put back by position.
const PER_TASK = `
  select arm_id as armId, task_id as taskId, coalesce(sum(passed), 0) as passed, count(passed) as trials, sum(outcome = 'error') as errors,
    sum(tampered) as tampered, coalesce(sum(stop in (${CAPPED})), 0) as capped,
    coalesce(sum(iterations) filter (where passed is not null), 0) as iterations,
    coalesce(sum(input_tokens + cache_write_tokens) filter (where passed is not null), 0) as uncachedTokens,
    coalesce(sum(cache_read_tokens) filter (where passed is not null), 0) as cachedTokens,
    coalesce(sum(output_tokens) filter (where passed is not null), 0) as outputTokens,
    case when count(passed) = count(cost_usd) filter (where passed is not null) then sum(cost_usd) filter (where passed is not null) end as costUsd,
    case when count(passed) = count(*) filter (where passed is not null and cost_usd > 0) then avg(ln(cost_usd)) filter (where passed is not null) end as meanLogCost,
    coalesce(sum(working_ms) filter (where passed is not null), 0) as workingMs,
    coalesce(sum(cache_write_tokens) filter (where passed is not null), 0) as cacheWriteTokens, sum(unbilled_attempts) as unbilledAttempts,
    coalesce(sum(cost_usd) filter (where passed is not null and reused_from is null), 0) as paidUsd
  from trials where run_id = ? and attempt <= ? group by arm_id, task_id`;

const RUN_TASKS = "select task_id as taskId, task_digest as taskDigest from run_tasks where run_id = ? order by position";

// The middle row of each arm, or the mean of its two middle rows, without reading them all into memory.
const MEDIANS = `
  with ranked as (
    select arm_id, working_ms, row_number() over (partition by arm_id order by working_ms) as place, count(*) over (partition by arm_id) as n
    from trials where run_id = ? and outcome = 'graded' and attempt <= ?)
  select arm_id as armId, avg(working_ms) as medianWorkingMs from ranked where place in ((n + 1) / 2, (n + 2) / 2) group by arm_id`;

type TaskName = Pick<TaskResult, "taskId" | "taskDigest">;
type Cell = Omit<TaskResult, "taskDigest"> & {
  readonly armId: string;
  readonly cacheWriteTokens: number;
  readonly unbilledAttempts: number;
  readonly paidUsd: number;
};
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
  readonly settings: string;
  readonly price: string | null;
};

const NO_TRIALS = {
  passed: 0,
  trials: 0,
  errors: 0,
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

/** The figures of every arm of a run, in the order of the run, of its first `most` attempts; each table is read once, however many arms there are. */
export function armResults(database: Sqlite, runId: string, most: number): readonly ArmResult[] {
  const tasks = database.prepare(RUN_TASKS).all(runId) as TaskName[];
  const cells = new Map((database.prepare(PER_TASK).all(runId, most) as Cell[]).map((cell) => [`${cell.armId}/${cell.taskId}`, cell]));
  const spent = byArm(database.prepare(SPENT).all(runId) as { readonly armId: string; readonly spentUsd: number }[]);
  const medians = byArm(database.prepare(MEDIANS).all(runId, most) as { readonly armId: string; readonly medianWorkingMs: number }[]);
  return (database.prepare(ARMS).all(runId) as ArmRow[]).map(({ settings, price, ...arm }) => {
    const ofArm = tasks.map((task) => cells.get(`${arm.armId}/${task.taskId}`));
    return {
      ...arm,
      ...armSums(ofArm.filter((cell) => cell !== undefined)),
      settings: JSON.parse(settings) as ArmResult["settings"],
      price: price === null ? null : (JSON.parse(price) as ArmResult["price"]),
      perTask: tasks.map((task, index) => taskResult(task, ofArm[index])),
      spentUsd: spent.get(arm.armId)?.spentUsd ?? 0,
      medianWorkingMs: medians.get(arm.armId)?.medianWorkingMs ?? null,
    };
  });
}

function taskResult(task: TaskName, cell: Cell | undefined): TaskResult {
  if (!cell) return { ...task, ...NO_TRIALS };
  const { armId: _armId, cacheWriteTokens: _written, unbilledAttempts: _unbilled, paidUsd: _paid, ...figures } = cell;
  return { ...figures, ...task };
}

function armSums(cells: readonly Cell[]): ArmSums {
  const sum = (figure: (cell: Cell) => number): number => cells.reduce((total, cell) => total + figure(cell), 0);
  const graded = cells.filter((cell) => cell.trials > 0);
  const isUnknown = graded.some((cell) => cell.costUsd === null);
  const cacheWriteTokens = sum((cell) => cell.cacheWriteTokens);
  return {
    graded: sum((cell) => cell.trials),
    passed: sum((cell) => cell.passed),
    errors: sum((cell) => cell.errors),
    tampered: sum((cell) => cell.tampered),
    iterations: sum((cell) => cell.iterations),
    inputTokens: sum((cell) => cell.uncachedTokens) - cacheWriteTokens,
    cacheReadTokens: sum((cell) => cell.cachedTokens),
    cacheWriteTokens,
    outputTokens: sum((cell) => cell.outputTokens),
    costUsd: graded.length === 0 || isUnknown ? null : sum((cell) => cell.costUsd ?? 0),
    paidUsd: isUnknown ? null : sum((cell) => cell.paidUsd),
    unbilledAttempts: sum((cell) => cell.unbilledAttempts),
  };
}

function byArm<Row extends { readonly armId: string }>(rows: readonly Row[]): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [row.armId, row]));
}
