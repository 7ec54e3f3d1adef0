import { formatInterval, formatRate, formatUsd } from "../../core/format.ts";
import { paretoFrontier } from "../../stats/pareto.ts";
import type { ArmData } from "../page-data.ts";
import { armName } from "../page-model.ts";
import { columnLabel, type Frame, gridRow, levelWhisker, makeScale, type Scales, uprightWhisker } from "./axis.ts";
import { type Drawing, svg } from "./drawing.ts";
import { type ChartPoint, placedLabels } from "./label-place.ts";

// With the least and the largest cost that are shown, and the lowest rate.
type ChartScales = Scales & {
  readonly least: number;
  readonly most: number;
  readonly isLog: boolean;
  readonly floor: number;
};

const HEIGHT = 380;
const MARGIN = { left: 52, right: 20, top: 16, bottom: 44 } as const;
// Costs further apart than this are shown by their orders of magnitude.
const WIDE_RANGE = 12;

/** Gives the point of an arm; null where its cost is unknown or nothing was graded. */
export function chartPoint(arm: ArmData): ChartPoint | null {
  const { rate, low, high } = arm.passRate;
  return arm.trialCost === null || rate === null ? null : { name: armName(arm), cost: arm.trialCost, rate: { rate, low, high } };
}

/** Draws cost against pass rate, `width` pixels wide, with the line through the arms that no other beats on both. */
export function frontierChart(points: readonly ChartPoint[], width: number): Drawing {
  const frame: Frame = { width, height: HEIGHT, margin: MARGIN };
  const scales = scalesOf(points, frame);
  const frontier = paretoFrontier(points, ({ cost, rate }) => ({ cost: cost.mean, gain: rate.rate }));
  const described = frontier.map((point) => `${point.name} ${formatRate(point.rate.rate)} at ${formatUsd(point.cost.mean)}`).join("; ");
  return svg(
    "svg",
    {
      class: "chart",
      viewBox: `0 0 ${width} ${HEIGHT}`,
      width,
      height: HEIGHT,
      role: "img",
      "aria-label": `Pass rate against cost of a trial. Not beaten on both: ${described}.`,
    },
    axes(scales, frame),
    svg("path", { class: "frontier", d: staircase(frontier, scales) }),
    points.map((point) => whiskers(point, scales)),
    points.map((point) => mark(point, scales, frontier.includes(point))),
    placedLabels(points, { frontier, scales, frame }),
  );
}

function scalesOf(points: readonly ChartPoint[], { width, height, margin }: Frame): ChartScales {
  const costs = points.flatMap(({ cost }) => [cost.mean, cost.low ?? cost.mean, cost.high ?? cost.mean]);
  const means = points.map(({ cost }) => cost.mean);
  const isLog = Math.min(...means) > 0 && Math.max(...means) / Math.min(...means) > WIDE_RANGE;
  const least = isLog ? Math.max(Math.min(...means) / 4, Math.min(...costs.filter((cost) => cost > 0))) / 1.4 : 0;
  const most = Math.max(...costs) * (isLog ? 1.6 : 1.08) || 1;
  const lows = points.map(({ rate }) => rate.low ?? rate.rate);
  const floor = Math.min(...lows) > 0.3 ? Math.floor(Math.min(...lows) * 10 - 1e-9) / 10 : 0;
  const across = makeScale([least, most], [margin.left, width - margin.right], isLog ? Math.log : undefined);
  return {
    least,
    most,
    isLog,
    floor,
    x: (cost) => across(Math.max(cost, least)),
    y: makeScale([1, floor], [margin.top, height - margin.bottom]),
  };
}

function axes(scales: ChartScales, frame: Frame): readonly (Drawing | readonly Drawing[])[] {
  const { width, height, margin } = frame;
  const bottom = height - margin.bottom;
  const step = 1 - scales.floor > 0.5 ? 0.2 : 0.1;
  const count = Math.round((1 - scales.floor) / step + 1e-9) + 1;
  const rates = Array.from({ length: count }, (_, index) => 1 - index * step).filter((rate) => rate >= scales.floor - 1e-9);
  return [
    ...rates.map((rate) => gridRow(frame, scales.y(rate), `${Math.round(100 * rate)} %`)),
    ...costTicks(scales, width).map((cost) => [
      svg("line", { class: "grid", x1: scales.x(cost), x2: scales.x(cost), y1: margin.top, y2: bottom }),
      columnLabel(frame, scales.x(cost), { label: `$${Number(cost.toPrecision(3))}`, gap: 18 }),
    ]),
    svg(
      "text",
      { class: "tick", x: width - margin.right, y: height - 6, "text-anchor": "end" },
      `cost of a trial${scales.isLog ? " (logarithmic)" : ""} →`,
    ),
  ];
}

function costTicks({ least, most, isLog }: ChartScales, width: number): readonly number[] {
  const wanted = Math.max(3, Math.floor(width / 130));
  const exponents = Array.from({ length: 30 }, (_, index) => index - 15);
  const steps = exponents.flatMap((exponent) => [1, 2, 5].map((digit) => digit * 10 ** exponent));
  if (isLog) {
    const inside = steps.filter((value) => value >= least && value <= most);
    if (inside.length <= wanted * 1.5) return inside;
    const tens = inside.filter((value) => Math.abs(Math.log10(value) % 1) < 1e-9);
    return tens.length >= 2 ? tens : inside.filter((_, index) => index % 2 === 0);
  }
  const step = steps.find((value) => most / value <= wanted) ?? most;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step);
}

// Between two arms nothing better can be bought than the cheaper one.
function staircase(frontier: readonly ChartPoint[], { x, y }: ChartScales): string {
  return frontier
    .map(({ cost, rate }, index) => {
      const [across, up] = [x(cost.mean).toFixed(1), y(rate.rate).toFixed(1)];
      return index === 0 ? `M${across} ${up}` : `H${across}V${up}`;
    })
    .join("");
}

function whiskers({ cost, rate }: ChartPoint, { x, y }: ChartScales): readonly (Drawing | null)[] {
  return [
    rate.low === null || rate.high === null ? null : uprightWhisker({ low: y(rate.low), high: y(rate.high), at: x(cost.mean) }),
    cost.low === null || cost.high === null ? null : levelWhisker({ low: x(cost.low), high: x(cost.high), at: y(rate.rate) }),
  ];
}

function mark({ name, cost, rate }: ChartPoint, { x, y }: ChartScales, isBest: boolean): Drawing {
  const title = `${name}: ${formatRate(rate.rate)} (${formatInterval(rate.low, rate.high)}), ${formatUsd(cost.mean)} a trial`;
  return svg("circle", { class: isBest ? "point best" : "point", cx: x(cost.mean), cy: y(rate.rate), r: 6 }, svg("title", {}, title));
}
