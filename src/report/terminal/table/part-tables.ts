import type { PartDifference } from "../../../analysis/comparison.ts";
import type { AttemptsCurve } from "../../../analysis/part/attempts-curve.ts";
import type { Part, PartResult } from "../../../analysis/part/part.ts";
import type { ArmSummary } from "../../../analysis/summary.ts";
import { CURVE_NOTE, curveSizes, curveText } from "../../../core/curve.ts";
import { formatInterval, formatPoints, formatPointsInterval, formatRate } from "../../../core/format.ts";
import { oneLine } from "../../../core/printable.ts";
import { PARTS_NOTE } from "../../part-words.ts";
import { brokenName, fitText, wrapText } from "../../wrap.ts";
import type { WrittenComparison } from "../../written-report.ts";
import type { Palette } from "../palette.ts";
import { type Column, columnsOf, fittedTable, tableInBlocks } from "./fitted-table.ts";
import { cellText, markedName } from "./table-style.ts";

// Rows of each kind; the others are in JSON.
const MAX_ROWS = 8;
const MAX_HEAD = 20;
// In fewer columns, names in heads take several lines.
const WIDE = 100;
const NARROW_HEAD = 10;
const HEADS = { tag: "By tag", group: "By group" } as const;

/** Draws the pass rates of arms by tag and by group, the largest parts first; nothing where tasks have neither. */
export function partTables(arms: readonly ArmSummary[], paint: Palette): readonly string[] {
  const found = new Map(arms.flatMap(({ parts }) => parts.map((part) => [keyOf(part), part] as const)));
  const tables = tablesByKind([...found.values()], (rows) => {
    const column = columnsOf(rows);
    const first = column(HEADS[rows[0]?.kind ?? "tag"], "name", ({ name }) => cellText(name));
    const ofArms = arms.map(({ name, api, parts }): Column => {
      const known = new Map(parts.map((part) => [keyOf(part), part]));
      return {
        head: brokenName(markedName({ name, api }), MAX_HEAD),
        kind: "figure",
        cells: rows.map((part) => rateCell(known.get(keyOf(part)))),
      };
    });
    return tableInBlocks([first, ...ofArms], paint.width);
  });
  return tables.length === 0 ? [] : ["", ...tables, paint.dim(fitText(PARTS_NOTE, paint.width))];
}

/** Draws the differences of a comparison by tag and by group, with what they show together; nothing where tasks have neither. */
export function partDifferenceTables({ parts, partsNote, baseline, candidate }: WrittenComparison, paint: Palette): readonly string[] {
  if (partsNote === null) return [];
  const tables = tablesByKind(parts, (rows) => {
    const column = columnsOf(rows);
    const isNarrow = paint.width !== null && paint.width < WIDE;
    const side = (name: string): string => brokenName(cellText(name), isNarrow ? NARROW_HEAD : MAX_HEAD);
    const columns = [
      column(HEADS[rows[0]?.kind ?? "tag"], "name", ({ name }) => cellText(name)),
      column("Tasks", "figure", ({ tasks }) => String(tasks), 2),
      column(side(baseline.label), "figure", ({ passRate }) => formatRate(passRate.baseline.rate), 1),
      column(side(candidate.label), "figure", ({ passRate }) => formatRate(passRate.candidate.rate), 1),
      column("Difference", "figure", (part) => differenceCell(part, paint)),
      column("95% interval", "figure", ({ difference: { low, high } }) =>
        low === null || high === null ? "-" : formatPointsInterval(low, high),
      ),
    ];
    return fittedTable(columns, paint.width);
  });
  return ["", ...tables, paint.dim(wrapText(oneLine(partsNote), { width: paint.width }))];
}

/** Draws how often some and all of several attempts pass, a line for each arm; nothing where no arm has several attempts. */
export function attemptsTable(arms: readonly ArmSummary[], paint: Palette): readonly string[] {
  const rows = arms.flatMap(({ name, api, attemptsCurve }) => (attemptsCurve === null ? [] : [{ name, api, curve: attemptsCurve }]));
  if (rows.length === 0) return [];
  const column = columnsOf(rows);
  const interval = (which: "any" | "all", curve: AttemptsCurve): string => {
    const last = curve.at(-1)?.[which];
    return formatInterval(last?.low ?? null, last?.high ?? null);
  };
  const table = fittedTable(
    [
      column(`Of ${curveSizes(rows.map(({ curve }) => curve))} attempts`, "name", markedName),
      column("Any passes", "figure", ({ curve }) => curveText(curve, "any")),
      column("Any: interval", "figure", ({ curve }) => interval("any", curve), 1),
      column("All pass", "figure", ({ curve }) => curveText(curve, "all")),
      column("All: interval", "figure", ({ curve }) => interval("all", curve)),
    ],
    paint.width,
  );
  return [table, paint.dim(fitText(CURVE_NOTE, paint.width)), ""];
}

function tablesByKind<P extends Part>(parts: readonly P[], draw: (rows: readonly P[]) => string): readonly string[] {
  return (["tag", "group"] as const).flatMap((kind) => {
    const own = parts.filter((part) => part.kind === kind);
    if (own.length === 0) return [];
    const more = own.length > MAX_ROWS ? [`and ${own.length - MAX_ROWS} more; --json lists all`] : [];
    return [draw(own.slice(0, MAX_ROWS)), ...more];
  });
}

function keyOf({ kind, name }: Part): string {
  return `${kind} ${name}`;
}

function rateCell(part: PartResult | undefined): string {
  if (part === undefined || part.passRate.rate === null) return "-";
  const { rate, low, high, tasks } = part.passRate;
  const bounds = low === null || high === null ? "" : ` (${formatInterval(low, high)})`;
  return `${formatRate(rate)}${bounds} of ${tasks}`;
}

function differenceCell({ difference, shown }: PartDifference, paint: Palette): string {
  const { value, low, high } = difference;
  const text = formatPoints(value);
  if (shown !== null) return shown === "better" ? paint.green(text) : paint.red(text);
  return low !== null && high !== null && low <= 0 && high >= 0 ? `~ ${text}` : text;
}
