import { markedCost } from "../core/figure.ts";
import { counted, formatRate } from "../core/format.ts";
import type { Direction } from "./comparison-cards.ts";
import { breakable, h, place } from "./dom.ts";
import { type MatrixRow, matrixRow, moveByKeys } from "./matrix-row.ts";
import type { ArmData } from "./page-data.ts";
import { armName, changeOf, type PageModel, type Row, rateOf } from "./page-model.ts";
import type { Choice, PageState } from "./state.ts";

type RowTest = (row: Row) => boolean;
type Filter = { readonly name: string; readonly about: string; readonly test: RowTest };

const ALL: Filter = { name: "All", about: "Every task", test: () => true };
const FILTERS: Readonly<Record<string, Filter>> = {
  all: ALL,
  different: { name: "Different only", about: "Tasks on which any two arms differ in pass rate", test: isDifferent },
  failures: { name: "Failures", about: "Tasks with a failed trial", test: (row) => row.some((cell) => cell && cell.passed < cell.trials) },
  errors: {
    name: "Errors",
    about: "Tasks with a trial that ended in an error of the harness or a provider",
    test: (row) => row.some((cell) => cell && cell.errors > 0),
  },
  flipped: { name: "Flipped", about: "Tasks that one arm always passes and another never", test: isFlipped },
};

const SORTS: Readonly<Record<string, string>> = {
  suite: "As in the suite",
  name: "By name",
  hardest: "Hardest first",
  change: "Largest change first",
  dearest: "Most expensive first",
};

/** Shows tasks against arms, and lets a reader filter, search, sort, choose a baseline and open a cell. */
export function showMatrix(page: PageModel, state: PageState, openCell: (task: number, arm: number) => void): void {
  const controls = matrixControls(page, state);
  const columns = page.arms.map((arm, index) => columnHead(arm, index, { page, state }));
  const rows = page.rows.map((row, task) => matrixRow(row, task, { page, openCell }));
  const body = h(
    "tbody",
    {},
    rows.map(({ element }) => element),
  );
  const corner = h("th", { scope: "col", class: "corner" }, "Task");
  const headings = columns.map(({ element }) => element);
  const table = h("table", { class: "matrix" }, h("thead", {}, h("tr", {}, corner, headings)), body);
  place("matrix").append(table);
  moveByKeys(table, rows.length);
  let shownBase = -1;
  let shownSort = "suite";
  const update = (chosen: Choice): void => {
    const baseline = baselineOf(page, chosen);
    if (baseline !== shownBase) for (const { mark } of rows) mark(baseline);
    for (const column of columns) column.update(baseline, chosen.show);
    const sort = `${chosen.sort}/${baseline}`;
    if (sort !== shownSort) body.append(...elementsOf(rows, sorted(page, chosen.sort, baseline)));
    shownBase = baseline;
    shownSort = sort;
    const visible = filterRows(page, chosen, baseline);
    for (const [task, { element }] of rows.entries()) element.hidden = visible[task] !== true;
    controls.update(chosen, visible.filter(Boolean).length);
  };
  state.listen(update);
  update(state.get());
}

function elementsOf(rows: readonly MatrixRow[], order: readonly number[]): readonly HTMLElement[] {
  return order.flatMap((task) => rows[task]?.element ?? []);
}

function baselineOf(page: PageModel, { base }: Choice): number {
  const pinned = page.arms.findIndex(({ label }) => label === base);
  return pinned >= 0 ? pinned : page.baseline;
}

function isDifferent(row: Row): boolean {
  return new Set(row.map(rateOf).filter((rate) => rate !== null)).size > 1;
}

function isFlipped(row: Row): boolean {
  const rates = row.map(rateOf);
  return rates.includes(0) && rates.includes(1);
}

// A filter of one column is written "better:its arm".
function filterRows(page: PageModel, chosen: Choice, baseline: number): readonly boolean[] {
  const [direction, ...rest] = chosen.show.split(":");
  const armIndex = page.arms.findIndex(({ label }) => label === rest.join(":"));
  const ofColumn: RowTest = (row) => {
    const change = changeOf(row, armIndex, baseline);
    return change !== null && (direction === "better" ? change > 0 : change < 0);
  };
  const test = armIndex >= 0 ? ofColumn : (FILTERS[chosen.show] ?? ALL).test;
  const wanted = chosen.find.trim().toLowerCase();
  return page.rows.map((row, task) => taskId(page, task).toLowerCase().includes(wanted) && test(row));
}

function taskId(page: PageModel, task: number): string {
  return page.tasks[task] ?? "";
}

type Order = (a: number, b: number) => number;

function sorted(page: PageModel, sort: string, baseline: number): readonly number[] {
  const inSuite: Order = (a, b) => a - b;
  const by = (figure: (row: Row) => number): Order => {
    const figures = page.rows.map(figure);
    return (a, b) => (figures[a] ?? 0) - (figures[b] ?? 0) || a - b;
  };
  const cost = (row: Row): number => row.reduce((sum, cell) => sum + (cell?.costUsd ?? 0), 0);
  const change = (row: Row): number => Math.max(0, ...row.map((_cell, arm) => Math.abs(changeOf(row, arm, baseline) ?? 0)));
  const orders: Readonly<Record<string, () => Order>> = {
    name: () => (a, b) => taskId(page, a).localeCompare(taskId(page, b)),
    hardest: () => by((row) => mean(row.map(rateOf)) ?? 2),
    change: () => by((row) => -change(row)),
    dearest: () => by((row) => -cost(row)),
  };
  return page.rows.map((_row, task) => task).sort(orders[sort]?.() ?? inSuite);
}

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

type Controls = { readonly update: (chosen: Choice, visible: number) => void };

function matrixControls(page: PageModel, state: PageState): Controls {
  const buttons = Object.entries(FILTERS).map(([name, { name: text, about, test }]) => {
    const press = (): void => state.set({ show: name });
    const attributes = { type: "button", class: "filter", title: about, "data-show": name, click: press };
    return { name, element: h("button", attributes, `${text} ${page.rows.filter(test).length}`) };
  });
  const clear = h("button", { type: "button", class: "filter pressed", hidden: true, click: () => state.set({ show: "all" }) });
  const search: HTMLInputElement = h("input", {
    type: "search",
    id: "find",
    placeholder: "Find a task",
    "aria-label": "Find a task",
    input: () => state.set({ find: search.value }),
  });
  const options = Object.entries(SORTS).map(([value, text]) => h("option", { value }, text));
  const select: HTMLSelectElement = h("select", { "aria-label": "Sort tasks", change: () => state.set({ sort: select.value }) }, options);
  const status = h("p", { class: "quiet", role: "status", id: "shown" });
  const filters = h(
    "div",
    { class: "filters", role: "group", "aria-label": "Which tasks are shown" },
    buttons.map(({ element }) => element),
    clear,
  );
  place("controls").append(filters, search, select, status);
  return {
    update(chosen, visible) {
      for (const { name, element } of buttons) element.setAttribute("aria-pressed", String(chosen.show === name));
      const isColumn = chosen.show.includes(":");
      clear.hidden = !isColumn;
      clear.textContent = isColumn ? `${chosen.show.replace(":", " with ")} ×` : "";
      if (search.value !== chosen.find) search.value = chosen.find;
      select.value = chosen.sort in SORTS ? chosen.sort : "suite";
      status.textContent = `${visible} of ${counted(page.tasks.length, "task")} shown`;
    },
  };
}

type ColumnHead = { readonly element: HTMLElement; readonly update: (baseline: number, show: string) => void };

function columnHead(arm: ArmData, index: number, { page, state }: { readonly page: PageModel; readonly state: PageState }): ColumnHead {
  const pin = h(
    "button",
    { type: "button", class: "pin", title: "Make this the baseline", click: () => state.set({ base: arm.label }) },
    breakable(armName(arm)),
  );
  const changes = h("span", { class: "changes" });
  const cost = arm.trialCost === null ? "cost unknown" : `${markedCost(arm.trialCost.mean, arm)} a trial`;
  const figures = h("span", { class: "quiet" }, formatRate(arm.passRate.rate), h("br"), arm.graded === 0 ? "nothing graded" : cost);
  const element = h("th", { scope: "col" }, pin, figures, changes);
  return {
    element,
    update(baseline, show) {
      const isBase = index === baseline;
      pin.setAttribute("aria-pressed", String(isBase));
      element.classList.toggle("baseline", isBase);
      if (isBase) return changes.replaceChildren("baseline");
      const found = page.rows.map((row) => changeOf(row, index, baseline)).filter((change) => change !== null);
      changes.replaceChildren(
        changeButton("better", found.filter((change) => change > 0).length, { arm, show, state }),
        changeButton("worse", found.filter((change) => change < 0).length, { arm, show, state }),
      );
    },
  };
}

type ChangeInput = { readonly arm: ArmData; readonly show: string; readonly state: PageState };

function changeButton(direction: Direction, count: number, { arm, show, state }: ChangeInput): HTMLElement {
  const filter = `${direction}:${arm.label}`;
  const label = `${counted(count, "task")} ${direction} than the baseline with ${arm.label}`;
  const press = (): void => state.set({ show: show === filter ? "all" : filter });
  const pressed = String(show === filter);
  const mark = direction === "better" ? "▲" : "▼";
  return h(
    "button",
    { type: "button", class: `change ${direction}`, title: label, "aria-label": label, "aria-pressed": pressed, click: press },
    `${mark} ${count}`,
  );
}
