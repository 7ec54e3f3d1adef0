import { breakable, counted, folded, h, place } from "./dom.js";
import { formatDuration, formatP, formatPoints, formatPointsInterval, formatRate, formatRatio, formatTokens, formatUsd } from "./format.js";
import { differenceBar } from "./plot.js";

const METRICS = {
  iterations: { name: "Iterations", format: (value) => value.toFixed(1) },
  "uncached-tokens": { name: "Uncached tokens", format: formatTokens },
  "cached-tokens": { name: "Cached tokens", format: formatTokens },
  "output-tokens": { name: "Output tokens", format: formatTokens },
  cost: { name: "Cost", format: formatUsd },
  "cost-per-solved": { name: "Cost per solved", format: formatUsd },
  time: { name: "Time", format: formatDuration },
};

const FIRST_TASKS = 12;

/** Shows each comparison: its sentence first, then what it rests on. `actions` filters the matrix or opens a task. */
export function showComparisons(page, actions) {
  if (page.comparisons.length === 0) {
    place("comparisons-section").hidden = true;
    return;
  }
  place("comparisons").append(...page.comparisons.map((comparison) => card(comparison, page, actions)));
}

function card(comparison, page, actions) {
  const { labels, verdict, sentence, compared, leftOut } = comparison;
  return h(
    "article",
    { class: `card verdict-${verdict.kind}` },
    h("h3", {}, breakable(labels.candidate), h("span", { class: "quiet" }, " against ", breakable(labels.baseline))),
    h("p", { class: "sentence" }, sentence),
    differenceLine(comparison),
    h(
      "div",
      { class: "columns" },
      taskList(comparison, { page, actions, direction: "better" }),
      taskList(comparison, { page, actions, direction: "worse" }),
    ),
    ratioTable(comparison),
    h("p", { class: "quiet" }, notes(comparison).join(" ")),
    leftOut.length > 0
      ? folded(
          `${counted(leftOut.length, "task")} left out of ${compared + leftOut.length}`,
          h("p", { class: "quiet" }, leftOut.join(", ")),
        )
      : null,
  );
}

function differenceLine({ difference, labels, passRate }) {
  const { value, low, high, p, adjustedP } = difference;
  const parts = [formatPoints(value)];
  if (low !== null && high !== null) parts.push(formatPointsInterval(low, high));
  if (p !== null) parts.push(formatP(p));
  if (adjustedP !== null && adjustedP !== p) parts.push(`adjusted ${formatP(adjustedP)}`);
  const text = parts.join(", ");
  const label = `Difference in pass rate: ${text}`;
  return h(
    "div",
    { class: "difference" },
    h("div", { role: "img", "aria-label": label }, differenceBar(difference)),
    h(
      "p",
      {},
      h("strong", {}, text),
      ` (${formatRate(passRate.candidate.rate)} ${labels.candidate}, ${formatRate(passRate.baseline.rate)} ${labels.baseline})`,
    ),
  );
}

function taskList(comparison, { page, actions, direction }) {
  const tasks = comparison[direction];
  const mark = direction === "better" ? "▲" : "▼";
  if (tasks.length === 0) return h("div", {}, h("p", { class: "quiet" }, `${mark} no task ${direction}`));
  const chip = (task) =>
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

function ratioTable({ ratios }) {
  const head = ["A trial takes", "Baseline", "Candidate", "Ratio", "95 % interval"].map((text) => h("th", { scope: "col" }, text));
  return h(
    "div",
    { class: "scroll" },
    h("table", { class: "plain ratios" }, h("thead", {}, h("tr", {}, head)), h("tbody", {}, ratios.map(ratioRow))),
  );
}

function ratioRow({ metric, baseline, candidate, ratio, reason }) {
  const { name, format } = METRICS[metric];
  const missing = reason === "a cost is unknown" ? "unknown" : "-";
  const side = (value) => h("td", {}, value === null ? missing : format(value));
  const cells = ratio === null ? [h("td", { colspan: 2, class: "quiet" }, reason ?? "-")] : ratioCells(ratio);
  return h("tr", {}, h("th", { scope: "row" }, name), side(baseline), side(candidate), cells);
}

// The tilde says that the two may as well be equal.
function ratioCells({ value, low, high }) {
  if (low === null || high === null) return [h("td", {}, formatRatio(value)), h("td", {}, "-")];
  const isOpen = low <= 1 && high >= 1;
  const interval = `${formatRatio(low)} to ${formatRatio(high)}`;
  return [
    isOpen ? h("td", { title: `${formatRatio(value)}, which may as well be x1` }, "~") : h("td", {}, h("strong", {}, formatRatio(value))),
    h("td", {}, interval),
  ];
}

function notes({ scope, compared, tied, detectable, fragile, repeats }) {
  const told = [
    scope === "tasks" ? `Over tasks like these, from ${counted(compared, "task")};` : `Over exactly these ${counted(compared, "task")};`,
    `${tied} tied.`,
  ];
  if (detectable !== null)
    told.push(`A difference of ${formatPoints(detectable).replace("+", "")} would have been found four times in five.`);
  if (fragile) told.push("Fragile: an exact test falls on the other side of 5 %.");
  if (repeats) told.push(repeatNote("All", repeats.k, repeats.passHatK), repeatNote("At least one", repeats.k, repeats.passAtK));
  return told;
}

function repeatNote(which, k, { baseline, candidate }) {
  return `${which} of ${k} attempts passed: ${formatRate(candidate.value)} against ${formatRate(baseline.value)}.`;
}
