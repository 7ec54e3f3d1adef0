import type { Trend, TrendLine, TrendPoint } from "../../analysis/trend.ts";
import { formatRate, formatUsd } from "../../core/format.ts";
import { clipped } from "../../core/printable.ts";
import { DRIFT_NOTE, driftTexts, runFlawTexts, runMarks } from "../trend-drift.ts";
import { unfinishedPoints, type Whereabouts } from "../unfinished-words.ts";
import { fitText, wrapText } from "../wrap.ts";
import type { Palette } from "./palette.ts";
import { columnsOf, fittedTable } from "./table/fitted-table.ts";
import { cellText } from "./table/table-style.ts";

// An odd width gives 50 % a column of its own.
const AXIS_WIDTH = 21;
const SPARKS = "▁▂▃▄▅▆▇█";
const NOTHING = "·";

/** Draws trends: a row for each run with its pass rate, interval and costs. */
export function trendText(trend: Trend, paint: Palette, whereabouts: Whereabouts = {}): string {
  const notes = [
    "├──●──┤ is the pass rate with its 95 % interval for tasks like these.",
    ...(trend.lines.some(({ points }) => points.some(({ armChanged }) => armChanged))
      ? ["* the model's entry, the prompt or the settings changed."]
      : []),
    ...(trend.lines.some(({ scripted }) => scripted) ? ["Scripted arms are not language models; their prices are simulated."] : []),
    ...(trend.lines.some(({ drift }) => drift.some((each) => each.p !== null)) ? [DRIFT_NOTE] : []),
  ];
  return [
    ...trend.lines.flatMap((line) => [...lineText(line, paint), ""]),
    ...unfinishedPoints(trend, whereabouts).map((text) => paint.yellow(fitText(text, paint.width))),
    ...notes.map((note) => paint.dim(wrapText(note, { width: paint.width }))),
  ].join("\n");
}

function lineText(line: TrendLine, paint: Palette): readonly string[] {
  const { points } = line;
  const column = columnsOf(points);
  const table = fittedTable(
    [
      column("Date", "word", ({ createdAt }) => cellText(createdAt.slice(0, 10))),
      column("Run", "word", (point) => cellText(point.runId) + runMarks(point)),
      column("Tag/commit", "word", ({ tags, commit }) => clipped(cellText(tags[0] ?? commit?.slice(0, 7) ?? ""), 10, ""), 1),
      column("Passed", "figure", ({ passed, trials }) => `${passed}/${trials}`),
      column("Rate", "figure", ({ passRate }) => (passRate.rate === null ? "-" : `${Math.round(100 * passRate.rate)} %`)),
      column(axisHead(), "word", ({ passRate }) => intervalPicture(passRate), 4),
      column("Trial", "figure", ({ costPerTrialUsd }) => formatUsd(costPerTrialUsd), 3),
      column("Solved", "figure", ({ passed, costPerSolvedUsd }) => (passed === 0 ? "-" : formatUsd(costPerSolvedUsd)), 2),
    ],
    paint.width,
  );
  return [
    paint.bold(cellText(line.name)) + (line.scripted ? " (scripted)" : ""),
    ...withBreaks(table, points, paint),
    ...sparkLines(line),
    ...driftTexts(line).map((text) => wrapText(text, { width: paint.width })),
    ...runFlawTexts(line).map((text) => paint.yellow(wrapText(text, { width: paint.width }))),
  ];
}

// Where the terminal is so narrow that runs are lists, there is no row to put a line above.
function withBreaks(table: string, points: readonly TrendPoint[], paint: Palette): readonly string[] {
  const [header = "", ...rows] = table.split("\n");
  if (rows.length > points.length + 1) return [header, ...rows];
  return [header, ...rows.flatMap((text, index) => [...(points[index]?.suiteChanged ? [paint.yellow(BREAK)] : []), text])];
}

const BREAK = "- - - other tasks from here on: do not compare across this line - - -";

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
