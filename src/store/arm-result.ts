import type { ArmResult, TaskResult } from "../core/record.ts";
import type { Sqlite } from "./database.ts";

// Ends that a limit brought about.
const CAPPED = "'max-iterations', 'budget-cost', 'budget-time', 'budget-tokens'";

// Read off the index of trials, so that what is left out costs little.
const PART = "run_id = @run and attempt <= @most and (@arms is null or arm_id in (select value from json_each(@arms)))";

const ARMS = `
  select a.id as armId, coalesce(ra.name, a.name) as name, a.agent, a.api, a.model, coalesce(ra.prompt_name, a.prompt_name) as promptName, a.prompt_digest as promptDigest,
    a.settings, json_extract(ra.spec, '$.price') as price, ra.spent_usd as spentUsd
  from run_arms ra join arms a on a.id = ra.arm_id where ra.run_id = @run and (@arms is null or a.id in (select value from json_each(@arms))) order by ra.position`;

// Every arm and task of a run in one pass over its graded trials; the order of the tasks is put back by position.
const GRADED = `
  select arm_id as armId, task_id as taskId, sum(passed) as passed, count(*) as trials, sum(tampered) as tampered,
    sum(stop in (${CAPPED})) as capped, sum(iterations) as iterations, sum(input_tokens + cache_write_tokens) as uncachedTokens,
    sum(cache_read_tokens) as cachedTokens, sum(output_tokens) as outputTokens, sum(cache_write_tokens) as cacheWriteTokens,
    case when count(*) = count(cost_usd) then sum(cost_usd) end as costUsd, case when count(*) = count(cost_usd) and min(cost_usd) > 0 then avg(ln(cost_usd)) end as meanLogCost,
    coalesce(sum(case when reused_from is null then cost_usd end), 0) as paidUsd, sum(unbilled_attempts) as unbilledAttempts,
    sum(working_ms) as workingMs
  from trials where ${PART} and passed is not null group by task_id, arm_id`;

const ERRORS = `
  select arm_id as armId, task_id as taskId, count(*) as errors, sum(unbilled_attempts) as unbilledAttempts
  from trials where ${PART} and passed is null group by task_id, arm_id`;

// Read off an index in order of time: the middle is found without taking the times out.
const MIDDLE_TIMES = `
  select working_ms from trials where run_id = @run and arm_id = @arm and passed is not null and attempt <= @most
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

/** Which part of a run is asked for: its first `most` attempts, and only these arms; without either, all there is. */
export type ArmPart = { readonly most?: number; readonly armIds?: readonly string[] };

/** The figures of the arms of a run, in the order of the run; each table is read once, however many arms there are. */
export function armResults(database: Sqlite, runId: string, { most = Number.MAX_SAFE_INTEGER, armIds }: ArmPart): readonly ArmResult[] {
  const part = { run: runId, most, arms: armIds ? JSON.stringify(armIds) : null };
  const tasks = database.prepare(RUN_TASKS).all(runId) as TaskName[];
  const graded = byCell(database.prepare(GRADED).all(part) as GradedCell[]);
  const failed = byCell(database.prepare(ERRORS).all(part) as ErrorCell[]);
  const times = database.prepare(MIDDLE_TIMES).pluck();
  return (database.prepare(ARMS).all({ run: part.run, arms: part.arms }) as ArmRow[]).map(({ agent, settings, price, ...arm }) => {
    const cells = tasks.map(({ taskId }) => ({
      graded: graded.get(`${arm.armId}/${taskId}`),
      failed: failed.get(`${arm.armId}/${taskId}`),
    }));
    const sums = armSums(cells);
    return {
      ...arm,
      ...sums,
      medianWorkingMs: middle(sums.graded, (skip) => times.all({ run: runId, arm: arm.armId, most, skip }) as number[]),
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

/** The middle of so many times, or of the two in the middle; `from` gives two of them in order, after those that are skipped. */
function middle(count: number, from: (skip: number) => readonly number[]): number | null {
  if (count === 0) return null;
  const [low = 0, high = 0] = from(Math.floor((count - 1) / 2));
  return count % 2 === 1 ? low : (low + high) / 2;
}
