import type { TrendPoint } from "../../analysis/trend.ts";

/** What a chart shows of each point; `low` and `high` are null where there is no interval. */
export type ChartShape = {
  readonly title: string;
  /** Value at the top of the axis, which starts at 0. */
  readonly top: number;
  readonly format: (value: number) => string;
  readonly of: (point: TrendPoint) => { readonly value: number | null; readonly low: number | null; readonly high: number | null };
};

const WIDTH = 960;
const HEIGHT = 240;
const MARGIN = { left: 64, right: 16, top: 16, bottom: 34 } as const;
const MAX_LABELS = 9;

/** Draws points over runs as an SVG: a line that breaks where the tasks changed or a value is unknown, and an upright bar for each interval. */
export function chartSvg(points: readonly TrendPoint[], shape: ChartShape): string {
  const step = (WIDTH - MARGIN.left - MARGIN.right) / points.length;
  const x = (index: number): number => rounded(MARGIN.left + (index + 0.5) * step);
  const y = (value: number): number =>
    rounded(HEIGHT - MARGIN.bottom - (Math.min(value, shape.top) / shape.top) * (HEIGHT - MARGIN.top - MARGIN.bottom));
  const scale: Scale = { x, y };
  return [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(shape.title)}">`,
    ...gridLines(shape, scale),
    ...points.flatMap((point, index) => (point.suiteChanged ? breakLine(rounded(x(index) - step / 2)) : [])),
    ...stretches(points, shape).map((stretch) => polyline(stretch, scale)),
    ...points.flatMap((point, index) => mark(point, index, { shape, scale })),
    ...dateLabels(points, scale),
    "</svg>",
  ].join("\n");
}

/** Makes text safe to stand in HTML. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

type Scale = { readonly x: (index: number) => number; readonly y: (value: number) => number };
type Place = { readonly index: number; readonly value: number };

function gridLines({ top, format }: ChartShape, { y }: Scale): readonly string[] {
  return [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const height = y(share * top);
    return `<line class="grid" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${height}" y2="${height}"/><text x="${MARGIN.left - 8}" y="${height + 4}" text-anchor="end">${escaped(format(share * top))}</text>`;
  });
}

function breakLine(at: number): readonly string[] {
  return [
    `<line class="break" x1="${at}" x2="${at}" y1="${MARGIN.top}" y2="${HEIGHT - MARGIN.bottom}"/>`,
    `<text class="break-label" x="${at + 4}" y="${MARGIN.top + 8}">other tasks</text>`,
  ];
}

// Pieces of the line that may be drawn through.
function stretches(points: readonly TrendPoint[], { of }: ChartShape): readonly (readonly Place[])[] {
  const pieces: Place[][] = [[]];
  for (const [index, point] of points.entries()) {
    const { value } = of(point);
    if (point.suiteChanged || value === null) pieces.push([]);
    if (value !== null) pieces.at(-1)?.push({ index, value });
  }
  return pieces.filter((piece) => piece.length > 1);
}

function polyline(places: readonly Place[], { x, y }: Scale): string {
  return `<polyline class="series" points="${places.map(({ index, value }) => `${x(index)},${y(value)}`).join(" ")}"/>`;
}

function mark(
  point: TrendPoint,
  index: number,
  { shape, scale }: { readonly shape: ChartShape; readonly scale: Scale },
): readonly string[] {
  const { value, low, high } = shape.of(point);
  if (value === null) return [];
  const at = scale.x(index);
  const whisker =
    low === null || high === null
      ? ""
      : `<path class="whisker" d="M${at} ${scale.y(low)}V${scale.y(high)}M${at - 5} ${scale.y(low)}h10M${at - 5} ${scale.y(high)}h10"/>`;
  const title = `${point.runId}: ${shape.format(value)}${low === null || high === null ? "" : ` (${shape.format(low)} to ${shape.format(high)})`}`;
  return [`<g><title>${escaped(title)}</title>${whisker}<circle class="dot" cx="${at}" cy="${scale.y(value)}" r="4"/></g>`];
}

function dateLabels(points: readonly TrendPoint[], { x }: Scale): readonly string[] {
  const every = Math.ceil(points.length / MAX_LABELS);
  return points.flatMap((point, index) =>
    index % every === 0
      ? [`<text x="${x(index)}" y="${HEIGHT - 12}" text-anchor="middle">${escaped(point.createdAt.slice(0, 10))}</text>`]
      : [],
  );
}

function rounded(value: number): number {
  return Math.round(10 * value) / 10;
}
