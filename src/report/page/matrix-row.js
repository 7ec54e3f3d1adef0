import { armName, changeOf } from "./data.js";
import { counted, h } from "./dom.js";

const KINDS = {
  all: { mark: "✓", told: "all passed" },
  some: { mark: "◐", told: "some passed" },
  none: { mark: "✗", told: "none passed" },
  error: { mark: "!", told: "only errors" },
};

/** Makes the row of a task; `mark` shows what is better and worse than a baseline. */
export function matrixRow(row, task, { page, openCell }) {
  const versions = new Set(row.filter((cell) => cell !== null).map((cell) => cell.version));
  const other = versions.size > 1 ? h("span", { class: "quiet", title: "The arms took different versions of this task" }, " †") : null;
  const cells = row.map((cell, arm) => matrixCell(cell, `${page.tasks[task]}, ${armName(page.arms[arm])}`, () => openCell(task, arm)));
  const element = h(
    "tr",
    {},
    h("th", { scope: "row" }, page.tasks[task], other),
    cells.map(({ element: td }) => td),
  );
  const mark = (baseline) => {
    cells.forEach((cell, arm) => {
      cell.mark(changeOf(row, arm, baseline));
    });
  };
  return { element, mark };
}

function matrixCell(cell, name, open) {
  if (!cell || cell.trials + cell.errors === 0)
    return { element: h("td", { class: "empty", "aria-label": `${name}: no trial` }, "–"), mark: () => {} };
  const kind = kindOf(cell);
  const change = h("span", { class: "delta", "aria-hidden": "true" });
  const extra = [
    cell.errors > 0 && cell.trials > 0 ? h("span", { class: "extra" }, `!${cell.errors}`) : null,
    cell.tampered > 0 ? h("span", { class: "extra tampered" }, "⚑") : null,
  ];
  const count = cell.trials > 0 ? `${cell.passed}/${cell.trials}` : `${cell.errors} err`;
  const told = `${name}: ${cell.passed} of ${cell.trials} passed${cell.errors > 0 ? `, ${counted(cell.errors, "error")}` : ""}${cell.tampered > 0 ? ", tampered" : ""}`;
  const button = h(
    "button",
    { type: "button", class: `cell ${kind}`, tabindex: -1, click: open },
    h("span", { "aria-hidden": "true" }, KINDS[kind].mark),
    ` ${count}`,
    extra,
    change,
  );
  const mark = (difference) => {
    const direction = difference === null || difference === 0 ? "" : difference > 0 ? "better" : "worse";
    change.textContent = { better: "▲", worse: "▼" }[direction] ?? "";
    change.className = `delta ${direction}`;
    button.setAttribute("aria-label", direction === "" ? told : `${told}, ${direction} than the baseline`);
  };
  return { element: h("td", {}, button), mark };
}

function kindOf({ passed, trials }) {
  if (trials === 0) return "error";
  if (passed === trials) return "all";
  return passed === 0 ? "none" : "some";
}

/** Lets Tab reach one cell and the arrow keys the others from it, so that a reader need not pass thousands. */
export function roam(table, rows) {
  const first = table.querySelector("button.cell");
  if (first) first.tabIndex = 0;
  table.addEventListener("focusin", ({ target }) => {
    if (!target.classList.contains("cell")) return;
    for (const other of table.querySelectorAll('button.cell[tabindex="0"]')) other.tabIndex = -1;
    target.tabIndex = 0;
  });
  table.addEventListener("keydown", (event) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!step || !event.target.classList.contains("cell")) return;
    event.preventDefault();
    neighbour(event.target.closest("td"), step, rows)?.focus();
  });
}

function neighbour(td, [down, right], rows) {
  let [row, column] = [td.parentElement, td.cellIndex];
  for (let tries = 0; tries <= rows.length + row.cells.length; tries++) {
    if (down !== 0) row = down > 0 ? row?.nextElementSibling : row?.previousElementSibling;
    column += right;
    if (!row || column < 1 || column >= row.cells.length) return null;
    const button = row.hidden ? null : row.cells[column].querySelector("button.cell");
    if (button) return button;
  }
  return null;
}
