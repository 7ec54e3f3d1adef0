import { counted, formatInterval, formatP, formatPoints, formatPointsInterval, formatRate } from "../../core/format.ts";
import { oneLine } from "../../core/printable.ts";
import { wrapText } from "../wrap.ts";
import type { WrittenPublished } from "../written-report.ts";
import type { Palette } from "./palette.ts";
import { cellText } from "./table/table-style.ts";

/** Writes the comparison of an arm with a published figure, line by line; the closing sentence takes one line. */
export function publishedLines(
  { candidate, passRate, published, difference, sentence }: WrittenPublished,
  paint: Palette,
): readonly string[] {
  const name = cellText(candidate.label) + (candidate.scripted ? "*" : "");
  const p = difference.p === null ? "" : `; ${formatP(difference.p)}`;
  const bounds =
    difference.low === null || difference.high === null ? "no interval" : formatPointsInterval(difference.low, difference.high);
  return [
    paint.bold(wrapText(`${name} against a published figure; its uncertainty counts, and nothing is paired`, { width: paint.width })),
    "",
    ...[
      `${name}: ${formatRate(passRate.rate)} (95% interval ${formatInterval(passRate.low, passRate.high)}) on ${counted(passRate.tasks, "task")}, ${counted(passRate.trials, "trial")}`,
      `Published: ${formatRate(published.value)} (95% interval ${formatInterval(published.low, published.high)}) on ${counted(published.tasks, "task")}`,
      `Difference: ${formatPoints(difference.value)} ${bounds}${p}`,
    ].map((line) => wrapText(line, { indent: "  ", width: paint.width })),
    "",
    paint.bold(oneLine(sentence)),
  ];
}
