import type { ArmSummary } from "../../analysis/summary.ts";
import { agentName } from "../../core/agent.ts";
import { uncachedTokens } from "../../core/figure.ts";
import { clipped, plainText } from "../../core/printable.ts";
import type { TaskResult, TrialRecord } from "../../core/record.ts";
import type { Report } from "../written-report.ts";

type Cell = string | number | boolean | null;
type Columns<Row> = Readonly<Record<string, (row: Row) => Cell>>;

// A sum over no trials is no figure.
function whenGraded({ trials }: TaskResult, figure: Cell): Cell {
  return trials === 0 ? null : figure;
}

const TASK_COLUMNS: Columns<{ readonly arm: ArmSummary; readonly task: TaskResult }> = {
  run: ({ arm }) => arm.runId,
  arm: ({ arm }) => arm.name,
  agent: ({ arm }) => agentName(arm.agent),
  model: ({ arm }) => arm.model,
  prompt: ({ arm }) => arm.prompt,
  task: ({ task }) => task.taskId,
  passed: ({ task }) => task.passed,
  trials: ({ task }) => task.trials,
  errors: ({ task }) => task.errors,
  tampered: ({ task }) => task.tampered,
  capped: ({ task }) => task.capped,
  iterations: ({ task }) => whenGraded(task, task.iterations),
  uncached_tokens: ({ task }) => whenGraded(task, task.uncachedTokens),
  cached_tokens: ({ task }) => whenGraded(task, task.cachedTokens),
  output_tokens: ({ task }) => whenGraded(task, task.outputTokens),
  cost_usd: ({ task }) => whenGraded(task, task.costUsd),
  working_s: ({ task }) => whenGraded(task, task.workingMs / 1000),
  scripted: ({ arm }) => arm.scripted,
  unbilled_attempts: ({ task }) => task.unbilledAttempts,
  assumed_usd: ({ task }) => task.assumedUsd,
  unknown_usage_steps: ({ task }) => task.unknownUsageSteps,
  doubtful_usage_steps: ({ task }) => task.doubtfulUsageSteps,
  output_tokens_per_s: ({ task }) => task.outputTokensPerSecond,
  first_token_s: ({ task }) => inSeconds(task.firstTokenMs),
  tags: ({ task }) => task.tags.join("; "),
  group: ({ task }) => task.group,
};

const TRIAL_COLUMNS: Columns<TrialRecord> = {
  trial: (trial) => trial.id,
  run: (trial) => trial.runId,
  arm: (trial) => trial.armName,
  api: (trial) => trial.armApi,
  task: (trial) => trial.taskId,
  attempt: (trial) => trial.attempt,
  passed: (trial) => trial.passed,
  stop: (trial) => trial.stop,
  reason: (trial) => trial.reason,
  tests_passed: (trial) => trial.testsPassed,
  tests_total: (trial) => trial.testsTotal,
  error_source: (trial) => trial.errorSource,
  error_message: (trial) => trial.errorMessage,
  tampered: (trial) => trial.tampered,
  isolation: (trial) => trial.isolation,
  iterations: (trial) => trial.iterations,
  uncached_tokens: (trial) => uncachedTokens(trial),
  cached_tokens: (trial) => trial.cacheReadTokens,
  output_tokens: (trial) => trial.outputTokens,
  cost_usd: (trial) => trial.costUsd,
  unbilled_attempts: (trial) => trial.unbilledAttempts,
  working_s: (trial) => trial.workingMs / 1000,
  assumed_usd: (trial) => trial.assumedUsd,
  unknown_usage_steps: (trial) => trial.unknownUsageSteps,
  doubtful_usage_steps: (trial) => trial.doubtfulUsageSteps,
  model_s: (trial) => inSeconds(trial.modelMs),
  first_token_s: (trial) => inSeconds(trial.firstTokenMs),
};

function inSeconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}

/**
 * Writes one row for each arm and task, sums over graded trials. An unknown cost or count of tokens is an empty cell, as is a figure without a graded trial; text that a spreadsheet would run as a formula
 * gets an apostrophe in front. @see RFC 4180
 */
export function csvReport({ arms }: Report): string {
  const rows = arms.flatMap((arm) => arm.perTask.map((task) => ({ arm, task })));
  return table(TASK_COLUMNS, rows);
}

/** Writes one row for each trial, in the form of `csvReport`; `passed` is empty for an error, which is not a result. */
export function trialCsv(trials: readonly TrialRecord[]): string {
  return table(TRIAL_COLUMNS, trials);
}

function table<Row>(columns: Columns<Row>, rows: readonly Row[]): string {
  const readers = Object.values(columns);
  const lines = [Object.keys(columns), ...rows.map((row) => readers.map((read) => read(row)))];
  return lines.map((cells) => `${cells.map(cell).join(",")}\r\n`).join("");
}

// In characters. Spreadsheets take 32,767, and each may become an escape of ten.
const MAX_CELL = 3_000;
// Full-width signs begin a formula, too, and blanks before the sign do not hinder it.
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/;

function cell(value: Cell): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  const text = plainText(value.length > MAX_CELL ? `${clipped(value, MAX_CELL, "")} [cut here; the JSON report has it whole]` : value);
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return /[",\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
