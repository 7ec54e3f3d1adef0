import type { Side, TaskPair } from "../../analysis/comparison.ts";
import { counted, formatP, formatPoints, formatPointsInterval, formatRate, formatRatio } from "../../core/format.ts";
import { METRICS, shownFigure } from "../comparison-words.ts";
import { trialFlawWords } from "../trial-flaw-words.ts";
import type { Report, WrittenComparison } from "../written-report.ts";
import { markdownPartDifferences } from "./markdown-parts.ts";
import { markdownName, markdownSentence, markdownSide, markdownTable } from "./markdown-text.ts";

const MAX_LEFT_OUT = 5;

/** Writes one comparison of a report in Markdown: figures side by side, tests, at most `flips` flipped tasks and as many parts (folded), and other differences. */
export function markdownComparison(comparison: WrittenComparison, report: Report, flips: number): string {
  const { baseline, candidate, passRate, difference, repeats, ratios, tasks } = comparison;
  const scope = comparison.scope === "tasks" ? "tasks like these" : "exactly these tasks";
  const rates = (name: string, before: number | null, after: number | null): readonly string[] => [
    name,
    formatRate(before),
    formatRate(after),
  ];
  const rows = [
    ...flawRow([baseline, candidate], report),
    [...rates("Pass rate", passRate.baseline.rate, passRate.candidate.rate), ...pointCells(difference)],
    ...(repeats
      ? [
          [
            ...rates(`All of ${repeats.k} pass`, repeats.passHatK.baseline.value, repeats.passHatK.candidate.value),
            ...pointCells(repeats.passHatK.difference),
          ],
          [
            ...rates(`Any of ${repeats.k} passes`, repeats.passAtK.baseline.value, repeats.passAtK.candidate.value),
            ...pointCells(repeats.passAtK.difference),
          ],
        ]
      : []),
    ...ratios.map((ratio) => [
      METRICS[ratio.metric].name,
      ...[ratio.baseline, ratio.candidate].map((value) => shownFigure(ratio, value)),
      ...ratioCells(ratio),
    ]),
  ];
  const isGated = comparison.allowances.some(({ kind }) => kind === "gate");
  const interval = isGated ? "Interval (pass rate: the gate's; others 95%)" : "95% interval";
  const head = ["", markdownSide(baseline), markdownSide(candidate), "Difference", interval];
  return [
    `**${markdownSide(candidate)}** against **${markdownSide(baseline)}** on ${counted(tasks.compared, "task")}, over ${scope}${isGated ? "" : testText(comparison)}`,
    markdownTable(head, rows, ["left", "right", "right", "right", "left"]),
    flipPart(comparison, flips),
    markdownPartDifferences(comparison, flips),
    ...noteParts(comparison),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

// Above the figures that it is about.
function flawRow(sides: readonly Side[], { arms, runs }: Report): readonly (readonly string[])[] {
  const cells = sides.map(({ armId, runId }) => {
    const arm = arms.find((one) => one.armId === armId && one.runId === runId);
    const attempts = runs.find(({ id }) => id === runId)?.attempts ?? 0;
    return arm ? trialFlawWords({ ...arm, planned: arm.perTask.length * attempts }).join(", ") : "";
  });
  return cells.every((cell) => cell === "") ? [] : [["⚠️ Trials", ...cells, "", ""]];
}

function testText({ difference, signFlipP }: WrittenComparison): string {
  const { p, adjustedP } = difference;
  const figures = [
    ...(p === null ? [] : [formatP(p)]),
    ...(adjustedP !== null && adjustedP !== p ? [`adjusted ${formatP(adjustedP)}`] : []),
    ...(signFlipP === null ? [] : [`sign-flip test ${formatP(signFlipP)}`]),
  ];
  return figures.length > 0 ? ` (${figures.join(", ")})` : "";
}

function pointCells({ value, low, high }: Pick<WrittenComparison["difference"], "value" | "low" | "high">): readonly string[] {
  if (low === null || high === null) return [formatPoints(value), "-"];
  return [(low <= 0 && high >= 0 ? "\\~ " : "") + formatPoints(value), formatPointsInterval(low, high)];
}

function ratioCells({ ratio, p, reason }: WrittenComparison["ratios"][number]): readonly string[] {
  if (!ratio || ratio.low === null || ratio.high === null) return ["-", reason === null ? "-" : markdownSentence(reason)];
  const isUnclear = ratio.low <= 1 && ratio.high >= 1;
  return [
    (isUnclear ? "\\~ " : "") + formatRatio(ratio.value),
    `[${formatRatio(ratio.low)} to ${formatRatio(ratio.high)}]${p === null ? "" : `, ${formatP(p)}`}`,
  ];
}

function flipPart({ better, worse, tied }: WrittenComparison, most: number): string {
  if (better.length + worse.length + tied === 0) return "No task was compared.";
  const summary = `${counted(better.length, "task")} better, ${worse.length} worse, ${tied} alike`;
  const pairs = [...worse.map((pair) => ({ pair, direction: "worse" })), ...better.map((pair) => ({ pair, direction: "better" }))];
  if (pairs.length === 0 || most === 0) return `${summary}.`;
  const rows = pairs.slice(0, most).map(({ pair, direction }) => flipRow(pair, direction));
  return [
    "<details>",
    `<summary>${summary}</summary>`,
    "",
    markdownTable(["Task", "", "Before", "After"], rows, ["left", "left", "right", "right"]),
    ...(pairs.length > most ? ["", `and ${pairs.length - most} more`] : []),
    "",
    "</details>",
  ].join("\n");
}

function flipRow({ taskId, baseline, candidate }: TaskPair, direction: string): readonly string[] {
  return [markdownName(taskId), direction, `${baseline.passed}/${baseline.trials}`, `${candidate.passed}/${candidate.trials}`];
}

function noteParts({ powerNote, repeatsNote, unevenNote, tasks, mismatches }: WrittenComparison): readonly string[] {
  const named = tasks.leftOut.slice(0, MAX_LEFT_OUT).map(markdownName).join(", ");
  const more = tasks.leftOut.length > MAX_LEFT_OUT ? ` and ${tasks.leftOut.length - MAX_LEFT_OUT} more` : "";
  return [
    ...(powerNote === null ? [] : [powerNote]),
    ...(unevenNote === null ? [] : [unevenNote]),
    ...(repeatsNote === null ? [] : [markdownSentence(repeatsNote)]),
    ...(tasks.leftOut.length > 0 ? [`Left out: ${named}${more} (no grade on one side, or another version of the task)`] : []),
    ...mismatches.map(
      ({ what, baseline, candidate, misleading }) =>
        `${misleading ? "⚠️ The figures are misleading, the sides differ in " : "The sides differ in "}${markdownName(what)}: ${markdownName(baseline)} against ${markdownName(candidate)}`,
    ),
  ];
}
