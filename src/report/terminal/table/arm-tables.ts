import type { ArmSummary } from "../../../analysis/summary.ts";
import { doubtNotes, hasSpeed, markedCost, SPEED_COLUMNS, SPEED_NOTE, usedCells } from "../../../core/figure.ts";
import { counted, formatDuration, formatInterval, formatRate, formatUsd } from "../../../core/format.ts";
import { oneLine } from "../../../core/printable.ts";
import { fitText } from "../../wrap.ts";
import type { Report } from "../../written-report.ts";
import type { Palette } from "../palette.ts";
import { type Column, fittedTable } from "./fitted-table.ts";
import { attemptsTable } from "./part-tables.ts";
import { cellText, markedName, SCRIPTED_NOTE } from "./table-style.ts";

type ArmColumn = Omit<Column, "cells"> & { readonly cell: (arm: ArmSummary, paint: Palette) => string };

const iterations: ArmColumn = {
  head: "Iterations",
  kind: "figure",
  drop: 6,
  cell: ({ meanIterations }) => (meanIterations === null ? "-" : meanIterations.toFixed(1)),
};
const passRate: ArmColumn = { head: "Pass rate", kind: "figure", cell: (arm) => formatRate(arm.passRate.rate) };
const interval: ArmColumn = { head: "95% interval", kind: "figure", cell: ({ passRate: { low, high } }) => formatInterval(low, high) };
const medianTime: ArmColumn = { head: "Median time", kind: "figure", drop: 5, cell: (arm) => formatDuration(arm.medianWorkingMs) };

const used =
  (index: number): ArmColumn["cell"] =>
  (arm) =>
    arm.graded === 0 ? "-" : (usedCells(arm)[index] ?? "-");

const SUMMARY: readonly ArmColumn[] = [
  { head: "Model", kind: "name", cell: markedName },
  {
    ...passRate,
    cell: (arm, paint) =>
      arm.graded > 0 && arm.passed === arm.graded ? paint.green(formatRate(arm.passRate.rate)) : formatRate(arm.passRate.rate),
  },
  interval,
  { head: "Passed", kind: "figure", drop: 4, cell: (arm) => `${arm.passed}/${arm.graded}` },
  { head: "Errors", kind: "figure", cell: (arm, paint) => (arm.errors > 0 ? paint.yellow(String(arm.errors)) : "0") },
  iterations,
  { head: "Uncached", kind: "figure", drop: 8, cell: used(0) },
  { head: "Cached", kind: "figure", drop: 9, cell: used(1) },
  { head: "Output", kind: "figure", drop: 7, cell: used(2) },
  { head: "Cost", kind: "figure", cell: used(3) },
  { head: "Cost/solved", kind: "figure", drop: 3, cell: (arm) => (arm.passed === 0 ? "-" : formatUsd(arm.costPerSolvedUsd)) },
  medianTime,
];

/** Draws the table that ends a run: one row for each arm, with notes below. */
export function summaryTable(report: Report, paint: Palette): string {
  return [
    armTable(SUMMARY, report.arms, paint),
    "",
    ...attemptsTable(report.arms, paint),
    ...speedLines(report, paint),
    ...footnotes(report, paint),
  ].join("\n");
}

function armTable(columns: readonly ArmColumn[], arms: readonly ArmSummary[], paint: Palette): string {
  return fittedTable(
    columns.map(({ cell, ...column }) => ({ ...column, cells: arms.map((arm) => cell(arm, paint)) })),
    paint.width,
  );
}

/**
 * Draws how fast the arms' models answered, followed by an empty line; nothing where nothing was measured. It is a table of its own, since the others are as wide as a
 * terminal.
 *
 * @internal
 */
export function speedLines({ arms }: Report, paint: Palette): readonly string[] {
  const timed = arms.filter(hasSpeed);
  if (timed.length === 0) return [];
  const speed: readonly ArmColumn[] = SPEED_COLUMNS.map(({ name, show }) => ({ head: name, kind: "figure", cell: show }));
  return [armTable([{ head: "Speed", kind: "name", cell: ({ label }) => cellText(label) }, ...speed], timed, paint), ""];
}

function footnotes(report: Report, paint: Palette): readonly string[] {
  const { runs, arms } = report;
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
        "Errors are failures of the harness, a provider, the configuration or the task; they do not count against a model. --resume runs them again.",
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
  notes.push(...report.groups.map(oneLine));
  notes.push(...report.heldBack.map((sentence) => paint.yellow(`${oneLine(sentence)} See "bench show".`)));
  notes.push(...report.unfinished.map((sentence) => paint.yellow(oneLine(sentence))));
  notes.push(...doubtNotes(arms));
  if (arms.some(hasSpeed)) notes.push(SPEED_NOTE);
  if (ungraded > 1e-9) notes.push(`${formatUsd(ungraded)} more was spent on trials without a grade.`);
  return notes.map((note) => paint.dim(fitText(note, paint.width)));
}

const COMPARED: readonly ArmColumn[] = [
  { head: "Model", kind: "name", cell: ({ label, scripted }) => cellText(label) + (scripted ? "*" : "") },
  { head: "Place", kind: "figure", cell: placeOf },
  passRate,
  interval,
  iterations,
  { head: "Uncached", kind: "figure", drop: 8, cell: used(0) },
  { head: "Cached", kind: "figure", drop: 9, cell: used(1) },
  { head: "Output", kind: "figure", drop: 7, cell: used(2) },
  { head: "Cost per solved", kind: "figure", cell: (arm) => (arm.passed === 0 ? "-" : markedCost(arm.costPerSolvedUsd, arm)) },
  medianTime,
];

/** Draws the arms of a comparison side by side, each with its possible places. */
export function comparedArmsTable({ arms }: Report, paint: Palette): string {
  const family = (arms.length * (arms.length - 1)) / 2;
  const note = `Place: possible places among the ${arms.length} arms, from all ${counted(family, "pair")} at 5 % (Holm-adjusted)`;
  return [armTable(COMPARED, arms, paint), paint.dim(fitText(note, paint.width))].join("\n");
}

/** Writes the possible places of an arm: 1, or 2 to 4. */
export function placeOf({ rank }: Pick<ArmSummary, "rank">): string {
  if (rank === null) return "-";
  return rank.low === rank.high ? String(rank.low) : `${rank.low} to ${rank.high}`;
}
