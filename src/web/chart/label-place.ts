import type { TrialCost } from "../page-data.ts";
import type { Frame, Scales } from "./axis.ts";
import { type Drawing, svg } from "./drawing.ts";

/** An arm that can be plotted: its cost of a trial in US dollars is known and it has a pass rate. */
export type ChartPoint = {
  readonly name: string;
  readonly cost: TrialCost;
  readonly rate: { readonly rate: number; readonly low: number | null; readonly high: number | null };
};

const MAX_LABEL = 40;
const LETTER_WIDTH = 7.2;
const LABEL_HEIGHT = 14;

type Place = { readonly x: number; readonly y: number };
type Rectangle = Place & { readonly width: number; readonly height: number };
type Candidate = Rectangle & { readonly away: number };

/** What labels are placed in: the chart's scales and size, and the points that its stepped line joins. */
export type LabelSurroundings = { readonly frontier: readonly ChartPoint[]; readonly scales: Scales; readonly frame: Frame };

/** Draws the name of each point in the free place nearest to it, with a line to a name that had to go further away. */
export function placedLabels(
  points: readonly ChartPoint[],
  { frontier, scales, frame }: LabelSurroundings,
): readonly (readonly Drawing[])[] {
  const { x, y } = scales;
  const dots = points.map(({ cost, rate }) => rectangle(x(cost.mean) - 8, y(rate.rate) - 8, 16, 16));
  const lines = [...points.flatMap((point) => crossOf(point, scales)), ...stepsOf(frontier, scales)];
  const taken: Rectangle[] = [];
  const penalty = (one: Candidate): number =>
    1000 * outside(one, frame) + 100 * overlaps(one, taken) + 30 * overlaps(one, dots) + 3 * overlaps(one, lines) + 2 * one.away;
  return points.map(({ name, cost, rate }) => {
    const text = shortened(name, frame.width / 18);
    const at = { x: x(cost.mean), y: y(rate.rate) };
    const places = candidates(at, text.length * LETTER_WIDTH);
    const best = places.reduce((least, one) => (penalty(one) < penalty(least) ? one : least));
    taken.push(best);
    const label = svg("text", { class: "label", x: best.x, y: best.y + 11 }, text);
    return best.away > 1 ? [leader(at, best), label] : [label];
  });
}

function leader(at: Place, label: Rectangle): Drawing {
  const x = Math.min(Math.max(at.x, label.x), label.x + label.width);
  const y = label.y > at.y ? label.y + 2 : label.y + 12;
  return svg("line", { class: "leader", x1: at.x, y1: at.y, x2: x, y2: y });
}

// The lines of a point's intervals, which a label should not cover.
function crossOf({ cost, rate }: ChartPoint, { x, y }: Scales): readonly Rectangle[] {
  const [top, bottom] = [y(rate.high ?? rate.rate), y(rate.low ?? rate.rate)];
  const [left, right] = [x(cost.low ?? cost.mean), x(cost.high ?? cost.mean)];
  return [rectangle(x(cost.mean) - 1, top, 2, bottom - top), rectangle(left, y(rate.rate) - 1, right - left, 2)];
}

function stepsOf(frontier: readonly ChartPoint[], { x, y }: Scales): readonly Rectangle[] {
  const corners = frontier.map(({ cost, rate }) => ({ x: x(cost.mean), y: y(rate.rate) }));
  return corners.slice(1).flatMap((to, index) => {
    const from = corners[index] ?? to;
    return [rectangle(from.x, from.y - 1, to.x - from.x, 2), rectangle(to.x - 1, to.y, 2, from.y - to.y)];
  });
}

// Two names may differ in their ends alone, such as those of one arm in two runs.
function shortened(name: string, room: number): string {
  const most = Math.floor(Math.min(MAX_LABEL, room));
  if (name.length <= most) return name;
  const head = Math.ceil((most - 1) / 2);
  return `${name.slice(0, head)}…${name.slice(head + 1 - most)}`;
}

function candidates(at: Place, width: number): readonly Candidate[] {
  return [1, 2, 3, 4, 5].flatMap((away) => {
    const gap = 10 * away;
    const places: readonly (readonly [left: number, top: number])[] = [
      [at.x + gap, at.y - 7],
      [at.x + gap, at.y - 7 - gap],
      [at.x + gap, at.y - 7 + gap],
      [at.x - gap - width, at.y - 7],
      [at.x - gap - width, at.y - 7 - gap],
      [at.x - gap - width, at.y - 7 + gap],
      [at.x - width / 2, at.y - 16 - gap],
      [at.x - width / 2, at.y + gap],
    ];
    return places.map(([left, top]) => ({ ...rectangle(left, top, width, LABEL_HEIGHT), away }));
  });
}

function rectangle(x: number, y: number, width: number, height: number): Rectangle {
  return { x, y, width, height };
}

function overlaps(one: Rectangle, others: readonly Rectangle[]): number {
  return others.filter(
    (other) =>
      one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height,
  ).length;
}

function outside(one: Rectangle, { width, height, margin }: Frame): number {
  return Number(one.x < margin.left || one.x + one.width > width - 4 || one.y < 2 || one.y + one.height > height - margin.bottom);
}
