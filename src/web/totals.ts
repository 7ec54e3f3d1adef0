import { doubtNotes, hasSpeed, markedCost, markedOutput, SPEED_COLUMNS, SPEED_NOTE } from "../core/figure.ts";
import { counted, formatDuration, formatInterval, formatRate, formatTokens, formatUsd } from "../core/format.ts";
import { rateBar } from "./chart/bar.ts";
import { breakable, type Content, drawn, h, place } from "./dom.ts";
import type { ArmData, PageData } from "./page-data.ts";
import { armName } from "./page-model.ts";

type Key = string | number | null;
type Column = { readonly name: string; readonly key: (arm: ArmData) => Key; readonly cell: (arm: ArmData) => Content };

const ARM: Column = { name: "Arm", key: (arm) => arm.label, cell: armCell };
const RANK: Column = { name: "Place", key: (arm) => arm.rank?.low ?? null, cell: (arm) => rankText(arm.rank) };

// One column an entry: its name, what it is sorted by, and how it is shown.
const FIGURES: readonly Column[] = [
  { name: "Pass rate", key: (arm) => arm.passRate.rate, cell: (arm) => formatRate(arm.passRate.rate) },
  { name: "95 % interval", key: (arm) => arm.passRate.low, cell: intervalCell },
  { name: "Passed", key: (arm) => arm.passed, cell: (arm) => `${arm.passed}/${arm.graded}` },
  { name: "Errors", key: (arm) => arm.errors, cell: errorCell },
  { name: "Iterations", key: (arm) => arm.meanIterations, cell: (arm) => arm.meanIterations?.toFixed(1) ?? "-" },
  { name: "Uncached", key: (arm) => arm.uncachedTokens, cell: (arm) => whenGraded(arm, formatTokens(arm.uncachedTokens)) },
  { name: "Cached", key: (arm) => arm.cachedTokens, cell: (arm) => whenGraded(arm, formatTokens(arm.cachedTokens)) },
  { name: "Output", key: (arm) => arm.outputTokens, cell: (arm) => whenGraded(arm, markedOutput(arm)) },
  { name: "Cost", key: (arm) => arm.costUsd, cell: (arm) => whenGraded(arm, markedCost(arm.costUsd, arm)) },
  { name: "Cost/solved", key: (arm) => arm.costPerSolvedUsd, cell: (arm) => (arm.passed === 0 ? "-" : formatUsd(arm.costPerSolvedUsd)) },
  { name: "Median time", key: (arm) => arm.medianWorkingMs, cell: (arm) => formatDuration(arm.medianWorkingMs) },
];

const SPEED: readonly Column[] = SPEED_COLUMNS.map(({ name, key, show }) => ({ name, key: (arm) => arm[key], cell: show }));

/** Shows the figures of each arm in a table that can be sorted, and below it what a reader must know to read it. */
export function showTotals(page: PageData): void {
  const columns = [
    ARM,
    ...(page.arms.some((arm) => arm.rank !== null) ? [RANK] : []),
    ...FIGURES,
    ...(page.arms.some(hasSpeed) ? SPEED : []),
  ];
  const rows = page.arms.map((arm) => ({ arm, row: rowOf(arm, columns) }));
  const body = h(
    "tbody",
    {},
    rows.map(({ row }) => row),
  );
  let sorted = { index: -1, isDown: false };
  const heads: readonly HTMLElement[] = columns.map((column, index) => {
    const sortByColumn = (): void => {
      sorted = { index, isDown: sorted.index === index ? !sorted.isDown : index !== 0 };
      for (const head of heads) head.removeAttribute("aria-sort");
      heads[index]?.setAttribute("aria-sort", sorted.isDown ? "descending" : "ascending");
      const { isDown } = sorted;
      body.append(...rows.toSorted((a, b) => ordered(column.key(a.arm), column.key(b.arm), isDown)).map(({ row }) => row));
    };
    return h("th", { scope: "col" }, h("button", { type: "button", class: "sort", click: sortByColumn }, column.name));
  });
  place("totals").append(h("table", { class: "totals" }, h("thead", {}, h("tr", {}, heads)), body));
  place("footnotes").append(...footnotes(page).map((note) => h("li", {}, note)));
}

// Unknown values come last in either order.
function ordered(a: Key, b: Key, isDown: boolean): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const order = typeof a === "string" || typeof b === "string" ? String(a).localeCompare(String(b)) : a - b;
  return isDown ? -order : order;
}

function rowOf(arm: ArmData, columns: readonly Column[]): HTMLElement {
  return h(
    "tr",
    {},
    columns.map((column, index) => h(index === 0 ? "th" : "td", index === 0 ? { scope: "row" } : {}, column.cell(arm))),
  );
}

function armCell(arm: ArmData): Content {
  const model = arm.model === arm.name ? null : arm.model;
  const prompt = arm.prompt === "default" ? null : `prompt ${arm.prompt}`;
  const more = [model, prompt].filter((text) => text !== null).join(", ");
  return [h("span", { class: "arm" }, breakable(armName(arm))), more === "" ? null : h("span", { class: "quiet more" }, more)];
}

function intervalCell({ passRate }: ArmData): Content {
  const bar = rateBar(passRate);
  return h("span", { class: "interval" }, bar ? drawn(bar) : null, formatInterval(passRate.low, passRate.high));
}

// Coverage is shown wherever something that was planned has no grade.
function errorCell(arm: ArmData): Content {
  const count = arm.errors > 0 ? h("span", { class: "tag error" }, `! ${arm.errors}`) : "0";
  const isWhole = arm.graded >= arm.planned;
  return [
    count,
    isWhole ? null : h("span", { class: "quiet more" }, `${arm.graded}/${arm.planned} graded`),
    arm.tampered > 0 ? h("span", { class: "more" }, h("span", { class: "tag none" }, `⚑ ${arm.tampered} tampered`)) : null,
  ];
}

/** Without a graded trial there is nothing that a figure could be about. */
function whenGraded(arm: ArmData, figure: string): Content {
  return arm.graded === 0 ? "-" : figure;
}

function rankText(rank: ArmData["rank"]): string {
  if (rank === null) return "-";
  return rank.low === rank.high ? String(rank.low) : `${rank.low} to ${rank.high}`;
}

function footnotes(page: PageData): readonly string[] {
  const sum = (figure: (arm: ArmData) => number): number => page.arms.reduce((total, arm) => total + figure(arm), 0);
  const ungraded = sum((arm) => arm.ungradedUsd);
  const [errors, tampered] = [sum((arm) => arm.errors), sum((arm) => arm.tampered)];
  const notes: readonly (readonly [isNeeded: boolean, note: string])[] = [
    [page.arms.some((arm) => arm.scripted), "* scripted, not a language model."],
    [true, "Pass rates weight tasks equally; intervals are over tasks like these, at 95 %."],
    [
      errors > 0,
      'Errors are failures of the harness, a provider, the configuration or the task; they do not count against a model. "bench run --resume" runs them again.',
    ],
    [tampered > 0, `Tampering with the grader was found in ${counted(tampered, "trial")}.`],
    ...doubtNotes(page.arms).map((note): readonly [boolean, string] => [true, note]),
    [page.arms.some(hasSpeed), SPEED_NOTE],
    ...page.caps.map((sentence) => [true, sentence] as const),
    [ungraded > 1e-9, `${formatUsd(ungraded)} more went to trials that have no grade.`],
    [page.arms.some((arm) => arm.rank !== null), "Place: all places consistent with the data, after correction for the number of pairs."],
  ];
  return notes.filter(([isNeeded]) => isNeeded).map(([, note]) => note);
}
