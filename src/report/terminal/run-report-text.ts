import Table from "cli-table3";
import { clipped, plainText } from "../../core/printable.ts";
import type { TrialRecord } from "../../core/record.ts";
import type { Report } from "../written-report.ts";
import { placeOf, summaryTable } from "./arm-tables.ts";
import type { Palette } from "./palette.ts";
import { cellText, drawn, markedName, PLAIN_BORDERS } from "./table-style.ts";

/** Writes the report of a run for a terminal: the summary, possible places, every task, and the trials that did not pass. */
export function runReportText(
  report: Report,
  notPassed: { readonly trials: readonly TrialRecord[]; readonly total: number },
  paint: Palette,
): string {
  const places = report.arms.length > 2 ? [paint.dim(rankLine(report))] : [];
  return [summaryTable(report, paint), ...places, "", taskTable(report, paint), ...trialList(notPassed, paint)].join("\n");
}

function rankLine({ arms }: Report): string {
  const places = arms.flatMap((arm) => (arm.rank ? [`${cellText(arm.label)} ${placeOf(arm)}`] : []));
  return `Possible places: ${places.join(", ")} of ${arms.length} (all pairs, Holm, 5 %).`;
}

/**
 * Draws tasks against arms; each cell shows passed/graded trials, and errors separately.
 *
 * @internal
 */
export function taskTable(report: Report, paint: Palette): string {
  const head = ["Task", ...report.arms.map(markedName)];
  const table = new Table({ head, colAligns: head.map((_, index) => (index === 0 ? "left" : "right")), ...PLAIN_BORDERS });
  const taskIds = report.arms[0]?.perTask.map((task) => task.taskId) ?? [];
  for (const [index, taskId] of taskIds.entries()) {
    table.push([cellText(taskId), ...report.arms.map((arm) => cell(arm.perTask[index], paint))]);
  }
  return drawn(table);
}

function cell(count: Report["arms"][number]["perTask"][number] | undefined, paint: Palette): string {
  if (!count || count.trials + count.errors === 0) return paint.dim("-");
  const errors = count.errors > 0 ? paint.yellow(` +${count.errors} err`) : "";
  if (count.trials === 0) return errors.trim();
  const text = `${count.passed}/${count.trials}`;
  const colour = count.passed === count.trials ? paint.green : count.passed === 0 ? paint.red : paint.yellow;
  return colour(text) + errors;
}

/** Lists trials that did not pass, with the number that `bench show` takes; `total` is the number of all such trials. */
function trialList(
  { trials, total }: { readonly trials: readonly TrialRecord[]; readonly total: number },
  paint: Palette,
): readonly string[] {
  if (total === 0) return [];
  const table = new Table({ head: ["Trial", "Model", "Task", "Attempt", "Result", "Tests"], ...PLAIN_BORDERS });
  for (const trial of trials) {
    table.push([
      String(trial.id),
      markedName({ name: trial.armName, api: trial.armApi }),
      cellText(trial.taskId),
      String(trial.attempt),
      result(trial, paint),
      trial.testsTotal === null ? "-" : `${trial.testsPassed}/${trial.testsTotal}`,
    ]);
  }
  const more = total > trials.length ? [paint.dim(`and ${total - trials.length} more; --json lists all`)] : [];
  return ["", `Not passed (read one with "bench show TRIAL"):`, drawn(table), ...more];
}

function result(trial: TrialRecord, paint: Palette): string {
  if (trial.errorSource) return paint.yellow(`error (${trial.errorSource}): ${firstLine(trial.errorMessage ?? "")}`);
  const stopped = trial.stop === "completed" ? "" : `, ${trial.stop}`;
  return paint.red(`${trial.tampered ? "TAMPERED, " : ""}${trial.reason}${stopped}`);
}

function firstLine(text: string): string {
  return clipped(plainText(text).split("\n", 1)[0] ?? "", 80, "...");
}
