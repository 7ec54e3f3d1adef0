import Table from "cli-table3";
import { formatDuration, formatInterval, formatRate, formatTokens, formatUsd } from "./format.ts";
import type { Palette } from "./palette.ts";
import type { ArmReport, Report } from "./report.ts";
import { drawn, plainBorders } from "./table-style.ts";

const HEAD = [
  "Model",
  "Pass rate",
  "95% interval",
  "Passed",
  "Errors",
  "Iterations",
  "Uncached",
  "Cached",
  "Output",
  "Cost",
  "Cost/solved",
  "Median time",
];

/** Draws the table that ends a run: one row for each arm, and below it what a reader must know to read it. */
export function summaryTable(report: Report, paint: Palette): string {
  const table = new Table({ head: HEAD, colAligns: HEAD.map((_, index) => (index === 0 ? "left" : "right")), ...plainBorders });
  for (const arm of report.arms) table.push(row(arm, paint));
  return [drawn(table), "", ...footnotes(report, paint)].join("\n");
}

function row(arm: ArmReport, paint: Palette): string[] {
  const name = arm.scripted ? `${arm.name}\n${paint.dim("scripted, not a language model")}` : arm.name;
  const solvedAll = arm.graded > 0 && arm.passed === arm.graded;
  return [
    name,
    solvedAll ? paint.green(formatRate(arm.passRate.rate)) : formatRate(arm.passRate.rate),
    formatInterval(arm.passRate.low, arm.passRate.high),
    `${arm.passed}/${arm.graded}`,
    arm.errors > 0 ? paint.yellow(String(arm.errors)) : "0",
    arm.meanIterations === null ? "-" : arm.meanIterations.toFixed(1),
    formatTokens(arm.uncachedTokens),
    formatTokens(arm.cachedTokens),
    formatTokens(arm.outputTokens),
    arm.graded === 0 ? "-" : formatUsd(arm.costUsd),
    arm.passed === 0 ? "-" : formatUsd(arm.costPerSolvedUsd),
    formatDuration(arm.medianWorkingMs),
  ];
}

function footnotes(report: Report, paint: Palette): readonly string[] {
  const tasks = report.arms[0]?.perTask.length ?? 0;
  const notes = [
    `Run ${report.run.id}: ${tasks} tasks of ${report.run.suite}, ${report.run.attempts} ${report.run.attempts === 1 ? "attempt" : "attempts"} each. Pass rates weigh tasks equally; intervals are over tasks like these.`,
  ];
  if (report.arms.some((arm) => arm.errors > 0))
    notes.push(
      paint.yellow("Errors are failures of the harness or a provider; they do not count against a model. --resume runs them again."),
    );
  if (report.arms.some((arm) => arm.tampered > 0))
    notes.push(
      paint.red(
        `Tampering was found in ${report.arms.reduce((sum, arm) => sum + arm.tampered, 0)} trials; see "bench report" and "bench show".`,
      ),
    );
  if (report.missing > 0) notes.push(paint.yellow(`${report.missing} of ${report.planned} trials have no result yet.`));
  return notes.map((note) => paint.dim(note));
}
