import type { TrialRecord } from "../../core/record.ts";
import type { Report } from "../written-report.ts";
import { placeOf } from "./arms-table.ts";
import type { Palette } from "./palette.ts";
import { summaryTable } from "./summary-table.ts";
import { taskTable } from "./task-table.ts";
import { trialList } from "./trial-list.ts";

/** Writes a run for the terminal: the summary, places that the data allow, every task, and what did not pass. */
export function runReportText(
  report: Report,
  notPassed: { readonly trials: readonly TrialRecord[]; readonly total: number },
  paint: Palette,
): string {
  const places = report.arms.length > 2 ? [paint.dim(rankLine(report))] : [];
  return [summaryTable(report, paint), ...places, "", taskTable(report, paint), ...trialList(notPassed, paint)].join("\n");
}

function rankLine({ arms }: Report): string {
  const places = arms.flatMap((arm) => (arm.rank ? [`${arm.label} ${placeOf(arm)}`] : []));
  return `Places that the data allow: ${places.join(", ")} of ${arms.length} (all pairs, Holm, 5 %).`;
}
