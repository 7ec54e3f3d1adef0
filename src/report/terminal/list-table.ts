import Table from "cli-table3";
import { markedCost } from "../../core/figure.ts";
import { formatDate } from "../../core/format.ts";
import type { RunListing, RunState } from "../../core/record.ts";
import { cellText, drawn, markedName, PLAIN_BORDERS, SCRIPTED_NOTE } from "./table-style.ts";

const UNBILLED_NOTE = '+ requests that failed or were cut off may have been billed in addition; "bench report" has what is assumed';

/** Draws a table of runs in the given order, each with its state. */
export function listTable(runs: readonly (RunListing & { readonly state: RunState })[]): string {
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
      markedCost(run.costUsd, { unbilledAttempts: run.unbilledAttempts, doubtfulUsageSteps: 0 }),
      run.state,
    ]);
  }
  const notes = [
    ...(runs.some((run) => run.arms.some((arm) => arm.api === "scripted")) ? [SCRIPTED_NOTE] : []),
    ...(runs.some((run) => run.costUsd !== null && run.unbilledAttempts > 0) ? [UNBILLED_NOTE] : []),
  ];
  return drawn(table) + (notes.length > 0 ? `\n\n${notes.join("\n")}` : "");
}

function shortened(names: readonly string[]): string {
  return names.length <= 3 ? names.join(", ") : `${names.slice(0, 2).join(", ")} and ${names.length - 2} more`;
}
