import Table from "cli-table3";
import type { Comparison, Estimate, Ratio, TaskPair } from "./comparison.ts";
import { METRICS, shownFigure } from "./comparison-metric.ts";
import { formatInterval, formatP, formatPoints, formatPointsInterval, formatRate, formatRatio, plainText } from "./format.ts";
import type { Palette } from "./palette.ts";
import type { Report } from "./report.ts";
import { SCRIPTED_NOTE } from "./scripted-mark.ts";
import { summaryTable } from "./summary-table.ts";
import { drawn, plainBorders } from "./table-style.ts";

const MOST_FLIPS = 10;

/**
 * Writes comparisons for the terminal: all arms side by side where there are more than two, then each against the first, its sentence last. Under a gate the
 * gate has the last word, and the sentences are left out.
 */
export function comparisonText(report: Report, paint: Palette): string {
  const several = report.comparisons.length > 1 ? [summaryTable(report, paint), rankLine(report), ""] : [];
  const blocks = report.comparisons.map((comparison) => {
    const closing = report.gate ? [] : ["", paint.bold(plainText(comparison.sentence))];
    return [...comparisonLines(comparison, report.comparisons.length, paint), ...closing].join("\n");
  });
  return [...several, blocks.join("\n\n")].join("\n");
}

/** Says which places each arm may have. */
export function rankLine({ arms }: Report): string {
  const places = arms.flatMap(({ label, rank }) =>
    rank ? [`${label} ${rank.low === rank.high ? rank.low : `${rank.low} to ${rank.high}`}`] : [],
  );
  return `Places that the data allow (all pairs, Holm, 5 %): ${places.join(", ")} of ${arms.length}`;
}

function comparisonLines(comparison: Comparison, family: number, paint: Palette): readonly string[] {
  const { baseline, candidate, tasks, scope } = comparison;
  const over = scope === "tasks" ? "tasks like these" : "exactly these tasks";
  const title = `${marked(candidate)} against ${marked(baseline)} on ${counted(tasks.compared, "task")}; intervals are over ${over}`;
  return [
    paint.bold(plainText(title)),
    "",
    metricTable(comparison, paint),
    "",
    ...differenceLines(comparison, family),
    ...flipLines(comparison, paint),
    ...leftOutLine(tasks.leftOut),
    ...mismatchLines(comparison, paint),
    ...(baseline.scripted || candidate.scripted ? [paint.dim(SCRIPTED_NOTE)] : []),
  ];
}

function marked({ label, scripted }: Comparison["baseline"]): string {
  return scripted ? `${label}*` : label;
}

function metricTable(comparison: Comparison, paint: Palette): string {
  const { baseline, candidate, passRate, difference, repeats, ratios } = comparison;
  const head = ["", marked(baseline), marked(candidate), "Difference", "95% interval"];
  const table = new Table({ head, colAligns: ["left", "right", "right", "right", "right"], ...plainBorders });
  table.push(["Pass rate", rateWithInterval(passRate.baseline), rateWithInterval(passRate.candidate), ...pointCells(difference, paint)]);
  if (repeats) {
    const { k, passHatK, passAtK } = repeats;
    table.push([
      `All of ${k} pass`,
      formatRate(passHatK.baseline.value),
      formatRate(passHatK.candidate.value),
      ...pointCells(passHatK.difference, paint),
    ]);
    table.push([
      `Any of ${k} passes`,
      formatRate(passAtK.baseline.value),
      formatRate(passAtK.candidate.value),
      ...pointCells(passAtK.difference, paint),
    ]);
  }
  for (const ratio of ratios) table.push(ratioRow(ratio, paint));
  return drawn(table);
}

function rateWithInterval({ rate, low, high }: Comparison["passRate"]["baseline"]): string {
  return rate === null ? "-" : `${formatRate(rate)} (${formatInterval(low, high)})`;
}

function pointCells(estimate: Estimate, paint: Palette): readonly string[] {
  const { value, low, high } = estimate;
  if (low === null || high === null) return [formatPoints(value), "-"];
  const unclear = low <= 0 && high >= 0;
  const colour = unclear ? (text: string): string => `~ ${text}` : value > 0 ? paint.green : paint.red;
  return [colour(formatPoints(value)), formatPointsInterval(low, high)];
}

function ratioRow({ metric, baseline, candidate, ratio, reason }: Ratio, paint: Palette): string[] {
  const { name } = METRICS[metric];
  const shown = (value: number | null): string => shownFigure({ metric, reason }, value);
  if (!ratio || ratio.low === null || ratio.high === null) return [name, shown(baseline), shown(candidate), "-", reason ?? "-"];
  const text = formatRatio(ratio.value);
  const unclear = (ratio.low <= 1 && ratio.high >= 1) || text === "x1.00";
  const colour = unclear ? `~ ${text}` : ratio.value > 1 ? paint.red(text) : paint.green(text);
  return [name, shown(baseline), shown(candidate), colour, `[${formatRatio(ratio.low)} to ${formatRatio(ratio.high)}]`];
}

function differenceLines({ difference, signFlipP, fragile, detectable }: Comparison, family: number): readonly string[] {
  const p = difference.p === null ? [] : [formatP(difference.p)];
  const adjusted =
    family > 1 && difference.adjustedP !== null ? [`${formatP(difference.adjustedP)} for all ${family} comparisons together (Holm)`] : [];
  const flip = signFlipP === null ? [] : [`exact sign-flip test ${formatP(signFlipP)}`];
  const figures = [...p, ...adjusted, ...flip];
  return [
    ...(figures.length > 0 ? [figures.join("; ")] : []),
    ...(fragile ? ["Fragile: the two tests disagree at 5 %."] : []),
    ...(detectable === null
      ? []
      : [`A difference of ${formatPoints(detectable, { sign: false })} would have been found four times in five.`]),
  ];
}

function flipLines({ better, worse, tied }: Comparison, paint: Palette): readonly string[] {
  return [
    `Tasks: ${better.length} better, ${worse.length} worse, ${tied} alike`,
    ...flipped(better, "  better  ", paint.green),
    ...flipped(worse, "  worse   ", paint.red),
  ];
}

function flipped(pairs: readonly TaskPair[], margin: string, colour: (text: string) => string): readonly string[] {
  const lines = pairs
    .slice(0, MOST_FLIPS)
    .map(({ taskId, baseline, candidate }) =>
      colour(`${margin}${plainText(taskId)}  ${baseline.passed}/${baseline.trials} -> ${candidate.passed}/${candidate.trials}`),
    );
  return pairs.length > MOST_FLIPS ? [...lines, `${margin}and ${pairs.length - MOST_FLIPS} more; --json lists all`] : lines;
}

function leftOutLine(leftOut: readonly string[]): readonly string[] {
  if (leftOut.length === 0) return [];
  const more = leftOut.length > 5 ? ` and ${leftOut.length - 5} more` : "";
  return [`Left out: ${plainText(leftOut.slice(0, 5).join(", "))}${more} (no grade on one side, or another version)`];
}

function mismatchLines({ mismatches }: Comparison, paint: Palette): readonly string[] {
  return mismatches.map(({ what, baseline, candidate, misleading }) => {
    const line = plainText(`Not alike: ${what}: ${baseline} against ${candidate}`);
    return misleading ? paint.red(`${line} (the figures mislead)`) : paint.dim(line);
  });
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
