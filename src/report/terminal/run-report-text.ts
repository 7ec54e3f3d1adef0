import { clipped, plainText } from "../../core/printable.ts";
import type { TrialRecord } from "../../core/record.ts";
import { fitText } from "../wrap.ts";
import type { Report } from "../written-report.ts";
import type { Palette } from "./palette.ts";
import { placeOf, summaryTable } from "./table/arm-tables.ts";
import { type Column, columnsOf, fittedTable, tableInBlocks } from "./table/fitted-table.ts";
import { partTables } from "./table/part-tables.ts";
import { cellText, markedName } from "./table/table-style.ts";

/** Writes the report of a run for a terminal: the summary, possible places, every task, and the trials that did not pass. */
export function runReportText(
  report: Report,
  notPassed: { readonly trials: readonly TrialRecord[]; readonly total: number },
  paint: Palette,
): string {
  const places = report.arms.length > 2 ? [paint.dim(fitText(rankLine(report), paint.width))] : [];
  return [
    summaryTable(report, paint),
    ...places,
    ...partTables(report.arms, paint),
    "",
    taskTable(report, paint),
    ...trialList(notPassed, paint),
  ].join("\n");
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
  const taskIds = report.arms[0]?.perTask.map((task) => task.taskId) ?? [];
  const tasks: Column = { head: "Task", kind: "name", cells: taskIds.map(cellText) };
  const arms = report.arms.map(
    (arm): Column => ({ head: markedName(arm), kind: "figure", cells: taskIds.map((_, index) => cell(arm.perTask[index], paint)) }),
  );
  return tableInBlocks([tasks, ...arms], paint.width);
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
  const column = columnsOf(trials);
  const table = fittedTable(
    [
      column("Trial", "figure", ({ id }) => String(id)),
      column("Model", "name", ({ armName, armApi }) => markedName({ name: armName, api: armApi })),
      column("Task", "name", ({ taskId }) => cellText(taskId)),
      column("Attempt", "figure", ({ attempt }) => String(attempt), 2),
      column("Result", "text", (trial) => result(trial, paint)),
      column("Tests", "figure", (trial) => (trial.testsTotal === null ? "-" : `${trial.testsPassed}/${trial.testsTotal}`), 1),
    ],
    paint.width,
  );
  const more = total > trials.length ? [paint.dim(`and ${total - trials.length} more; --json lists all`)] : [];
  return ["", `Not passed (read one with "bench show TRIAL"):`, table, ...more];
}

function result(trial: TrialRecord, paint: Palette): string {
  if (trial.errorSource) return paint.yellow(`error (${trial.errorSource}): ${firstLine(trial.errorMessage ?? "")}`);
  const stopped = trial.stop === "completed" ? "" : `, ${trial.stop}`;
  return paint.red(`${trial.tampered ? "TAMPERED, " : ""}${trial.reason}${stopped}`);
}

function firstLine(text: string): string {
  return clipped(plainText(text).split("\n", 1)[0] ?? "", 80, "...");
}
