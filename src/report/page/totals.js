import { armName } from "./data.js";
import { breakable, counted, h, place } from "./dom.js";
import { formatDuration, formatInterval, formatRate, formatTokens, formatUsd } from "./format.js";
import { rateBar } from "./plot.js";

// One column an entry: its name, what it is sorted by, and how it is shown.
const COLUMNS = [
  { name: "Arm", key: (arm) => arm.label, cell: armCell },
  { name: "Pass rate", key: (arm) => arm.passRate.rate, cell: (arm) => formatRate(arm.passRate.rate) },
  { name: "95 % interval", key: (arm) => arm.passRate.low, cell: intervalCell },
  { name: "Passed", key: (arm) => arm.passed, cell: (arm) => `${arm.passed}/${arm.graded}` },
  { name: "Errors", key: (arm) => arm.errors, cell: errorCell },
  {
    name: "Iterations",
    key: (arm) => arm.meanIterations,
    cell: (arm) => (arm.meanIterations === null ? "-" : arm.meanIterations.toFixed(1)),
  },
  { name: "Uncached", key: (arm) => arm.uncachedTokens, cell: (arm) => formatTokens(arm.uncachedTokens) },
  { name: "Cached", key: (arm) => arm.cachedTokens, cell: (arm) => formatTokens(arm.cachedTokens) },
  { name: "Output", key: (arm) => arm.outputTokens, cell: (arm) => formatTokens(arm.outputTokens) },
  { name: "Cost", key: (arm) => arm.costUsd, cell: costCell },
  { name: "Cost/solved", key: (arm) => arm.costPerSolvedUsd, cell: (arm) => (arm.passed === 0 ? "-" : formatUsd(arm.costPerSolvedUsd)) },
  { name: "Median time", key: (arm) => arm.medianWorkingMs, cell: (arm) => formatDuration(arm.medianWorkingMs) },
];

const RANK = { name: "Place", key: (arm) => arm.rank?.low ?? null, cell: (arm) => rankText(arm.rank) };

/** Shows the figures of each arm in a table that can be sorted, and below it what a reader must know to read it. */
export function showTotals(page) {
  const columns = page.arms.some((arm) => arm.rank !== null) ? [COLUMNS[0], RANK, ...COLUMNS.slice(1)] : COLUMNS;
  const body = h("tbody");
  const heads = columns.map((column, index) =>
    h("th", { scope: "col" }, h("button", { type: "button", class: "sort", click: () => sortBy(index) }, column.name)),
  );
  const rows = page.arms.map((arm) => ({ arm, row: rowOf(arm, columns) }));
  let sorted = { index: -1, down: false };
  function sortBy(index) {
    sorted = { index, down: sorted.index === index ? !sorted.down : index !== 0 };
    heads.forEach((head, at) => {
      if (at === index) head.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    body.append(...rows.toSorted((a, b) => ordered(a.arm, b.arm, { key: columns[index].key, down: sorted.down })).map(({ row }) => row));
  }
  body.append(...rows.map(({ row }) => row));
  place("totals").append(h("table", { class: "totals" }, h("thead", {}, h("tr", {}, heads)), body));
  place("footnotes").append(...footnotes(page).map((note) => h("li", {}, note)));
}

// What is unknown comes last, whichever way is sorted.
function ordered(a, b, { key, down }) {
  const [left, right] = [key(a), key(b)];
  if (left === null || right === null) return (left === null) - (right === null);
  const order = typeof left === "string" ? left.localeCompare(right) : left - right;
  return down ? -order : order;
}

function rowOf(arm, columns) {
  return h(
    "tr",
    {},
    columns.map((column, index) => h(index === 0 ? "th" : "td", index === 0 ? { scope: "row" } : {}, column.cell(arm))),
  );
}

function armCell(arm) {
  const model = arm.model === arm.name ? null : arm.model;
  const prompt = arm.prompt === "default" ? null : `prompt ${arm.prompt}`;
  const more = [model, prompt].filter((text) => text !== null).join(", ");
  return [h("span", { class: "arm" }, breakable(armName(arm))), more === "" ? null : h("span", { class: "quiet more" }, more)];
}

function intervalCell(arm) {
  return h("span", { class: "interval" }, rateBar(arm.passRate), formatInterval(arm.passRate.low, arm.passRate.high));
}

// Coverage is told wherever something that was planned has no grade.
function errorCell(arm) {
  const count = arm.errors > 0 ? h("span", { class: "tag error" }, `! ${arm.errors}`) : "0";
  const isWhole = arm.graded >= arm.planned;
  return [
    count,
    isWhole ? null : h("span", { class: "quiet more" }, `${arm.graded}/${arm.planned} graded`),
    arm.tampered > 0 ? h("span", { class: "more" }, h("span", { class: "tag none" }, `⚑ ${arm.tampered} tampered`)) : null,
  ];
}

function costCell(arm) {
  if (arm.graded === 0) return "-";
  return formatUsd(arm.costUsd) + (arm.unbilledAttempts > 0 ? "+" : "");
}

function rankText(rank) {
  if (rank === null) return "-";
  return rank.low === rank.high ? String(rank.low) : `${rank.low} to ${rank.high}`;
}

function footnotes(page) {
  const sum = (figure) => page.arms.reduce((total, arm) => total + figure(arm), 0);
  const ungraded = sum((arm) => arm.ungradedUsd);
  const [errors, tampered, unbilled] = [sum((arm) => arm.errors), sum((arm) => arm.tampered), sum((arm) => arm.unbilledAttempts)];
  const notes = [
    [page.arms.some((arm) => arm.scripted), "* scripted, not a language model."],
    [true, "Pass rates weigh tasks equally; intervals are over tasks like these, at 95 %."],
    [
      errors > 0,
      'Errors are failures of the harness or a provider; they do not count against a model. "bench run --resume" runs them again.',
    ],
    [tampered > 0, `Tampering with the grader was found in ${counted(tampered, "trial")}.`],
    [unbilled > 0, `+ ${counted(unbilled, "request")} failed or were cut and may have been billed on top.`],
    [ungraded > 1e-9, `${formatUsd(ungraded)} more went to trials that have no grade.`],
    [page.arms.some((arm) => arm.rank !== null), "Place: all that the data leave open, after correction for the number of pairs."],
  ];
  return notes.filter(([isTold]) => isTold).map(([, note]) => note);
}
