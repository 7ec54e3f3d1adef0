import { CURVE_NOTE, curveCells, curveSizes } from "../core/curve.ts";
import { formatPoints, formatPointsInterval, formatRate } from "../core/format.ts";
import { partRateText, partRows } from "../core/part-rows.ts";
import { rateBar } from "./chart/bar.ts";
import { breakable, drawn, folded, h, place, plainTable } from "./dom.ts";
import type { ArmData, ComparisonData, PageData } from "./page-data.ts";
import { armName } from "./page-model.ts";

// More rows are folded.
const OPEN_ROWS = 12;

type Part = ArmData["parts"][number];

/** Shows how often any and all of several attempts pass, and the pass rates by tag and by group; neither where there is none. */
export function showParts(page: PageData): void {
  const curves = page.arms.flatMap((arm) => (arm.attemptsCurve === null ? [] : [{ arm, curve: arm.attemptsCurve }]));
  if (curves.length > 0) {
    const head = [
      `Of ${curveSizes(curves.map(({ curve }) => curve))} attempts`,
      "Any passes",
      "95 % interval",
      "All pass",
      "95 % interval",
    ];
    const rows = curves.map(({ arm, curve }) => rowOf(h("span", { class: "arm" }, breakable(armName(arm))), curveCells(curve)));
    place("attempts").append(plainTable("plain", head, rows), h("p", { class: "quiet" }, CURVE_NOTE));
  }
  const all = partRows(page.arms);
  place("parts-section").hidden = all.length === 0;
  if (all.length === 0) return;
  const table = (some: typeof all): HTMLElement =>
    plainTable(
      "plain",
      ["By tag or group", ...page.arms.map(armName)],
      some.map(({ part, results }) => rowOf(partName(part), results.map(rateCell))),
    );
  place("parts").append(table(all.slice(0, OPEN_ROWS)));
  if (all.length > OPEN_ROWS) place("parts").append(folded(`${all.length - OPEN_ROWS} more`, table(all.slice(OPEN_ROWS))));
}

/** Makes the table of a comparison's differences by tag and group, folded; null where tasks have neither. */
export function partDifferences({ parts, partsNote, labels }: ComparisonData): HTMLElement | null {
  if (partsNote === null) return null;
  const rows = parts.map((part) => {
    const { value, low, high } = part.difference;
    const hasBounds = low !== null && high !== null;
    const text = `${hasBounds && low <= 0 && high >= 0 ? "~ " : ""}${formatPoints(value)}`;
    return rowOf(partName(part), [
      String(part.tasks),
      formatRate(part.passRate.baseline.rate),
      formatRate(part.passRate.candidate.rate),
      part.shown === null ? text : h("strong", {}, text),
      hasBounds ? formatPointsInterval(low, high) : "-",
    ]);
  });
  const table = plainTable("plain", ["By tag or group", "Tasks", labels.baseline, labels.candidate, "Difference", "95 % interval"], rows);
  return folded("By tag and group", [h("div", { class: "scroll" }, table), h("p", { class: "quiet" }, partsNote)]);
}

function partName({ kind, name }: Pick<Part, "kind" | "name">): HTMLElement {
  return h("span", {}, name, kind === "group" ? h("span", { class: "quiet" }, " (group)") : null);
}

function rateCell(part: Part | undefined): HTMLElement | string {
  if (part === undefined || part.passRate.rate === null) return "-";
  const bar = rateBar(part.passRate);
  return h("span", { class: "interval" }, bar ? drawn(bar) : null, partRateText(part));
}

function rowOf(name: HTMLElement, cells: readonly (HTMLElement | string)[]): HTMLElement {
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, name),
    cells.map((cell) => h("td", {}, cell)),
  );
}
