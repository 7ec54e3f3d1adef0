import type { GateResult, SequentialPath } from "../../analysis/gate/gate-result.ts";
import type { ArmSummary } from "../../analysis/summary.ts";
import { doubtNotes, hasSpeed, SPEED_COLUMNS, SPEED_NOTE, usedCells } from "../../core/figure.ts";
import { counted, formatDuration, formatInterval, formatPoints, formatPointsInterval, formatRate, formatUsd } from "../../core/format.ts";
import { acceptanceSentence, otherReasons, STATE_WORDS, savedSentence } from "../gate-words.ts";
import { placeOf } from "../terminal/table/arm-tables.ts";
import type { Report, WrittenComparison, WrittenGate } from "../written-report.ts";
import { markdownComparison } from "./markdown-comparison.ts";
import { markdownAttempts, markdownParts } from "./markdown-parts.ts";
import { markdownName, markdownSentence, markdownSide, markdownTable } from "./markdown-text.ts";

/** The line by which a comment of bench is found again on a pull request. */
const MARKER = "<!-- bench-report -->";
// GitHub takes 65,536 characters.
const MAX_CHARACTERS = 60_000;
const MAX_ARMS = 60;
// Each is a column.
const MAX_PART_ARMS = 8;

type Room = { readonly flips: number; readonly comparisons: number };
// Lists are cut before comparisons are, and comparisons before anything else.
const ROOMS: readonly Room[] = [
  { flips: 50, comparisons: 12 },
  { flips: 15, comparisons: 12 },
  { flips: 5, comparisons: 6 },
  { flips: 0, comparisons: 3 },
];

/** Writes a report in GitHub's Markdown, for a comment or a step summary: the verdict first, then the figures, with lists folded and shortened to fit. */
export function markdownReport(report: Report): string {
  const drafts = ROOMS.map((room) => partsOf(report, room));
  const parts = drafts.find((found) => found.join("\n\n").length <= MAX_CHARACTERS) ?? drafts.at(-1) ?? [];
  return cutTo(parts, MAX_CHARACTERS);
}

function partsOf(report: Report, room: Room): readonly string[] {
  const { gate, comparisons } = report;
  const shown = comparisons.slice(0, room.comparisons);
  const left = comparisons.length - shown.length;
  return [
    MARKER,
    gate ? gateHead(gate) : headline(report, shown),
    report.unfinished.map((sentence) => `⚠️ ${markdownSentence(sentence)}`).join("\n\n"),
    capLines(report).join("\n\n"),
    armTable(report.arms),
    markdownAttempts(report.arms.slice(0, MAX_ARMS)),
    comparisons.length > 0 ? "" : markdownParts(report.arms.slice(0, MAX_PART_ARMS), room.flips),
    ...(gate ? [gateDetail(gate)] : []),
    ...shown.map((comparison) => markdownComparison(comparison, report, room.flips)),
    ...(left > 0 ? [`and ${counted(left, "more comparison")}`] : []),
    footnotes(report),
  ].filter((part) => part !== "");
}

// Leaves out whole parts rather than cutting a table in half.
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

function headline({ arms, runs, published }: Report, shown: readonly WrittenComparison[]): string {
  if (published) return `**${markdownSentence(published.sentence)}**`;
  if (shown.length > 0) return shown.map(verdict).join("\n\n");
  const suites = [...new Set(runs.map(({ suite }) => markdownName(suite)))].join(", ");
  return `**${counted(arms.length, "arm")} on ${counted(arms[0]?.perTask.length ?? 0, "task")} of ${suites}**`;
}

function verdict({ sentence, capNote }: WrittenComparison): string {
  return `**${markdownSentence(sentence)}**${capNote === null ? "" : `\n\n⚠️ ${markdownSentence(capNote)}`}`;
}

// With comparisons or a gate, what caps did to the trials of an arm is said there.
function capLines({ caps, capStops, comparisons, gate }: Report): readonly string[] {
  const shown = comparisons.length > 0 || gate ? caps.slice(0, capStops.length) : caps;
  return shown.slice(0, MAX_ARMS).map((sentence) => `⚠️ ${markdownSentence(sentence)}`);
}

const ICON: Readonly<Record<GateResult["outcome"], string>> = {
  pass: "✅ Pass",
  fail: "❌ Fail",
  inconclusive: "❔ Cannot tell",
  invalid: "⚠️ Invalid",
};

function gateHead(gate: WrittenGate): string {
  const reasons = otherReasons(gate).map((reason) => `- ${markdownSentence(reason)}`);
  return [`### ${ICON[gate.outcome]}: ${markdownSentence(gate.sentence)}`, "", ...reasons].join("\n");
}

function gateDetail(gate: WrittenGate): string {
  const accepted = `${acceptanceSentence(gate)}.`;
  return gate.sequential ? `${accepted} ${savedSentence(gate.sequential)}\n\n${pathTable(gate.sequential)}` : accepted;
}

function pathTable({ looks, plannedRounds }: SequentialPath): string {
  const rows = looks.map(({ round, difference, low, high, state }) => [
    `${round} of ${plannedRounds}`,
    formatPoints(difference),
    formatPointsInterval(low, high),
    STATE_WORDS[state],
  ]);
  return markdownTable(["Round", "Difference", "Interval", "So far"], rows, ["left", "right", "right", "left"]);
}

const ARM_HEAD = ["Model", "Pass rate", "95% interval", "Passed", "Errors", "Iterations", "Uncached", "Cached", "Output", "Cost"];

function armTable(arms: readonly ArmSummary[]): string {
  if (arms.length === 0) return "";
  const isRanked = arms.length > 2 && arms.some(({ rank }) => rank !== null);
  const speed = arms.some(hasSpeed) ? SPEED_COLUMNS : [];
  const head = [...ARM_HEAD, "Cost/solved", "Median time", ...speed.map(({ name }) => name), ...(isRanked ? ["Place"] : [])];
  const rows = arms
    .slice(0, MAX_ARMS)
    .map((arm) => [...armCells(arm), ...speed.map(({ show }) => show(arm)), ...(isRanked ? [placeOf(arm)] : [])]);
  const table = markdownTable(
    head,
    rows,
    head.map((_, index) => (index === 0 ? "left" : "right")),
  );
  return arms.length > MAX_ARMS ? `${table}\n\nand ${counted(arms.length - MAX_ARMS, "more arm")}` : table;
}

function armCells(arm: ArmSummary): readonly string[] {
  return [
    markdownSide(arm),
    formatRate(arm.passRate.rate),
    formatInterval(arm.passRate.low, arm.passRate.high),
    `${arm.passed}/${arm.graded}`,
    String(arm.errors),
    arm.meanIterations === null ? "-" : arm.meanIterations.toFixed(1),
    ...(arm.graded === 0 ? ["-", "-", "-", "-"] : usedCells(arm)),
    arm.passed === 0 ? "-" : formatUsd(arm.costPerSolvedUsd),
    formatDuration(arm.medianWorkingMs),
  ];
}

function footnotes({ arms, runs, comparisons, isolation, groups, heldBack }: Report): string {
  const sum = (figure: (arm: ArmSummary) => number): number => arms.reduce((total, arm) => total + figure(arm), 0);
  const [errors, tampered] = [sum((arm) => arm.errors), sum((arm) => arm.tampered)];
  const lines = [
    ...(tampered > 0 ? [`⚠️ Tampering was found or attempted in ${counted(tampered, "trial")}.`] : []),
    ...[...isolation, ...heldBack].map((sentence) => `⚠️ ${markdownSentence(sentence)}`),
    ...groups.map(markdownSentence),
    ...(errors > 0
      ? ["Errors are failures of the harness, a provider, the configuration or the task; they do not count against a model."]
      : []),
    ...doubtNotes(arms).map(markdownSentence),
    ...(arms.some(hasSpeed) ? [SPEED_NOTE] : []),
    ...(arms.some(({ scripted }) => scripted) ? ["\\* scripted, not a language model"] : []),
    ...runs.map(
      ({ id, suite, harnessVersion }) => `Run ${markdownName(id)} of ${markdownName(suite)}, bench ${markdownName(harnessVersion)}`,
    ),
    ...(comparisons.length > 0 ? ['\\~ the interval includes "no difference"; x is candidate / baseline'] : []),
  ];
  return lines.length > 0 ? `<sub>${lines.join("<br>")}</sub>` : "";
}
