import type { Comparison, Estimate, TaskPair } from "./comparison.ts";
import { METRICS, shownFigure } from "./comparison-metric.ts";
import {
  formatInterval,
  formatP,
  formatPoints,
  formatPointsInterval,
  formatRate,
  formatRatio,
  formatTokens,
  formatUsd,
  plainText,
} from "./format.ts";
import type { GateResult } from "./gate-result.ts";
import { gateSentence, savedLine } from "./gate-text.ts";
import type { ArmReport, Report } from "./report.ts";

/** By this line a comment of ours is found again on a pull request. */
const MARKER = "<!-- bench-report -->";
// GitHub takes 65,536 characters.
const MOST_CHARACTERS = 60_000;
const MOST_FLIPS = 50;
const MOST_COMPARISONS = 12;

/** Writes a report in GitHub's Markdown, for a comment or a step summary: the verdict first, the figures below, lists folded. */
export function markdownReport(report: Report): string {
  const { gate, comparisons } = report;
  const shown = comparisons.slice(0, MOST_COMPARISONS);
  const parts = [
    MARKER,
    gate ? gateHead(gate) : shown.map(({ sentence }) => `**${text(sentence)}**`).join("\n\n") || "**bench report**",
    armTable(report.arms),
    ...shown.map(comparisonPart),
    ...(comparisons.length > shown.length ? [`and ${comparisons.length - shown.length} more comparisons`] : []),
    ...(gate ? [gateDetail(gate)] : []),
    footnotes(report),
  ];
  return cutTo(
    parts.filter((part) => part !== ""),
    MOST_CHARACTERS,
  );
}

// Whole parts are left out rather than a table cut in half.
function cutTo(parts: readonly string[], most: number): string {
  const kept: string[] = [];
  let length = 0;
  for (const part of parts) {
    if (length + part.length > most) return [...kept, "The rest does not fit here; see the HTML or JSON report."].join("\n\n");
    kept.push(part);
    length += part.length + 2;
  }
  return kept.join("\n\n");
}

const ICON: Readonly<Record<GateResult["outcome"], string>> = {
  pass: "✅ Pass",
  fail: "❌ Fail",
  inconclusive: "❔ Cannot tell",
  invalid: "⚠️ Invalid",
};

function gateHead(gate: GateResult): string {
  return [`### ${ICON[gate.outcome]}: ${text(gateSentence(gate))}`, "", ...gate.reasons.map((reason) => `- ${text(reason)}`)].join("\n");
}

function gateDetail({ sequential, margin, alpha }: GateResult): string {
  const promise = `Accepted drop ${formatPoints(margin, { sign: false })}, risk of each wrong claim ${100 * alpha} %.`;
  if (!sequential) return promise;
  const rows = sequential.looks.map(
    ({ round, difference, low, high, state }) =>
      `| ${round} of ${sequential.plannedRounds} | ${formatPoints(difference)} | ${formatPointsInterval(low, high)} | ${state} |`,
  );
  return [`${promise} ${savedLine(sequential)}`, "", "| Round | Difference | Interval | State |", "|---|---:|---|---|", ...rows].join("\n");
}

function armTable(arms: readonly ArmReport[]): string {
  if (arms.length === 0) return "";
  const head = "| Model | Pass rate | 95% interval | Passed | Errors | Iterations | Uncached | Cached | Output | Cost | Cost/solved |";
  const rows = arms.map((arm) => {
    const cells = [
      text(arm.label) + (arm.scripted ? "\\*" : ""),
      formatRate(arm.passRate.rate),
      formatInterval(arm.passRate.low, arm.passRate.high),
      `${arm.passed}/${arm.graded}`,
      String(arm.errors),
      arm.meanIterations === null ? "-" : arm.meanIterations.toFixed(1),
      formatTokens(arm.uncachedTokens),
      formatTokens(arm.cachedTokens),
      formatTokens(arm.outputTokens),
      arm.graded === 0 ? "-" : formatUsd(arm.costUsd),
      arm.passed === 0 ? "-" : formatUsd(arm.costPerSolvedUsd),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [head, `|---|${"---:|".repeat(10)}`, ...rows].join("\n");
}

function comparisonPart(comparison: Comparison): string {
  const { baseline, candidate, difference, passRate, repeats, ratios, tasks } = comparison;
  const scope = comparison.scope === "tasks" ? "tasks like these" : "exactly these tasks";
  const rows = [
    ["Pass rate", formatRate(passRate.baseline.rate), formatRate(passRate.candidate.rate), ...pointCells(difference)],
    ...(repeats
      ? [
          [
            `All of ${repeats.k} pass`,
            formatRate(repeats.passHatK.baseline.value),
            formatRate(repeats.passHatK.candidate.value),
            ...pointCells(repeats.passHatK.difference),
          ],
        ]
      : []),
    ...ratios.map((ratio) => [
      METRICS[ratio.metric].name,
      shownFigure(ratio, ratio.baseline),
      shownFigure(ratio, ratio.candidate),
      ...ratioCells(ratio.ratio, ratio.reason),
    ]),
  ];
  const p =
    difference.p === null
      ? ""
      : ` (${formatP(difference.p)}${difference.adjustedP !== null && difference.adjustedP !== difference.p ? `, adjusted ${formatP(difference.adjustedP)}` : ""})`;
  return [
    `**${text(candidate.label)}** against **${text(baseline.label)}** on ${tasks.compared} tasks, over ${scope}${p}`,
    "",
    `| | ${text(baseline.label)} | ${text(candidate.label)} | Difference | 95% interval |`,
    "|---|---:|---:|---:|---|",
    ...rows.map((cells) => `| ${cells.join(" | ")} |`),
    "",
    flips(comparison),
    ...mismatchLines(comparison),
  ].join("\n");
}

function pointCells({ value, low, high }: Estimate): readonly string[] {
  if (low === null || high === null) return [formatPoints(value), "-"];
  return [(low <= 0 && high >= 0 ? "\\~ " : "") + formatPoints(value), formatPointsInterval(low, high)];
}

function ratioCells(ratio: Estimate | null, reason: string | null): readonly string[] {
  if (!ratio || ratio.low === null || ratio.high === null) return ["-", reason ?? "-"];
  return [
    (ratio.low <= 1 && ratio.high >= 1 ? "\\~ " : "") + formatRatio(ratio.value),
    `[${formatRatio(ratio.low)} to ${formatRatio(ratio.high)}]`,
  ];
}

function flips({ better, worse, tied }: Comparison): string {
  const summary = `${better.length} tasks better, ${worse.length} worse, ${tied} alike`;
  if (better.length + worse.length === 0) return `${summary}.`;
  const rows = [...worse.map((pair) => flipRow(pair, "worse")), ...better.map((pair) => flipRow(pair, "better"))];
  const more = rows.length > MOST_FLIPS ? ["", `and ${rows.length - MOST_FLIPS} more`] : [];
  return [
    "<details>",
    `<summary>${summary}</summary>`,
    "",
    "| Task | | Before | After |",
    "|---|---|---:|---:|",
    ...rows.slice(0, MOST_FLIPS),
    ...more,
    "",
    "</details>",
  ].join("\n");
}

function flipRow({ taskId, baseline, candidate }: TaskPair, direction: string): string {
  return `| ${text(taskId)} | ${direction} | ${baseline.passed}/${baseline.trials} | ${candidate.passed}/${candidate.trials} |`;
}

function mismatchLines({ mismatches }: Comparison): readonly string[] {
  return mismatches.flatMap(({ what, baseline, candidate, misleading }) => [
    "",
    `${misleading ? "⚠️ The figures mislead: " : "Not alike: "}${text(what)}: ${text(baseline)} against ${text(candidate)}`,
  ]);
}

function footnotes({ arms, runs, missing, planned }: Report): string {
  const lines = [
    ...(arms.some((arm) => arm.scripted) ? ["\\* scripted, not a language model"] : []),
    ...(missing > 0 ? [`${missing} of ${planned} trials have no result yet.`] : []),
    ...runs.map((run) => `Run ${text(run.id)} of ${text(run.suite)}, bench ${text(run.harnessVersion)}`),
    "\\~ the interval contains no difference at all",
  ];
  return `<sub>${lines.join("<br>")}</sub>`;
}

// Names come from users and models: nothing in them may format, link, mention or break a table.
function text(value: string): string {
  return plainText(value)
    .replace(/\s+/g, " ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[\\`*_[\]|~#!]/g, (special) => `\\${special}`)
    .replace(/@(?=\w)/g, "@&#8203;")
    .replace(/\b(https?):\/\//g, "$1&#58;//");
}
