import type { PartDifference } from "../../../analysis/comparison.ts";
import type { Part } from "../../../analysis/part/part.ts";
import type { ArmSummary } from "../../../analysis/summary.ts";
import { CURVE_NOTE, curveCells, curveSizes } from "../../../core/curve.ts";
import { formatPoints, formatPointsInterval, formatRate } from "../../../core/format.ts";
import { PARTS_NOTE, partRateText, partRows } from "../../../core/part-rows.ts";
import { oneLine } from "../../../core/printable.ts";

import { brokenName, fitText, wrapText } from "../../wrap.ts";
import type { WrittenComparison } from "../../written-report.ts";
import type { Palette } from "../palette.ts";
import { columnsOf, fittedTable, tableInBlocks } from "./fitted-table.ts";
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
  const found = partRows(arms).map(({ part, results }) => ({ ...part, results }));
  const tables = tablesByKind(found, (rows) => {
    const column = columnsOf(rows);
    const first = column(HEADS[rows[0]?.kind ?? "tag"], "name", ({ name }) => cellText(name));
    const ofArms = arms.map((arm, index) =>
      column(brokenName(markedName(arm), MAX_HEAD), "figure", ({ results }) => partRateText(results[index])),
    );
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
  const table = fittedTable(
    [
      column(`Of ${curveSizes(rows.map(({ curve }) => curve))} attempts`, "name", markedName),
      column("Any passes", "figure", ({ curve }) => curveCells(curve)[0]),
      column("Any: interval", "figure", ({ curve }) => curveCells(curve)[1], 1),
      column("All pass", "figure", ({ curve }) => curveCells(curve)[2]),
      column("All: interval", "figure", ({ curve }) => curveCells(curve)[3]),
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

function differenceCell({ difference, shown }: PartDifference, paint: Palette): string {
  const { value, low, high } = difference;
  const text = formatPoints(value);
  if (shown !== null) return shown === "better" ? paint.green(text) : paint.red(text);
  return low !== null && high !== null && low <= 0 && high >= 0 ? `~ ${text}` : text;
}
