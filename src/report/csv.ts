import type { TrialRecord } from "../core/record.ts";
import type { Report } from "./report.ts";

type Cell = string | number | boolean | null;

/** Writes one row for each arm and task. An unknown cost is an empty cell. @see RFC 4180 */
export function csvReport(report: Report): string {
  const head = [
    "run",
    "arm",
    "model",
    "prompt",
    "task",
    "passed",
    "trials",
    "errors",
    "tampered",
    "iterations",
    "uncached_tokens",
    "cached_tokens",
    "output_tokens",
    "cost_usd",
    "working_s",
  ];
  const rows = report.arms.flatMap((arm) =>
    arm.perTask.map((task) => [
      arm.runId,
      arm.name,
      arm.model,
      arm.prompt,
      task.taskId,
      task.passed,
      task.trials,
      task.errors,
      task.tampered,
      task.iterations,
      task.uncachedTokens,
      task.cachedTokens,
      task.outputTokens,
      task.costUsd,
      task.workingMs / 1000,
    ]),
  );
  return table([head, ...rows]);
}

/** Writes one row for each trial. */
export function trialCsv(trials: readonly TrialRecord[]): string {
  const head = [
    "trial",
    "run",
    "arm",
    "task",
    "attempt",
    "passed",
    "stop",
    "reason",
    "tests_passed",
    "tests_total",
    "error_source",
    "tampered",
    "iterations",
    "cost_usd",
    "working_s",
  ];
  const rows = trials.map((trial) => [
    trial.id,
    trial.runId,
    trial.armName,
    trial.taskId,
    trial.attempt,
    trial.passed,
    trial.stop,
    trial.reason,
    trial.testsPassed,
    trial.testsTotal,
    trial.errorSource,
    trial.tampered,
    trial.iterations,
    trial.costUsd,
    trial.workingMs / 1000,
  ]);
  return table([head, ...rows]);
}

function table(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

// Spreadsheets run text that begins like a formula; an apostrophe makes it text.
function cell(value: Cell): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
