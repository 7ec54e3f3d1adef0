import type { TrendPoint } from "../../analysis/trend.ts";
import { columnLabel, type Frame, gridRow, makeScale, rounded, type Scales, uprightWhisker } from "./axis.ts";
import { type Drawing, svg } from "./drawing.ts";

/** What a chart shows of each point; `low` and `high` are null where there is no interval. */
export type TrendMeasure = {
  readonly title: string;
  /** Value at the top of the axis, which starts at 0. */
  readonly top: number;
  readonly format: (value: number) => string;
  readonly of: (point: TrendPoint) => { readonly value: number | null; readonly low: number | null; readonly high: number | null };
};

const FRAME: Frame = { width: 960, height: 240, margin: { left: 64, right: 16, top: 16, bottom: 34 } };
const { width: WIDTH, height: HEIGHT, margin: MARGIN } = FRAME;
const MAX_LABELS = 9;

/** Draws points over runs: a line that breaks where the tasks changed or a value is unknown, and an upright bar for each interval. */
export function trendChart(points: readonly TrendPoint[], measure: TrendMeasure): Drawing {
  const step = (WIDTH - MARGIN.left - MARGIN.right) / points.length;
  const height = makeScale([0, measure.top], [HEIGHT - MARGIN.bottom, MARGIN.top]);
  const scales: Scales = {
    x: (index) => rounded(MARGIN.left + (index + 0.5) * step),
    y: (value) => rounded(height(Math.min(value, measure.top))),
  };
  return svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": measure.title },
    [0, 0.25, 0.5, 0.75, 1].map((share) => gridRow(FRAME, scales.y(share * measure.top), measure.format(share * measure.top))),
    points.map((point, index) => (point.suiteChanged ? breakLine(rounded(scales.x(index) - step / 2)) : null)),
    stretches(points, measure).map((stretch) => polyline(stretch, scales)),
    points.map((point, index) => mark(point, index, { measure, scales })),
    dateLabels(points, scales),
  );
}

type Place = { readonly index: number; readonly value: number };

function breakLine(at: number): readonly Drawing[] {
  return [
    svg("line", { class: "break", x1: at, x2: at, y1: MARGIN.top, y2: HEIGHT - MARGIN.bottom }),
    svg("text", { class: "break-label", x: at + 4, y: MARGIN.top + 8 }, "other tasks"),
  ];
}

// Pieces of the line that may be drawn through.
function stretches(points: readonly TrendPoint[], { of }: TrendMeasure): readonly (readonly Place[])[] {
  const pieces: Place[][] = [[]];
  for (const [index, point] of points.entries()) {
    const { value } = of(point);
    if (point.suiteChanged || value === null) pieces.push([]);
    if (value !== null) pieces.at(-1)?.push({ index, value });
  }
  return pieces.filter((piece) => piece.length > 1);
}

function polyline(places: readonly Place[], { x, y }: Scales): Drawing {
  return svg("polyline", { class: "series", points: places.map(({ index, value }) => `${x(index)},${y(value)}`).join(" ") });
}

function mark(
  point: TrendPoint,
  index: number,
  { measure, scales }: { readonly measure: TrendMeasure; readonly scales: Scales },
): Drawing | null {
  const { value, low, high } = measure.of(point);
  if (value === null) return null;
  const { format } = measure;
  const at = scales.x(index);
  const isBounded = low !== null && high !== null;
  return svg(
    "g",
    {},
    svg("title", {}, `${point.runId}: ${format(value)}${isBounded ? ` (${format(low)} to ${format(high)})` : ""}`),
    isBounded ? uprightWhisker({ low: scales.y(low), high: scales.y(high), at, cap: 5 }) : null,
    svg("circle", { class: "dot", cx: at, cy: scales.y(value), r: 4 }),
  );
}

function dateLabels(points: readonly TrendPoint[], { x }: Scales): readonly (Drawing | null)[] {
  const every = Math.ceil(points.length / MAX_LABELS);
  return points.map((point, index) =>
    index % every === 0 ? columnLabel(FRAME, x(index), { label: point.createdAt.slice(0, 10), gap: 22 }) : null,
  );
}
