import Table from "cli-table3";
import stringWidth from "string-width";
import wrapAnsi from "wrap-ansi";
import { brokenName } from "../../wrap.ts";
import { drawn, PLAIN_BORDERS } from "./table-style.ts";

/** One column of a table, from its head down; cells may hold colours. */
export type Column = {
  readonly head: string;
  readonly cells: readonly string[];
  /** `name` and `text` are broken into lines where the table is too wide: a name after a hyphen or the like, a text between words. A `figure` never is, and stands to the right. */
  readonly kind: "name" | "text" | "word" | "figure";
  /** Texts and names stand to the left unless told otherwise. */
  readonly align?: "right";
  /** When the column is left out of a table that is too wide: the highest number first; a column without one stays. */
  readonly drop?: number;
};

/** Returns what makes a column of these rows: from its head, its kind, what it shows of a row, and when it is left out. */
export function columnsOf<Row>(
  rows: readonly Row[],
): (head: string, kind: Column["kind"], show: (row: Row) => string, drop?: number) => Column {
  return (head, kind, show, drop) => ({ head, kind, cells: rows.map(show), ...(drop === undefined ? {} : { drop }) });
}

const GAP = 2;
// A name in fewer columns is hard to read: before that, figures go.
const READABLE = 16;
const LEAST = 8;

/**
 * Draws a table in at most `width` columns of a terminal, or in as many as it takes where that is null. Names and texts are broken first, then columns are left out and named below;
 * where even that is too wide, each row is drawn as a list.
 *
 * No line is wider than `width`, unless a single word is.
 */
export function fittedTable(columns: readonly Column[], width: number | null): string {
  if (width === null) return draw(columns);
  let shown = columns;
  const hidden: string[] = [];
  for (;;) {
    const broken = fitted(shown, width, READABLE);
    if (broken !== null) return draw(broken) + hiddenLine(hidden, columns, width);
    const next = nextToDrop(shown);
    if (next === undefined) break;
    shown = shown.filter((column) => column !== next);
    hidden.push(next.head);
  }
  const narrow = fitted(shown, width, LEAST);
  return (narrow === null ? stacked(shown, width) : draw(narrow)) + hiddenLine(hidden, columns, width);
}

function nextToDrop(columns: readonly Column[]): Column | undefined {
  return columns.reduce<Column | undefined>(
    (found, column) => (column.drop !== undefined && (found?.drop === undefined || column.drop > found.drop) ? column : found),
    undefined,
  );
}

function hiddenLine(hidden: readonly string[], columns: readonly Column[], width: number): string {
  if (hidden.length === 0) return "";
  const names = columns.flatMap(({ head }) => (hidden.includes(head) ? [head.replaceAll("\n", "")] : []));
  return `\n${wrapAnsi(`(not in ${width} columns: ${names.join(", ")})`, width)}`;
}

/** Breaks heads between words, then names and texts, the widest first, until the columns fit; null where they cannot, or only in fewer than `least` columns. */
function fitted(columns: readonly Column[], width: number, least: number): readonly Column[] | null {
  const whole = columns.map(widthOf);
  const fits = whole.reduce((sum, one) => sum + one + GAP, -GAP) <= width;
  const widths = fits ? whole : columns.map(widthBelowHead);
  const isBreakable = (index: number): boolean => columns[index]?.kind === "name" || columns[index]?.kind === "text";
  let excess = widths.reduce((sum, one) => sum + one + GAP, -GAP) - width;
  while (excess > 0) {
    const widest = widths.reduce((best, one, index) => (isBreakable(index) && one > (widths[best] ?? -1) ? index : best), -1);
    const next = widths.reduce((most, one, index) => (isBreakable(index) && index !== widest && one > most ? one : most), least);
    const now = widths[widest] ?? 0;
    if (widest < 0 || now <= least) return null;
    const cut = Math.min(excess, Math.max(1, now - Math.max(next, least)));
    widths[widest] = now - cut;
    excess -= cut;
  }
  return columns.map((column, index) => brokenTo(column, widths[index] ?? 0));
}

function brokenTo(column: Column, width: number): Column {
  if (width >= widthOf(column)) return column;
  const head = wrapAnsi(column.head, width, { hard: true });
  if (column.kind === "figure" || column.kind === "word") return { ...column, head };
  const broken = (text: string): string => (column.kind === "name" ? brokenName(text, width) : wrapAnsi(text, width, { hard: true }));
  return { ...column, head, cells: column.cells.map(broken) };
}

// A head may stand on several lines, one word on each.
function widthBelowHead({ head, cells }: Column): number {
  return Math.max(...head.split(/\s/).map((word) => stringWidth(word)), ...cells.map(widestLine));
}

const widthOf = ({ head, cells }: Column): number => Math.max(...[head, ...cells].map(widestLine));

const widestLine = (text: string): number => Math.max(...text.split("\n").map((line) => stringWidth(line)));

function draw(columns: readonly Column[]): string {
  const table = new Table({
    head: columns.map(({ head }) => head),
    colAligns: columns.map(({ kind, align }) => (kind === "figure" ? "right" : (align ?? "left"))),
    ...PLAIN_BORDERS,
  });
  for (const [row] of columns[0]?.cells.entries() ?? []) table.push(columns.map(({ cells }) => cells[row] ?? ""));
  return drawn(table);
}

/** Draws each row as its first cell with the others below, each behind the head of its column. */
function stacked([first, ...others]: readonly Column[], width: number): string {
  const indent = Math.max(...others.map(({ head }) => widestLine(head.replaceAll("\n", " ")))) + 2 * GAP;
  const rows = first?.cells.map((cell, row) => [
    wrapAnsi(cell, width, { hard: true }),
    ...others.map(({ head, cells }) => {
      const label = `${" ".repeat(GAP)}${head.replaceAll("\n", " ")}`.padEnd(indent);
      const lines = wrapAnsi(cells[row] ?? "", Math.max(LEAST, width - indent), { hard: true }).split("\n");
      return lines.map((line, index) => (index === 0 ? label : " ".repeat(indent)) + line).join("\n");
    }),
  ]);
  return rows?.map((lines) => lines.map((line) => line.trimEnd()).join("\n")).join("\n") ?? "";
}

/** Draws a table whose columns are alike, such as one for each model, in blocks of as many as fit beside the first. */
export function tableInBlocks([first, ...others]: readonly Column[], width: number | null): string {
  if (first === undefined) return "";
  if (width === null) return draw([first, ...others]);
  const blocks: string[] = [];
  let left = others;
  do {
    let size = left.length;
    while (size > 1 && fitted([first, ...left.slice(0, size)], width, READABLE) === null) size -= 1;
    blocks.push(fittedTable([first, ...left.slice(0, size)], width));
    left = left.slice(size);
  } while (left.length > 0);
  return blocks.join("\n\n");
}
