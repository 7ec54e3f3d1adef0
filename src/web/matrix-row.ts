import { counted } from "../core/format.ts";
import { h } from "./dom.ts";
import { armName, type Cell, changeOf, type PageModel, type Row } from "./page-model.ts";

const MARKS = { all: "✓", some: "◐", none: "✗", error: "!" };

/** A row of the matrix; `mark` shows what is better and worse than a baseline. */
export type MatrixRow = { readonly element: HTMLElement; readonly mark: (baseline: number) => void };

type RowInput = { readonly page: PageModel; readonly openCell: (task: number, arm: number) => void };

/** Makes the row of a task; `openCell` is called with the indexes of the cell that a reader clicks. */
export function matrixRow(row: Row, task: number, { page, openCell }: RowInput): MatrixRow {
  const taskId = page.tasks[task] ?? "";
  const versions = new Set(row.filter((cell) => cell !== null).map((cell) => cell.version));
  const other =
    versions.size > 1 ? h("span", { class: "quiet", title: "The arms were given different versions of this task" }, " †") : null;
  const cells = page.arms.map((arm, index) => matrixCell(row[index] ?? null, `${taskId}, ${armName(arm)}`, () => openCell(task, index)));
  const element = h(
    "tr",
    {},
    h("th", { scope: "row" }, taskId, other),
    cells.map(({ element: td }) => td),
  );
  const mark = (baseline: number): void => {
    for (const [arm, cell] of cells.entries()) cell.mark(changeOf(row, arm, baseline));
  };
  return { element, mark };
}

type MatrixCell = { readonly element: HTMLElement; readonly mark: (difference: number | null) => void };

function matrixCell(cell: Cell | null, name: string, open: () => void): MatrixCell {
  if (!cell || cell.trials + cell.errors === 0)
    return { element: h("td", { class: "empty", "aria-label": `${name}: no trial` }, "–"), mark: () => undefined };
  const kind = kindOf(cell);
  const change = h("span", { class: "delta", "aria-hidden": "true" });
  const extra = [
    cell.errors > 0 && cell.trials > 0 ? h("span", { class: "extra" }, `!${cell.errors}`) : null,
    cell.tampered > 0 ? h("span", { class: "extra tampered" }, "⚑") : null,
  ];
  const count = cell.trials > 0 ? `${cell.passed}/${cell.trials}` : `${cell.errors} err`;
  const errors = cell.errors > 0 ? `, ${counted(cell.errors, "error")}` : "";
  const label = `${name}: ${cell.passed} of ${cell.trials} passed${errors}${cell.tampered > 0 ? ", tampered" : ""}`;
  const button = h(
    "button",
    { type: "button", class: `cell ${kind}`, tabindex: -1, click: open },
    h("span", { "aria-hidden": "true" }, MARKS[kind]),
    ` ${count}`,
    extra,
    change,
  );
  const mark = (difference: number | null): void => {
    const direction = difference === null || difference === 0 ? null : difference > 0 ? "better" : "worse";
    change.textContent = direction === null ? "" : { better: "▲", worse: "▼" }[direction];
    change.className = `delta ${direction ?? ""}`;
    button.setAttribute("aria-label", direction === null ? label : `${label}, ${direction} than the baseline`);
  };
  return { element: h("td", {}, button), mark };
}

function kindOf({ passed, trials }: Cell): keyof typeof MARKS {
  if (trials === 0) return "error";
  if (passed === trials) return "all";
  return passed === 0 ? "none" : "some";
}

type Move = readonly [down: number, right: number];

const MOVES: Readonly<Record<string, Move>> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** Lets Tab reach one cell and the arrow keys the others from it, so that a reader need not tab through thousands. */
export function moveByKeys(table: HTMLTableElement, rowCount: number): void {
  const first = table.querySelector<HTMLElement>("button.cell");
  if (first) first.tabIndex = 0;
  table.addEventListener("focusin", ({ target }) => {
    if (!isCellButton(target)) return;
    for (const other of table.querySelectorAll<HTMLElement>('button.cell[tabindex="0"]')) other.tabIndex = -1;
    target.tabIndex = 0;
  });
  table.addEventListener("keydown", (event) => {
    const move = MOVES[event.key];
    if (!move || !isCellButton(event.target)) return;
    event.preventDefault();
    neighbour(event.target, move, rowCount)?.focus();
  });
}

function isCellButton(target: EventTarget | null): target is HTMLElement {
  return target instanceof HTMLElement && target.classList.contains("cell");
}

// Hidden rows and cells without a trial are passed over.
function neighbour(from: HTMLElement, [down, right]: Move, rowCount: number): HTMLElement | null {
  const td = from.closest("td");
  let row: Element | null = td?.parentElement ?? null;
  let column = td?.cellIndex ?? 0;
  const maxMoves = rowCount + (row?.children.length ?? 0);
  for (let moves = 0; moves <= maxMoves; moves++) {
    if (down !== 0) row = (down > 0 ? row?.nextElementSibling : row?.previousElementSibling) ?? null;
    column += right;
    if (!(row instanceof HTMLTableRowElement) || column < 1 || column >= row.cells.length) return null;
    const button = row.hidden ? null : (row.cells[column]?.querySelector<HTMLElement>("button.cell") ?? null);
    if (button) return button;
  }
  return null;
}
