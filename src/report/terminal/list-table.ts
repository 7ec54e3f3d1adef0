import Table from "cli-table3";
import { formatDate, formatUsd } from "../../core/format.ts";
import type { RunListing } from "../../core/record.ts";
import { cellText, drawn, markedName, PLAIN_BORDERS, SCRIPTED_NOTE } from "./table-style.ts";

/** Draws a table of runs in the given order. */
export function listTable(runs: readonly RunListing[]): string {
  const head = ["Run", "Started (UTC)", "Suite", "Models", "Done", "Passed", "Errors", "Cost", "State"];
  const table = new Table({ head, ...PLAIN_BORDERS });
  for (const run of runs) {
    table.push([
      cellText(run.id),
      formatDate(run.createdAt),
      cellText(run.suite),
      shortened(run.arms.map(markedName)),
      `${run.graded + run.errors}/${run.planned}`,
      `${run.passed}/${run.graded}`,
      String(run.errors),
      formatUsd(run.costUsd),
      run.end ?? "unfinished",
    ]);
  }
  const note = runs.some((run) => run.arms.some((arm) => arm.api === "scripted")) ? `\n\n${SCRIPTED_NOTE}` : "";
  return drawn(table) + note;
}

function shortened(names: readonly string[]): string {
  return names.length <= 3 ? names.join(", ") : `${names.slice(0, 2).join(", ")} and ${names.length - 2} more`;
}
