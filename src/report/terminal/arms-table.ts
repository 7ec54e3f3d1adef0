import Table from "cli-table3";
import type { ArmSummary } from "../../analysis/summary.ts";
import { counted, formatDuration, formatInterval, formatRate, formatTokens, formatUsd } from "../../core/format.ts";
import { brokenName } from "../wrap.ts";
import type { Report } from "../written-report.ts";
import type { Palette } from "./palette.ts";
import { drawn, PLAIN_BORDERS } from "./table-style.ts";

const HEAD = [
  "Model",
  "Place",
  "Pass rate",
  "95%\ninterval",
  "Itera-\ntions",
  "Un-\ncached",
  "Cached",
  "Output",
  "Cost per\nsolved",
  "Median\ntime",
];
const MAX_LINE = 17;

/** Draws the arms of a comparison side by side in 100 columns, each with the places that the data allow it. */
export function armsTable({ arms }: Report, paint: Palette): string {
  const table = new Table({ head: HEAD, colAligns: HEAD.map((_, index) => (index === 0 ? "left" : "right")), ...PLAIN_BORDERS });
  for (const arm of arms) table.push(row(arm));
  const family = (arms.length * (arms.length - 1)) / 2;
  const note = `Place: where the arm may stand among the ${arms.length}, by all ${counted(family, "pair")} at 5 % together (Holm)`;
  return [drawn(table), paint.dim(note)].join("\n");
}

function row(arm: ArmSummary): string[] {
  return [
    brokenName(arm.scripted ? `${arm.label}*` : arm.label, MAX_LINE),
    placeOf(arm),
    formatRate(arm.passRate.rate),
    formatInterval(arm.passRate.low, arm.passRate.high),
    arm.meanIterations === null ? "-" : arm.meanIterations.toFixed(1),
    formatTokens(arm.uncachedTokens),
    formatTokens(arm.cachedTokens),
    formatTokens(arm.outputTokens),
    arm.passed === 0 ? "-" : formatUsd(arm.costPerSolvedUsd),
    formatDuration(arm.medianWorkingMs),
  ];
}

/** Writes the places that an arm may have: 1, or 2 to 4. */
export function placeOf({ rank }: Pick<ArmSummary, "rank">): string {
  if (rank === null) return "-";
  return rank.low === rank.high ? String(rank.low) : `${rank.low} to ${rank.high}`;
}
