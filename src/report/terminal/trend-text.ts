import Table from "cli-table3";
import type { Trend, TrendLine, TrendPoint } from "../../analysis/trend.ts";
import { formatRate, formatUsd } from "../../core/format.ts";
import { clipped } from "../../core/printable.ts";
import { DRIFT_NOTE, driftTexts } from "../trend-drift.ts";
import { wrapText } from "../wrap.ts";
import type { Palette } from "./palette.ts";
import { cellText, drawn, PLAIN_BORDERS } from "./table-style.ts";

// An odd width gives 50 % a column of its own.
const AXIS_WIDTH = 21;
const SPARKS = "▁▂▃▄▅▆▇█";
const NOTHING = "·";

/** Draws trends for a terminal of 100 columns: a row for each run with its pass rate, interval and costs. */
export function trendText(trend: Trend, paint: Palette): string {
  const notes = [
    "├──●──┤ is the pass rate with its 95 % interval for tasks like these.",
    ...(trend.lines.some(({ points }) => points.some(({ armChanged }) => armChanged))
      ? ["* the model's entry, the prompt or the settings changed."]
      : []),
    ...(trend.lines.some(({ scripted }) => scripted) ? ["Scripted arms are not language models; their prices are simulated."] : []),
    ...(trend.lines.some(({ drift }) => drift.some((each) => each.p !== null)) ? wrapText(DRIFT_NOTE).split("\n") : []),
  ];
  return [...trend.lines.flatMap((line) => [...lineText(line, paint), ""]), ...notes.map((note) => paint.dim(note))].join("\n");
}

function lineText(line: TrendLine, paint: Palette): readonly string[] {
  const head = ["Date", "Run", "Tag/commit", "Passed", "Rate", axisHead(), "Trial", "Solved"];
  const aligns = head.map((_, index) => ([3, 4, 6, 7].includes(index) ? ("right" as const) : ("left" as const)));
  const table = new Table({ head, colAligns: aligns, ...PLAIN_BORDERS });
  for (const point of line.points) table.push(row(point));
  const [header = "", ...rows] = drawn(table).split("\n");
  const marked = rows.flatMap((text, index) => [...(line.points[index]?.suiteChanged ? [paint.yellow(BREAK)] : []), text]);
  return [
    paint.bold(cellText(line.name)) + (line.scripted ? " (scripted)" : ""),
    header,
    ...marked,
    ...sparkLines(line),
    ...driftTexts(line).map((text) => wrapText(text)),
  ];
}

const BREAK = "- - - other tasks from here on: do not compare across this line - - -";

function row(point: TrendPoint): string[] {
  return [
    cellText(point.createdAt.slice(0, 10)),
    cellText(point.runId) + (point.armChanged ? "*" : ""),
    clipped(cellText(point.tags[0] ?? point.commit?.slice(0, 7) ?? ""), 10, ""),
    `${point.passed}/${point.trials}`,
    point.passRate.rate === null ? "-" : `${Math.round(100 * point.passRate.rate)} %`,
    intervalPicture(point.passRate),
    formatUsd(point.costPerTrialUsd),
    point.passed === 0 ? "-" : formatUsd(point.costPerSolvedUsd),
  ];
}

function axisHead(): string {
  return `0${"50".padStart((AXIS_WIDTH + 1) / 2)}${"100 %".padStart((AXIS_WIDTH - 3) / 2)}`;
}

/**
 * Draws a rate with its interval on an axis from 0 to 100 %.
 *
 * @internal
 */
export function intervalPicture({ rate, low, high }: Pick<TrendPoint["passRate"], "rate" | "low" | "high">): string {
  if (rate === null) return "";
  const place = (share: number): number => Math.round(share * (AXIS_WIDTH - 1));
  const [from, to] = [place(low ?? rate), place(high ?? rate)];
  return Array.from({ length: AXIS_WIDTH }, (_, index) => {
    if (index === place(rate)) return "●";
    if (index === from) return "├";
    if (index === to) return "┤";
    return index > from && index < to ? "─" : " ";
  })
    .join("")
    .trimEnd();
}

function sparkLines({ points }: TrendLine): readonly string[] {
  if (points.length < 2) return [];
  const costs = points.map(({ costPerTrialUsd }) => costPerTrialUsd);
  const known = costs.filter((cost) => cost !== null);
  const range = known.length === 0 ? "unknown" : `${formatUsd(Math.min(...known))} to ${formatUsd(Math.max(...known))}`;
  const rateSparks = sparkline(
    points.map(({ passRate, suiteChanged }) => ({ value: passRate.rate, breaks: suiteChanged })),
    1,
  );
  const costSparks = sparkline(
    points.map(({ costPerTrialUsd, suiteChanged }) => ({ value: costPerTrialUsd, breaks: suiteChanged })),
    Math.max(...known, 0),
  );
  return [
    `pass rate       ${rateSparks}  now ${formatRate(points.at(-1)?.passRate.rate ?? null)}`,
    `cost per trial  ${costSparks}  ${range}`,
  ];
}

/**
 * A value of a sparkline; one that `breaks` cannot be compared with the values before it.
 *
 * @internal
 */
export type Spark = { readonly value: number | null; readonly breaks?: boolean };

/**
 * Draws numbers from 0 to `high` as small bars; an unknown value is a dot.
 *
 * @internal
 */
export function sparkline(sparks: readonly Spark[], high: number): string {
  return sparks
    .map(({ value, breaks }) => {
      const share = value === null || high === 0 ? 0 : value / high;
      const bar = value === null ? NOTHING : SPARKS[Math.min(SPARKS.length - 1, Math.round(share * (SPARKS.length - 1)))];
      return `${breaks ? "|" : ""}${bar}`;
    })
    .join("");
}
