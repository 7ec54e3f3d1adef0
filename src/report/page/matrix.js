import { armName, changeOf, rateOf } from "./data.js";
import { breakable, counted, h, place } from "./dom.js";
import { formatRate, formatUsd } from "./format.js";
import { matrixRow, roam } from "./matrix-row.js";

const FILTERS = {
  all: { name: "All", about: "Every task", test: () => true },
  different: { name: "Different only", about: "Tasks on which any two arms differ in pass rate", test: isDifferent },
  failures: { name: "Failures", about: "Tasks with a failed trial", test: (row) => row.some((cell) => cell && cell.passed < cell.trials) },
  errors: {
    name: "Errors",
    about: "Tasks with a trial that ended in an error of the harness or a provider",
    test: (row) => row.some((cell) => cell && cell.errors > 0),
  },
  flipped: { name: "Flipped", about: "Tasks that one arm always passes and another never", test: isFlipped },
};

const SORTS = {
  suite: "As in the suite",
  name: "By name",
  hardest: "Hardest first",
  change: "Largest change first",
  dearest: "Dearest first",
};

/** Shows tasks against arms, and lets a reader filter, search, sort, pin a baseline and open a cell. */
export function showMatrix(page, state, openCell) {
  const controls = matrixControls(page, state);
  const columns = page.arms.map((arm, index) => columnHead(arm, index, { page, state }));
  const rows = page.rows.map((row, task) => matrixRow(row, task, { page, openCell }));
  const body = h(
    "tbody",
    {},
    rows.map(({ element }) => element),
  );
  const corner = h("th", { scope: "col", class: "corner" }, "Task");
  const table = h(
    "table",
    { class: "matrix" },
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        corner,
        columns.map(({ element }) => element),
      ),
    ),
    body,
  );
  place("matrix").append(table);
  roam(table, rows);
  let shownBase = -1;
  let shownSort = "suite";
  const update = (chosen) => {
    const baseline = baselineOf(page, chosen);
    if (baseline !== shownBase) for (const { mark } of rows) mark(baseline);
    for (const column of columns) column.update(baseline, chosen.show);
    const sort = `${chosen.sort}/${baseline}`;
    if (sort !== shownSort) body.append(...sorted(page, chosen.sort, baseline).map((task) => rows[task].element));
    shownBase = baseline;
    shownSort = sort;
    const visible = filterRows(page, { chosen, baseline });
    rows.forEach(({ element }, task) => {
      element.hidden = !visible[task];
    });
    controls.update(chosen, visible.filter(Boolean).length);
  };
  state.listen(update);
  update(state.get());
}

function baselineOf(page, { base }) {
  const pinned = page.arms.findIndex(({ label }) => label === base);
  return pinned >= 0 ? pinned : page.baseline;
}

function isDifferent(row) {
  return new Set(row.map(rateOf).filter((rate) => rate !== null)).size > 1;
}

function isFlipped(row) {
  const rates = row.map(rateOf);
  return rates.includes(0) && rates.includes(1);
}

// A filter of one column is written "better:its arm".
function filterRows(page, { chosen, baseline }) {
  const [direction, ...rest] = chosen.show.split(":");
  const armIndex = page.arms.findIndex(({ label }) => label === rest.join(":"));
  const ofColumn = (row) => {
    const change = changeOf(row, armIndex, baseline);
    return change !== null && (direction === "better" ? change > 0 : change < 0);
  };
  const test = armIndex >= 0 ? ofColumn : (FILTERS[chosen.show] ?? FILTERS.all).test;
  const wanted = chosen.find.trim().toLowerCase();
  return page.rows.map((row, task) => page.tasks[task].toLowerCase().includes(wanted) && test(row));
}

function sorted(page, sort, baseline) {
  const meanRate = (row) => mean(row.map(rateOf)) ?? 2;
  const cost = (row) => row.reduce((sum, cell) => sum + (cell?.costUsd ?? 0), 0);
  const change = (row) => Math.max(0, ...row.map((_cell, arm) => Math.abs(changeOf(row, arm, baseline) ?? 0)));
  const orders = {
    suite: (a, b) => a - b,
    name: (a, b) => page.tasks[a].localeCompare(page.tasks[b]),
    hardest: (a, b) => meanRate(page.rows[a]) - meanRate(page.rows[b]) || a - b,
    change: (a, b) => change(page.rows[b]) - change(page.rows[a]) || a - b,
    dearest: (a, b) => cost(page.rows[b]) - cost(page.rows[a]) || a - b,
  };
  return page.rows.map((_row, task) => task).sort(orders[sort] ?? orders.suite);
}

function mean(values) {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

function matrixControls(page, state) {
  const buttons = Object.entries(FILTERS).map(([name, { name: text, about, test }]) => {
    const count = page.rows.filter(test).length;
    const press = () => state.set({ show: name });
    return {
      name,
      element: h("button", { type: "button", class: "filter", title: about, "data-show": name, click: press }, `${text} ${count}`),
    };
  });
  const clear = h("button", { type: "button", class: "filter pressed", hidden: true, click: () => state.set({ show: "all" }) });
  const search = h("input", {
    type: "search",
    id: "find",
    placeholder: "Find a task",
    "aria-label": "Find a task",
    input: (event) => state.set({ find: event.target.value }),
  });
  const options = Object.entries(SORTS).map(([value, text]) => h("option", { value }, text));
  const select = h("select", { "aria-label": "Sort tasks", change: (event) => state.set({ sort: event.target.value }) }, options);
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

function columnHead(arm, index, { page, state }) {
  const pin = h(
    "button",
    { type: "button", class: "pin", title: "Make this the baseline", click: () => state.set({ base: arm.label }) },
    breakable(armName(arm)),
  );
  const changes = h("span", { class: "changes" });
  const cost = arm.trialCost === null ? "cost unknown" : `${formatUsd(arm.trialCost.mean)} a trial`;
  const figures = h("span", { class: "quiet" }, formatRate(arm.passRate.rate), h("br"), arm.graded === 0 ? "nothing graded" : cost);
  const element = h("th", { scope: "col" }, pin, figures, changes);
  return {
    element,
    update(baseline, show) {
      const isBase = index === baseline;
      pin.setAttribute("aria-pressed", String(isBase));
      element.classList.toggle("baseline", isBase);
      if (isBase) return changes.replaceChildren("baseline");
      const found = page.rows.map((row) => changeOf(row, index, baseline));
      const count = (direction, test) =>
        changeButton({ direction, arm, show, state }, found.filter((change) => change !== null && test(change)).length);
      changes.replaceChildren(
        count("better", (change) => change > 0),
        count("worse", (change) => change < 0),
      );
    },
  };
}

function changeButton({ direction, arm, show, state }, count) {
  const name = `${direction}:${arm.label}`;
  const told = `${counted(count, "task")} ${direction} than the baseline with ${arm.label}`;
  const press = () => state.set({ show: show === name ? "all" : name });
  const pressed = String(show === name);
  const mark = direction === "better" ? "▲" : "▼";
  return h(
    "button",
    { type: "button", class: `change ${direction}`, title: told, "aria-label": told, "aria-pressed": pressed, click: press },
    `${mark} ${count}`,
  );
}
