import type { Part } from "../../analysis/part/part.ts";
import type { ArmSummary } from "../../analysis/summary.ts";
import { CURVE_NOTE, curveCells, curveSizes } from "../../core/curve.ts";
import { counted, formatPoints, formatPointsInterval, formatRate } from "../../core/format.ts";
import { PARTS_NOTE, partRateText, partRows } from "../../core/part-rows.ts";
import type { WrittenComparison } from "../written-report.ts";
import { markdownName, markdownSentence, markdownSide, markdownTable } from "./markdown-text.ts";

/** Writes how often any and all of several attempts pass, a row for each arm; empty where no arm has several. */
export function markdownAttempts(arms: readonly ArmSummary[]): string {
  const rows = arms.flatMap((arm) => (arm.attemptsCurve === null ? [] : [{ arm, curve: arm.attemptsCurve }]));
  if (rows.length === 0) return "";
  const head = [`Of ${curveSizes(rows.map(({ curve }) => curve))} attempts`, "Any passes", "95% interval", "All pass", "95% interval"];
  const cells = rows.map(({ arm, curve }) => [markdownSide(arm), ...curveCells(curve)]);
  return `${markdownTable(head, cells, ["left", "right", "right", "right", "right"])}\n\n<sub>${markdownSentence(CURVE_NOTE)}</sub>`;
}

/** Writes the pass rates of arms by tag and group, folded, at most `most` rows; empty where tasks have neither. */
export function markdownParts(arms: readonly ArmSummary[], most: number): string {
  const parts = partRows(arms);
  if (parts.length === 0 || most === 0) return "";
  const rows = parts.slice(0, most).map(({ part, results }) => [...nameCells(part), ...results.map(partRateText)]);
  const head = ["", "By tag or group", ...arms.map(markdownSide)];
  return details(
    { summary: `By tag and group: ${counted(parts.length, "part")}`, note: PARTS_NOTE },
    { table: markdownTable(head, rows, ["left", "left", ...arms.map(() => "right" as const)]), left: parts.length - rows.length },
  );
}

/** Writes the differences of a comparison by tag and group, folded, at most `most` rows; empty where tasks have neither. */
export function markdownPartDifferences({ parts, partsNote, baseline, candidate }: WrittenComparison, most: number): string {
  if (partsNote === null || most === 0) return "";
  const rows = parts.slice(0, most).map((part) => {
    const { value, low, high } = part.difference;
    const hasBounds = low !== null && high !== null;
    return [
      ...nameCells(part),
      String(part.tasks),
      formatRate(part.passRate.baseline.rate),
      formatRate(part.passRate.candidate.rate),
      (hasBounds && low <= 0 && high >= 0 ? "\\~ " : "") + formatPoints(value),
      hasBounds ? formatPointsInterval(low, high) : "-",
    ];
  });
  const head = ["", "By tag or group", "Tasks", markdownSide(baseline), markdownSide(candidate), "Difference", "95% interval"];
  return details(
    { summary: `By tag and group: ${counted(parts.length, "part")}`, note: partsNote },
    { table: markdownTable(head, rows, ["left", "left", "right", "right", "right", "right", "left"]), left: parts.length - rows.length },
  );
}

function details(
  { summary, note }: { readonly summary: string; readonly note: string },
  { table, left }: { readonly table: string; readonly left: number },
): string {
  const more = left > 0 ? ["", `and ${left} more`] : [];
  return ["<details>", `<summary>${summary}</summary>`, "", table, ...more, "", markdownSentence(note), "", "</details>"].join("\n");
}

function nameCells({ kind, name }: Part): readonly string[] {
  return [kind, markdownName(name)];
}
