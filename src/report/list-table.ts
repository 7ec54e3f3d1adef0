import Table from "cli-table3";
import type { RunListing } from "../core/record.ts";
import { formatDate, formatUsd } from "./format.ts";
import { drawn, plainBorders } from "./table-style.ts";

/** Draws the list of runs, newest first. */
export function listTable(runs: readonly RunListing[]): string {
  const head = ["Run", "Started (UTC)", "Suite", "Models", "Done", "Passed", "Errors", "Cost", "State"];
  const table = new Table({ head, ...plainBorders });
  for (const run of runs) {
    table.push([
      run.id,
      formatDate(run.createdAt),
      run.suite,
      shortened(run.arms),
      `${run.graded + run.errors}/${run.planned}`,
      `${run.passed}/${run.graded}`,
      String(run.errors),
      formatUsd(run.costUsd),
      run.end ?? "unfinished",
    ]);
  }
  return drawn(table);
}

function shortened(names: readonly string[]): string {
  return names.length <= 3 ? names.join(", ") : `${names.slice(0, 2).join(", ")} and ${names.length - 2} more`;
}
