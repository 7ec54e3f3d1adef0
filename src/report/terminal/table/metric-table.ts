import type { Side } from "../../../analysis/comparison.ts";
import type { ArmSummary } from "../../../analysis/summary.ts";
import { costMarks, hasSpeed, outputMark, SPEED_COLUMNS } from "../../../core/figure.ts";
import { formatInterval, formatPoints, formatPointsInterval, formatRate, formatRatio } from "../../../core/format.ts";
import { METRICS, shownFigure } from "../../comparison-words.ts";
import { brokenName } from "../../wrap.ts";
import type { Report, WrittenComparison, WrittenRatio } from "../../written-report.ts";
import type { Palette } from "../palette.ts";
import { type Column, fittedTable } from "./fitted-table.ts";
import { cellText } from "./table-style.ts";

const MAX_NAME_LINE = 20;

// In fewer columns, names and intervals take several lines.
const WIDE = 100;
const NARROW_NAME = 13;

/** Draws the figures of both sides of a comparison, with their differences and ratios. */
export function metricTable(comparison: WrittenComparison, { arms }: Report, paint: Palette): string {
  const { baseline, candidate, passRate, difference, repeats, ratios } = comparison;
  const isNarrow = paint.width !== null && paint.width < WIDE;
  const names = [baseline, candidate].map((side) => brokenName(markedSide(side), isNarrow ? NARROW_NAME : MAX_NAME_LINE));
  const sides = [baseline, candidate].map((side) => armOf(side, arms));
  const rate = (one: WrittenComparison["passRate"]["baseline"]): string => rateWithInterval(one, isNarrow ? "\n" : " ");
  const rows: (readonly string[])[] = [["Pass rate", rate(passRate.baseline), rate(passRate.candidate), ...pointCells(difference, paint)]];
  if (repeats) {
    for (const [name, figures] of [
      [`All of ${repeats.k} pass`, repeats.passHatK],
      [`Any of ${repeats.k} passes`, repeats.passAtK],
    ] as const)
      rows.push([name, formatRate(figures.baseline.value), formatRate(figures.candidate.value), ...pointCells(figures.difference, paint)]);
  }
  for (const ratio of ratios) rows.push(ratioRow(ratio, sides, paint));
  if (sides.some((arm) => arm && hasSpeed(arm)))
    for (const { name, show } of SPEED_COLUMNS) rows.push([name, ...sides.map((arm) => (arm ? show(arm) : "-")), "", ""]);
  const heads = ["", ...names, "Difference", isGated(comparison) ? "Interval" : "95% interval"];
  const columns = heads.map(
    (head, index): Column => ({
      head,
      kind: "text",
      cells: rows.map((row) => row[index] ?? ""),
      ...(index === 0 ? {} : { align: "right" }),
    }),
  );
  return fittedTable(columns, paint.width);
}

/** Says once for each reason why figures of the table have no ratio. */
export function missingLines({ ratios }: WrittenComparison): readonly string[] {
  const reasons = new Set(ratios.flatMap(({ reason }) => reason ?? []));
  return [...reasons].map((why) => {
    const names = ratios.flatMap(({ metric, reason }) => (reason === why ? [METRICS[metric].name] : []));
    return `No ratio of ${names.join(", ").toLowerCase()}: ${why}`;
  });
}

/** Tells whether the interval of a comparison is that of the gate for which its arms were run. */
export function isGated({ allowances }: WrittenComparison): boolean {
  return allowances.some(({ kind }) => kind === "gate");
}

/** Gives the label of a side, with a star when no language model is behind it. */
export function markedSide({ label, scripted }: Side): string {
  return cellText(label) + (scripted ? "*" : "");
}

type ComparedArm = ArmSummary | undefined;

function armOf({ armId, runId }: Side, arms: readonly ArmSummary[]): ComparedArm {
  return arms.find((arm) => arm.armId === armId && arm.runId === runId);
}

function rateWithInterval({ rate, low, high }: WrittenComparison["passRate"]["baseline"], between: string): string {
  return rate === null ? "-" : `${formatRate(rate)}${between}(${formatInterval(low, high)})`;
}

function pointCells(
  { value, low, high }: Pick<WrittenComparison["difference"], "value" | "low" | "high">,
  paint: Palette,
): readonly string[] {
  if (low === null || high === null) return [formatPoints(value), "-"];
  const isUnclear = low <= 0 && high >= 0;
  const colour = isUnclear ? (text: string): string => `~ ${text}` : (value ?? 0) > 0 ? paint.green : paint.red;
  return [colour(formatPoints(value)), formatPointsInterval(low, high)];
}

function ratioRow(
  { metric, baseline, candidate, ratio, reason }: WrittenRatio,
  arms: readonly ComparedArm[],
  paint: Palette,
): readonly string[] {
  const { name } = METRICS[metric];
  const sides = [baseline, candidate].map((value, index) => shownFigure({ metric, reason }, value) + marksOf(metric, value, arms[index]));
  if (!ratio || ratio.low === null || ratio.high === null) return [name, ...sides, "-", ""];
  const text = formatRatio(ratio.value);
  const isUnclear = (ratio.low <= 1 && ratio.high >= 1) || text === "x1.00";
  // More tokens read from a cache are neither better nor worse.
  const plain = (figure: string): string => figure;
  const colour = metric === "cached-tokens" ? plain : ratio.value > 1 ? paint.red : paint.green;
  return [name, ...sides, isUnclear ? `~ ${text}` : colour(text), `[${formatRatio(ratio.low)} to ${formatRatio(ratio.high)}]`];
}

// The marks that a table of arms shows beside the same figures.
function marksOf(metric: WrittenRatio["metric"], value: number | null, arm: ComparedArm): string {
  if (value === null || arm === undefined) return "";
  if (metric === "cost" || metric === "cost-per-solved") return costMarks(arm);
  return metric === "output-tokens" ? outputMark(arm) : "";
}
