import { type Drawing, svg } from "./drawing.ts";

/** The size of a chart in pixels, and the space that it leaves for its axes. */
export type Frame = {
  readonly width: number;
  readonly height: number;
  readonly margin: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
};

/** Maps a value to a place in pixels. */
export type Scale = (value: number) => number;

/** The scales of a chart's two axes. */
export type Scales = { readonly x: Scale; readonly y: Scale };

type Span = readonly [from: number, to: number];

/** Makes a scale that maps `domain` to `range`, evenly in `warp` of the value: itself unless given, or its logarithm. */
export function makeScale(domain: Span, range: Span, warp: (value: number) => number = (value) => value): Scale {
  const [from, to] = [warp(domain[0]), warp(domain[1])];
  return (value) => range[0] + ((range[1] - range[0]) * (warp(value) - from)) / (to - from);
}

/** Rounds a place to a tenth of a pixel. */
export function rounded(place: number): number {
  return Math.round(10 * place) / 10;
}

/** Draws a line across the chart at height `y`, with its value to the left. */
export function gridRow({ width, margin }: Frame, y: number, label: string): readonly Drawing[] {
  return [
    svg("line", { class: "grid", x1: margin.left, x2: width - margin.right, y1: y, y2: y }),
    svg("text", { class: "tick", x: margin.left - 8, y: y + 4, "text-anchor": "end" }, label),
  ];
}

/** Writes a value below the chart at `x`; its line stands `gap` pixels below the plot. */
export function columnLabel(
  { height, margin }: Frame,
  x: number,
  { label, gap }: { readonly label: string; readonly gap: number },
): Drawing {
  return svg("text", { class: "tick", x, y: height - margin.bottom + gap, "text-anchor": "middle" }, label);
}

/** Where an interval is drawn: from `low` to `high` in pixels, at `at` on the other axis; `cap` is half the length of the strokes at its ends. */
export type WhiskerPlace = { readonly low: number; readonly high: number; readonly at: number; readonly cap?: number };

/** Draws an upright interval. */
export function uprightWhisker({ low, high, at, cap = 0 }: WhiskerPlace): Drawing {
  const caps = cap === 0 ? "" : `M${at - cap} ${low}h${2 * cap}M${at - cap} ${high}h${2 * cap}`;
  return svg("path", { class: "whisker", d: `M${at} ${low}V${high}${caps}` });
}

/** Draws a level interval. */
export function levelWhisker({ low, high, at, cap = 0 }: WhiskerPlace): Drawing {
  const caps = cap === 0 ? "" : `M${low} ${at - cap}v${2 * cap}M${high} ${at - cap}v${2 * cap}`;
  return svg("path", { class: "whisker", d: `M${low} ${at}H${high}${caps}` });
}
