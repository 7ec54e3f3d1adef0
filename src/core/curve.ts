import { formatInterval } from "./format.ts";

/** A share of tasks with its interval, for some number of attempts. */
type CurveShare = { readonly value: number; readonly low: number; readonly high: number };

/** How often any and all of `k` attempts pass. */
type Point = { readonly k: number; readonly any: CurveShare; readonly all: CurveShare };

const MAX_POINTS = 5;

// What a table has room for.
function shownPoints<P extends Point>(curve: readonly P[]): readonly P[] {
  return curve.length <= MAX_POINTS ? curve : [...curve.slice(0, MAX_POINTS - 1), ...curve.slice(-1)];
}

/** Writes a curve for a table: how often any of the attempts pass (50, 67, 75 %) with the interval of the last, and the same for all of them. */
export function curveCells(curve: readonly Point[]): readonly [string, string, string, string] {
  const { any = NOTHING, all = NOTHING } = curve.at(-1) ?? {};
  return [curveText(curve, "any"), formatInterval(any.low, any.high), curveText(curve, "all"), formatInterval(all.low, all.high)];
}

const NOTHING = { low: null, high: null };

function curveText(curve: readonly Point[], which: "any" | "all"): string {
  return `${shownPoints(curve)
    .map((point) => (100 * point[which].value).toFixed(0))
    .join(", ")} %`;
}

/** Writes the numbers of attempts to which the points of the longest of several curves belong: 1, 2, 3. */
export function curveSizes(curves: readonly (readonly Point[])[]): string {
  const longest = curves.reduce<readonly Point[]>((most, curve) => (curve.length > most.length ? curve : most), []);
  return shownPoints(longest)
    .map(({ k }) => k)
    .join(", ");
}

/** Explains the columns of every table of curves. */
export const CURVE_NOTE =
  "Any: at least one of so many attempts at a task passes (pass@k); all: every one (pass^k). Intervals: 95 %, of the most attempts.";
