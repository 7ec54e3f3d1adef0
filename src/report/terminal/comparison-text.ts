import type { TaskPair } from "../../analysis/comparison.ts";
import { doubtNotes, hasSpeed, SPEED_NOTE } from "../../core/figure.ts";
import { counted, formatP, formatPoints, formatPointsInterval } from "../../core/format.ts";
import { clipped, oneLine } from "../../core/printable.ts";
import { familyWords } from "../allowance-words.ts";
import { METRICS } from "../comparison-words.ts";
import { fitText, wrapText } from "../wrap.ts";
import type { Report, WrittenComparison, WrittenRatio } from "../written-report.ts";
import type { Palette } from "./palette.ts";
import { publishedLines } from "./published-text.ts";
import { comparedArmsTable } from "./table/arm-tables.ts";
import { isGated, markedSide, metricTable, missingLines } from "./table/metric-table.ts";
import { partDifferenceTables } from "./table/part-tables.ts";
import { SCRIPTED_NOTE } from "./table/table-style.ts";

const MAX_FLIPS = 10;
const MAX_LEFT_OUT = 5;
const MAX_TASK = 60;
const MAX_VALUE = 120;
const INDENT = "  ";
const LEGEND = '~ interval includes "no difference"; x: candidate / baseline; p: how often chance shows as much';
const GATE_LEGEND = `~ interval includes "no difference"; x: candidate / baseline; the pass rate has the interval of the gate, others that at 95 %`;

/**
 * Writes comparisons: all arms side by side if there are more than two, then each against the first. Without a terminal each closing sentence takes one line, so that it
 * can be searched for. With a gate the closing sentences are left out, because the gate gives the verdict.
 */
export function comparisonText(report: Report, paint: Palette): string {
  const { comparisons, gate, published } = report;
  const several = comparisons.length > 1 ? [comparedArmsTable(report, paint)] : [];
  const notes = noteLines(report, paint);
  const blocks = comparisons.map((comparison) => {
    const closing = gate ? [] : ["", paint.bold(oneLine(comparison.sentence)), ...capLine(comparison, paint)];
    return [...comparisonLines(comparison, report, paint), ...closing].join("\n");
  });
  if (published)
    return fitText([...(notes.length > 0 ? [notes.join("\n"), ""] : []), ...publishedLines(published, paint)].join("\n"), paint.width);
  return fitText([...several, ...(notes.length > 0 ? [notes.join("\n")] : []), ...blocks].join("\n\n"), paint.width);
}

function capLine({ capNote }: WrittenComparison, paint: Palette): readonly string[] {
  return capNote === null ? [] : [paint.yellow(oneLine(capNote))];
}

// What a reader must know about the trials before any figure.
function noteLines({ arms, unfinished, caps, capStops, isolation, groups, heldBack }: Report, paint: Palette): readonly string[] {
  const sum = (figure: "errors" | "tampered"): number => arms.reduce((total, arm) => total + arm[figure], 0);
  const errors = `Left out of all figures: ${counted(sum("errors"), "trial")} that ended with an error of the harness or a provider.`;
  return [
    ...(arms.some(({ scripted }) => scripted) ? [paint.dim(SCRIPTED_NOTE)] : []),
    ...unfinished.map((sentence) => paint.yellow(oneLine(sentence))),
    ...caps.slice(0, capStops.length).map((sentence) => paint.yellow(oneLine(sentence))),
    ...[...isolation, ...heldBack].map((sentence) => paint.yellow(oneLine(sentence))),
    ...groups.map((sentence) => paint.dim(wrapText(oneLine(sentence), { width: paint.width }))),
    ...(sum("errors") > 0 ? [paint.yellow(errors)] : []),
    ...(sum("tampered") > 0
      ? [paint.red(`Tampering was found or attempted in ${counted(sum("tampered"), "trial")}; see "bench show".`)]
      : []),
    ...doubtNotes(arms).map((note) => paint.dim(wrapText(note, { width: paint.width }))),
    ...(arms.some(hasSpeed) ? [paint.dim(wrapText(SPEED_NOTE, { width: paint.width }))] : []),
  ];
}

function comparisonLines(comparison: WrittenComparison, report: Report, paint: Palette): readonly string[] {
  const family = report.comparisons.length;
  return [
    paint.bold(wrapText(titleOf(comparison, report), { width: paint.width })),
    "",
    metricTable(comparison, report, paint),
    ...missingLines(comparison).map((line) => paint.dim(wrapText(line, { indent: INDENT, width: paint.width }))),
    paint.dim(wrapText(isGated(comparison) ? GATE_LEGEND : LEGEND, { width: paint.width })),
    "",
    ...testLines(comparison, family).map((line) => wrapText(line, { indent: INDENT, width: paint.width })),
    ...flipLines(comparison, paint),
    ...leftOutLine(comparison.tasks.leftOut, paint),
    ...(comparison.repeatsNote === null ? [] : [wrapText(oneLine(comparison.repeatsNote), { indent: INDENT, width: paint.width })]),
    ...mismatchLines(comparison, paint),
    ...partDifferenceTables(comparison, paint),
  ];
}

function titleOf({ baseline, candidate, tasks, scope }: WrittenComparison, { runs }: Report): string {
  const attempts = [baseline, candidate].map(({ runId }) => runs.find(({ id }) => id === runId)?.attempts ?? 0);
  const [before = 0, after = 0] = attempts;
  const each = before === after ? `${counted(before, "attempt")} each` : `${before} and ${after} attempts each`;
  const leftOut = tasks.leftOut.length > 0 ? `, ${tasks.leftOut.length} left out` : "";
  const over = scope === "tasks" ? "tasks like these" : `exactly these ${counted(tasks.compared, "task")}`;
  return oneLine(
    `${markedSide(candidate)} against ${markedSide(baseline)} on ${counted(tasks.compared, "task")}, ${each}${leftOut}; intervals are for ${over}`,
  );
}

function testLines(comparison: WrittenComparison, family: number): readonly string[] {
  const { baseline, difference, signFlipP, powerNote, allowances } = comparison;
  const { value, low, high, p, adjustedP } = difference;
  const interval = low === null || high === null ? "no interval" : formatPointsInterval(low, high);
  const judgedAmong = familyWords(allowances, oneLine(baseline.label)) ?? (family > 1 ? `all ${family} comparisons` : null);
  // A gate decides by the interval, at a risk of its own.
  const figures = isGated(comparison)
    ? []
    : [
        ...(p === null ? [] : [formatP(p)]),
        ...(adjustedP !== null && judgedAmong !== null ? [`${formatP(adjustedP)} among ${judgedAmong} (Holm)`] : []),
        ...(signFlipP === null ? [] : [`exact sign-flip test ${formatP(signFlipP)}`]),
      ];
  return [
    value === null
      ? "Difference in pass rate: nothing was compared"
      : [`Difference in pass rate: ${formatPoints(value)} ${interval}`, ...figures].join("; "),
    ...(powerNote === null ? [] : [powerNote]),
    ...ratioTests(comparison.ratios),
    ...(comparison.unevenNote === null ? [] : [comparison.unevenNote]),
  ];
}

// Beside the intervals in the table, for those who are asked for a p.
function ratioTests(ratios: readonly WrittenRatio[]): readonly string[] {
  const tested = ratios.flatMap(({ metric, p }) =>
    p !== null && TESTED.includes(metric) ? [`${METRICS[metric].name.toLowerCase()} ${formatP(p)}`] : [],
  );
  return tested.length === 0 ? [] : [`Equal cost and time: ${tested.join("; ")}`];
}

const TESTED: readonly WrittenRatio["metric"][] = ["cost", "cost-per-solved", "time"];

function flipLines({ better, worse, tied }: WrittenComparison, paint: Palette): readonly string[] {
  if (better.length + worse.length + tied === 0) return [];
  const width = Math.max(...[...better, ...worse].map(({ taskId }) => shownTask(taskId).length), 0);
  return [
    `Tasks: ${better.length} better, ${worse.length} worse, ${tied} alike`,
    ...flipped(better, { margin: "  better  ", width, colour: paint.green }),
    ...flipped(worse, { margin: "  worse   ", width, colour: paint.red }),
  ];
}

function flipped(
  pairs: readonly TaskPair[],
  { margin, width, colour }: { readonly margin: string; readonly width: number; readonly colour: (text: string) => string },
): readonly string[] {
  const lines = pairs
    .slice(0, MAX_FLIPS)
    .map(({ taskId, baseline, candidate }) =>
      colour(
        `${margin}${shownTask(taskId).padEnd(width)}  ${baseline.passed}/${baseline.trials} -> ${candidate.passed}/${candidate.trials}`,
      ),
    );
  return pairs.length > MAX_FLIPS ? [...lines, `${margin}and ${pairs.length - MAX_FLIPS} more; --json lists all`] : lines;
}

function shownTask(taskId: string): string {
  return clipped(oneLine(taskId), MAX_TASK);
}

function leftOutLine(leftOut: readonly string[], paint: Palette): readonly string[] {
  if (leftOut.length === 0) return [];
  const more = leftOut.length > MAX_LEFT_OUT ? ` and ${leftOut.length - MAX_LEFT_OUT} more` : "";
  const names = leftOut.slice(0, MAX_LEFT_OUT).map(shownTask).join(", ");
  return [
    wrapText(`Left out: ${names}${more} (no grade on one side, or another version of the task)`, { indent: INDENT, width: paint.width }),
  ];
}

function mismatchLines({ mismatches }: WrittenComparison, paint: Palette): readonly string[] {
  return mismatches.map(({ what, baseline, candidate, misleading }) => {
    const line = `${oneLine(what)}: ${clipped(oneLine(baseline), MAX_VALUE)} against ${clipped(oneLine(candidate), MAX_VALUE)}`;
    return misleading
      ? paint.red(wrapText(`The figures are misleading: the sides differ in ${line}`, { indent: INDENT, width: paint.width }))
      : paint.dim(wrapText(`The sides differ in ${line}`, { indent: INDENT, width: paint.width }));
  });
}
