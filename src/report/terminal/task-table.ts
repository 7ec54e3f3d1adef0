import Table from "cli-table3";
import type { Report } from "../written-report.ts";
import type { Palette } from "./palette.ts";
import { drawn, markedName, PLAIN_BORDERS } from "./table-style.ts";

/** Draws tasks against arms, each cell passed/graded, with errors apart. */
export function taskTable(report: Report, paint: Palette): string {
  const head = ["Task", ...report.arms.map(markedName)];
  const table = new Table({ head, colAligns: head.map((_, index) => (index === 0 ? "left" : "right")), ...PLAIN_BORDERS });
  const taskIds = report.arms[0]?.perTask.map((task) => task.taskId) ?? [];
  for (const [index, taskId] of taskIds.entries()) {
    table.push([taskId, ...report.arms.map((arm) => cell(arm.perTask[index], paint))]);
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
