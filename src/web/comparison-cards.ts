import type { Estimate, RatioMetric } from "../analysis/comparison.ts";
import { costMarks } from "../core/figure.ts";
import {
  counted,
  formatDuration,
  formatP,
  formatPoints,
  formatPointsInterval,
  formatRate,
  formatRatio,
  formatTokens,
  formatUsd,
} from "../core/format.ts";
import { differenceBar } from "./chart/bar.ts";
import { breakable, drawn, folded, h, place, plainTable } from "./dom.ts";
import type { ArmData, ComparisonData, PageData, RatioData } from "./page-data.ts";
import { partDifferences } from "./parts.ts";

const METRICS: Readonly<Record<RatioMetric, { readonly name: string; readonly format: (value: number) => string }>> = {
  iterations: { name: "Iterations", format: (value) => value.toFixed(1) },
  "uncached-tokens": { name: "Uncached tokens", format: formatTokens },
  "cached-tokens": { name: "Cached tokens", format: formatTokens },
  "output-tokens": { name: "Output tokens", format: formatTokens },
  cost: { name: "Cost", format: formatUsd },
  "cost-per-solved": { name: "Cost per solved", format: formatUsd },
  time: { name: "Time", format: formatDuration },
};

const FIRST_TASKS = 12;

/** On which side of a comparison's baseline a task stands. */
export type Direction = "better" | "worse";

/** What a reader can do with a comparison: filter the matrix by its tasks, or open one task on both sides. */
export type ComparisonActions = {
  readonly filter: (direction: Direction, comparison: ComparisonData) => void;
  readonly openPair: (task: number, comparison: ComparisonData) => void;
};

/** Shows each comparison: its sentence first, then what it rests on. */
export function showComparisons(page: PageData, actions: ComparisonActions): void {
  if (page.comparisons.length === 0) {
    place("comparisons-section").hidden = true;
    return;
  }
  place("comparisons").append(...page.comparisons.map((comparison) => card(comparison, page, actions)));
}

function card(comparison: ComparisonData, page: PageData, actions: ComparisonActions): HTMLElement {
  const { labels, verdict, sentence, capNote, compared, leftOut } = comparison;
  const leftOutTitle = `${counted(leftOut.length, "task")} left out of ${compared + leftOut.length}`;
  return h(
    "article",
    { class: `card verdict-${verdict.kind}` },
    h("h3", {}, breakable(labels.candidate), h("span", { class: "quiet" }, " against ", breakable(labels.baseline))),
    h("p", { class: "sentence" }, sentence),
    capNote === null ? null : h("p", {}, capNote),
    differenceLine(comparison),
    h(
      "div",
      { class: "columns" },
      taskList(comparison, { page, actions, direction: "better" }),
      taskList(comparison, { page, actions, direction: "worse" }),
    ),
    h(
      "div",
      { class: "scroll" },
      plainTable(
        "plain ratios",
        ["A trial takes", "Baseline", "Candidate", "Ratio", "95 % interval"],
        comparison.ratios.map((ratio) =>
          ratioRow(ratio, { baseline: page.arms[comparison.baseline], candidate: page.arms[comparison.candidate] }),
        ),
      ),
    ),
    h("p", { class: "quiet" }, notes(comparison).join(" ")),
    partDifferences(comparison),
    leftOut.length > 0 ? folded(leftOutTitle, h("p", { class: "quiet" }, leftOut.join(", "))) : null,
  );
}

// The p-values are of a comparison at 5 %, which is not what a gate decides at.
function differenceLine({ difference, labels, passRate, allowances }: ComparisonData): HTMLElement {
  const { value, low, high } = difference;
  if (value === null) return h("div", { class: "difference" }, h("p", {}, "Nothing was compared."));
  const isGated = allowances.some(({ kind }) => kind === "gate");
  const { p, adjustedP } = isGated ? { p: null, adjustedP: null } : difference;
  const parts = [formatPoints(value)];
  if (low !== null && high !== null) parts.push(formatPointsInterval(low, high));
  if (p !== null) parts.push(formatP(p));
  if (adjustedP !== null && adjustedP !== p) parts.push(`adjusted ${formatP(adjustedP)}`);
  const text = parts.join(", ");
  const rates = ` (${formatRate(passRate.candidate.rate)} ${labels.candidate}, ${formatRate(passRate.baseline.rate)} ${labels.baseline})`;
  return h(
    "div",
    { class: "difference" },
    h("div", { role: "img", "aria-label": `Difference in pass rate: ${text}` }, drawn(differenceBar({ value, low, high }))),
    h("p", {}, h("strong", {}, text), rates),
  );
}

type ListInput = { readonly page: PageData; readonly actions: ComparisonActions; readonly direction: Direction };

function taskList(comparison: ComparisonData, { page, actions, direction }: ListInput): HTMLElement {
  const tasks = comparison[direction];
  const mark = direction === "better" ? "▲" : "▼";
  if (tasks.length === 0) return h("div", {}, h("p", { class: "quiet" }, `${mark} no task ${direction}`));
  const chip = (task: number): HTMLElement =>
    h("button", { type: "button", class: `chip ${direction}`, click: () => actions.openPair(task, comparison) }, page.tasks[task]);
  const rest = tasks.slice(FIRST_TASKS);
  return h(
    "div",
    {},
    h(
      "button",
      { type: "button", class: `filter ${direction}`, "data-list": direction, click: () => actions.filter(direction, comparison) },
      `${mark} ${counted(tasks.length, "task")} ${direction}: show in the matrix`,
    ),
    h("div", { class: "chips" }, tasks.slice(0, FIRST_TASKS).map(chip)),
    rest.length > 0 ? folded(`${rest.length} more`, h("div", { class: "chips" }, rest.map(chip))) : null,
  );
}

type ComparedArms = { readonly baseline: ArmData | undefined; readonly candidate: ArmData | undefined };

function ratioRow({ metric, baseline, candidate, ratio, p, reason, missing }: RatioData, arms: ComparedArms): HTMLElement {
  const { name, format } = METRICS[metric];
  const isCost = metric === "cost" || metric === "cost-per-solved";
  const side = (value: number | null, arm: ArmData | undefined): HTMLElement =>
    h("td", {}, value === null ? missing : format(value) + (isCost && arm ? costMarks(arm) : ""));
  const cells = ratio === null ? [h("td", { colspan: 2, class: "quiet" }, reason ?? "-")] : ratioCells(ratio, p);
  return h("tr", {}, h("th", { scope: "row" }, name), side(baseline, arms.baseline), side(candidate, arms.candidate), cells);
}

// A tilde stands for a ratio whose interval contains 1.
function ratioCells({ value, low, high }: Estimate, p: number | null): readonly HTMLElement[] {
  if (low === null || high === null) return [h("td", {}, formatRatio(value)), h("td", {}, "-")];
  const isOpen = low <= 1 && high >= 1;
  return [
    isOpen ? h("td", { title: `${formatRatio(value)}; x1 is in the interval` }, "~") : h("td", {}, h("strong", {}, formatRatio(value))),
    h("td", {}, `${formatRatio(low)} to ${formatRatio(high)}${p === null ? "" : `, ${formatP(p)}`}`),
  ];
}

function notes({ scope, compared, tied, powerNote, repeatsNote, unevenNote, repeats }: ComparisonData): readonly string[] {
  const over =
    scope === "tasks" ? `Over tasks like these, from ${counted(compared, "task")};` : `Over exactly these ${counted(compared, "task")};`;
  return [
    over,
    `${tied} tied.`,
    ...(powerNote === null ? [] : [powerNote]),
    ...(repeatsNote === null ? [] : [`${repeatsNote}.`]),
    ...(unevenNote === null ? [] : [unevenNote]),
    ...(repeats ? [repeatNote("All", repeats.k, repeats.passHatK), repeatNote("At least one", repeats.k, repeats.passAtK)] : []),
  ];
}

type Sides = { readonly baseline: Estimate; readonly candidate: Estimate };

function repeatNote(which: string, k: number, { baseline, candidate }: Sides): string {
  return `${which} of ${k} attempts passed: ${formatRate(candidate.value)} against ${formatRate(baseline.value)}.`;
}
