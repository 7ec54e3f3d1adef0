import Table from "cli-table3";
import type { ArmSummary } from "../../analysis/summary.ts";
import { doubtNotes, hasSpeed, markedCost, markedOutput, SPEED_COLUMNS, SPEED_NOTE, usedCells } from "../../core/figure.ts";
import { counted, formatDuration, formatInterval, formatRate, formatTokens, formatUsd } from "../../core/format.ts";
import { oneLine } from "../../core/printable.ts";
import { brokenName } from "../wrap.ts";
import type { Report } from "../written-report.ts";
import type { Palette } from "./palette.ts";
import { cellText, drawn, markedName, PLAIN_BORDERS, SCRIPTED_NOTE } from "./table-style.ts";

const SUMMARY_HEAD = [
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

/** Draws the table that ends a run: one row for each arm, with notes below. */
export function summaryTable(report: Report, paint: Palette): string {
  const table = new Table({
    head: SUMMARY_HEAD,
    colAligns: SUMMARY_HEAD.map((_, index) => (index === 0 ? "left" : "right")),
    ...PLAIN_BORDERS,
  });
  for (const arm of report.arms) table.push(summaryRow(arm, paint));
  return [drawn(table), "", ...speedLines(report), ...footnotes(report, paint)].join("\n");
}

// The table fits 80 columns.
const MAX_SPEED_NAME = 50;

/**
 * Draws how fast the arms' models answered, followed by an empty line; nothing where nothing was measured. It is a table of its own, since the others are as wide as a
 * terminal.
 *
 * @internal
 */
export function speedLines({ arms }: Report): readonly string[] {
  const timed = arms.filter(hasSpeed);
  if (timed.length === 0) return [];
  const head = ["Speed", ...SPEED_COLUMNS.map(({ name }) => name)];
  const table = new Table({ head, colAligns: head.map((_, index) => (index === 0 ? "left" : "right")), ...PLAIN_BORDERS });
  for (const arm of timed) table.push([brokenName(cellText(arm.label), MAX_SPEED_NAME), ...SPEED_COLUMNS.map(({ show }) => show(arm))]);
  return [drawn(table), ""];
}

function summaryRow(arm: ArmSummary, paint: Palette): string[] {
  const solvedAll = arm.graded > 0 && arm.passed === arm.graded;
  return [
    markedName(arm),
    solvedAll ? paint.green(formatRate(arm.passRate.rate)) : formatRate(arm.passRate.rate),
    formatInterval(arm.passRate.low, arm.passRate.high),
    `${arm.passed}/${arm.graded}`,
    arm.errors > 0 ? paint.yellow(String(arm.errors)) : "0",
    arm.meanIterations === null ? "-" : arm.meanIterations.toFixed(1),
    ...(arm.graded === 0 ? ["-", "-", "-", "-"] : usedCells(arm)),
    arm.passed === 0 ? "-" : formatUsd(arm.costPerSolvedUsd),
    formatDuration(arm.medianWorkingMs),
  ];
}

function footnotes(report: Report, paint: Palette): readonly string[] {
  const { runs, arms, missing, planned } = report;
  const sum = (figure: (arm: ArmSummary) => number): number => arms.reduce((total, arm) => total + figure(arm), 0);
  const tasks = arms[0]?.perTask.length ?? 0;
  const ungraded = sum((arm) => arm.ungradedUsd);
  const scope =
    tasks === 1 ? "The interval is for this one task alone." : "Pass rates weight tasks equally; intervals are for tasks like these.";
  const notes = [
    ...(arms.some((arm) => arm.scripted) ? [SCRIPTED_NOTE] : []),
    `${runs.map((run) => `Run ${cellText(run.id)}: ${counted(tasks, "task")} of ${cellText(run.suite)}, ${counted(run.attempts, "attempt")} each.`).join("\n")} ${scope}`,
  ];
  if (sum((arm) => arm.errors) > 0)
    notes.push(
      paint.yellow(
        "Errors are failures of the harness, a provider or the configuration; they do not count against a model. --resume runs them again.",
      ),
    );
  if (sum((arm) => arm.tampered) > 0)
    notes.push(
      paint.red(
        `Tampering was found or attempted in ${counted(
          sum((arm) => arm.tampered),
          "trial",
        )}; see "bench report" and "bench show".`,
      ),
    );
  notes.push(...report.caps.map((sentence) => paint.yellow(oneLine(sentence))));
  notes.push(...report.isolation.map((sentence) => paint.yellow(oneLine(sentence))));
  notes.push(...report.heldBack.map((sentence) => paint.yellow(`${oneLine(sentence)} See "bench show".`)));
  if (missing > 0) notes.push(paint.yellow(`${missing} of ${planned} trials have no result yet.`));
  notes.push(...doubtNotes(arms));
  if (arms.some(hasSpeed)) notes.push(SPEED_NOTE);
  if (ungraded > 1e-9) notes.push(`${formatUsd(ungraded)} more was spent on trials without a grade.`);
  return notes.map((note) => paint.dim(note));
}

const COMPARISON_HEAD = [
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
const MAX_NAME_LINE = 17;

/** Draws the arms of a comparison side by side in 100 columns, each with its possible places. */
export function comparedArmsTable({ arms }: Report, paint: Palette): string {
  const table = new Table({
    head: COMPARISON_HEAD,
    colAligns: COMPARISON_HEAD.map((_, index) => (index === 0 ? "left" : "right")),
    ...PLAIN_BORDERS,
  });
  for (const arm of arms) table.push(comparisonRow(arm));
  const family = (arms.length * (arms.length - 1)) / 2;
  const note = `Place: possible places among the ${arms.length} arms, from all ${counted(family, "pair")} at 5 % (Holm-adjusted)`;
  return [drawn(table), paint.dim(note)].join("\n");
}

function comparisonRow(arm: ArmSummary): string[] {
  return [
    brokenName(cellText(arm.label) + (arm.scripted ? "*" : ""), MAX_NAME_LINE),
    placeOf(arm),
    formatRate(arm.passRate.rate),
    formatInterval(arm.passRate.low, arm.passRate.high),
    arm.meanIterations === null ? "-" : arm.meanIterations.toFixed(1),
    formatTokens(arm.uncachedTokens),
    formatTokens(arm.cachedTokens),
    markedOutput(arm),
    arm.passed === 0 ? "-" : markedCost(arm.costPerSolvedUsd, arm),
    formatDuration(arm.medianWorkingMs),
  ];
}

/** Writes the possible places of an arm: 1, or 2 to 4. */
export function placeOf({ rank }: Pick<ArmSummary, "rank">): string {
  if (rank === null) return "-";
  return rank.low === rank.high ? String(rank.low) : `${rank.low} to ${rank.high}`;
}
