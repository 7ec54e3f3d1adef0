import { armName } from "./data.js";
import { h, place, svg } from "./dom.js";
import { formatInterval, formatRate, formatUsd } from "./format.js";

const HEIGHT = 380;
const MARGIN = { left: 52, right: 20, top: 16, bottom: 44 };
const LONGEST_LABEL = 40;
const LETTER_WIDTH = 7.2;
// Costs further apart than this are shown by their orders of magnitude.
const WIDE_RANGE = 12;

/** Shows cost against pass rate, with the line through the arms that no other beats on both. */
export function showChart(page) {
  const points = page.arms.flatMap(pointOf);
  const apart = page.arms.filter((arm) => pointOf(arm).length === 0);
  const unpriced = apart.filter((arm) => arm.passRate.rate !== null);
  const ungraded = apart.filter((arm) => arm.passRate.rate === null);
  const list = (arms) =>
    arms.map((arm) => `${armName(arm)}${arm.passRate.rate === null ? "" : ` (${formatRate(arm.passRate.rate)})`}`).join(", ");
  if (unpriced.length > 0) place("chart-notes").append(h("p", {}, `Not plotted, cost unknown: ${list(unpriced)}.`));
  if (ungraded.length > 0) place("chart-notes").append(h("p", {}, `Not plotted, nothing graded: ${list(ungraded)}.`));
  if (points.length === 0) return;
  const box = place("chart");
  let drawnWidth = 0;
  const draw = () => {
    const width = Math.max(300, Math.floor(box.clientWidth));
    if (width === drawnWidth) return;
    drawnWidth = width;
    box.replaceChildren(drawing(points, width));
  };
  draw();
  new ResizeObserver(draw).observe(box);
}

function pointOf(arm) {
  if (arm.trialCost === null || arm.passRate.rate === null) return [];
  return [{ name: armName(arm), cost: arm.trialCost, rate: arm.passRate }];
}

/** The points that no other beats: none is at most as dear and at least as good, and better in one. */
export function frontierOf(points) {
  const beats = (a, b) =>
    a.cost.mean <= b.cost.mean && a.rate.rate >= b.rate.rate && (a.cost.mean < b.cost.mean || a.rate.rate > b.rate.rate);
  return points.filter((point) => !points.some((other) => beats(other, point))).toSorted((a, b) => a.cost.mean - b.cost.mean);
}

function drawing(points, width) {
  const scale = scales(points, width);
  const frontier = frontierOf(points);
  const marks = points.map((point) => mark(point, scale, frontier.includes(point)));
  const told = frontier.map((point) => `${point.name} ${formatRate(point.rate.rate)} at ${formatUsd(point.cost.mean)}`).join("; ");
  return svg(
    "svg",
    {
      class: "chart",
      viewBox: `0 0 ${width} ${HEIGHT}`,
      width,
      height: HEIGHT,
      role: "img",
      "aria-label": `Pass rate against cost of a trial. Not beaten on both: ${told}.`,
    },
    axes(scale, width),
    svg("path", { class: "frontier", d: staircase(frontier, scale) }),
    points.map((point) => intervals(point, scale)),
    marks,
    labels(points, scale, width),
  );
}

function scales(points, width) {
  const costs = points.flatMap(({ cost }) => [cost.mean, cost.low ?? cost.mean, cost.high ?? cost.mean]);
  const means = points.map(({ cost }) => cost.mean);
  const isLog = Math.min(...means) > 0 && Math.max(...means) / Math.min(...means) > WIDE_RANGE;
  const least = isLog ? Math.max(Math.min(...means) / 4, Math.min(...costs.filter((cost) => cost > 0))) / 1.4 : 0;
  const most = Math.max(...costs) * (isLog ? 1.6 : 1.08) || 1;
  const warp = isLog ? Math.log : (value) => value;
  const inner = width - MARGIN.left - MARGIN.right;
  const lows = points.map(({ rate }) => rate.low ?? rate.rate);
  const floor = Math.min(...lows) > 0.3 ? Math.floor(Math.min(...lows) * 10 - 1e-9) / 10 : 0;
  return {
    least,
    most,
    isLog,
    floor,
    x: (cost) => MARGIN.left + (inner * (warp(Math.max(cost, least)) - warp(least))) / (warp(most) - warp(least)),
    y: (rate) => MARGIN.top + ((1 - rate) / (1 - floor)) * (HEIGHT - MARGIN.top - MARGIN.bottom),
  };
}

function axes(scale, width) {
  const bottom = HEIGHT - MARGIN.bottom;
  const step = 1 - scale.floor > 0.5 ? 0.2 : 0.1;
  const rates = Array.from({ length: Math.round((1 - scale.floor) / step + 1e-9) + 1 }, (_, index) => 1 - index * step).filter(
    (rate) => rate >= scale.floor - 1e-9,
  );
  return [
    rates.map((rate) => [
      svg("line", { class: "grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: scale.y(rate), y2: scale.y(rate) }),
      svg("text", { class: "tick", x: MARGIN.left - 8, y: scale.y(rate) + 4, "text-anchor": "end" }, `${Math.round(100 * rate)} %`),
    ]),
    costTicks(scale, width).map((cost) => [
      svg("line", { class: "grid", x1: scale.x(cost), x2: scale.x(cost), y1: MARGIN.top, y2: bottom }),
      svg("text", { class: "tick", x: scale.x(cost), y: bottom + 18, "text-anchor": "middle" }, `$${Number(cost.toPrecision(3))}`),
    ]),
    svg(
      "text",
      { class: "tick", x: width - MARGIN.right, y: HEIGHT - 6, "text-anchor": "end" },
      `cost of a trial${scale.isLog ? " (logarithmic)" : ""} →`,
    ),
  ];
}

function costTicks({ least, most, isLog }, width) {
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
function staircase(frontier, { x, y }) {
  return frontier
    .map(({ cost, rate }, index) =>
      index === 0 ? `M${x(cost.mean).toFixed(1)} ${y(rate.rate).toFixed(1)}` : `H${x(cost.mean).toFixed(1)}V${y(rate.rate).toFixed(1)}`,
    )
    .join("");
}

function intervals({ cost, rate }, { x, y }) {
  const lines = [];
  if (rate.low !== null && rate.high !== null)
    lines.push(svg("line", { class: "whisker", x1: x(cost.mean), x2: x(cost.mean), y1: y(rate.low), y2: y(rate.high) }));
  if (cost.low !== null && cost.high !== null)
    lines.push(svg("line", { class: "whisker", x1: x(cost.low), x2: x(cost.high), y1: y(rate.rate), y2: y(rate.rate) }));
  return lines;
}

function mark({ name, cost, rate }, { x, y }, isBest) {
  const told = `${name}: ${formatRate(rate.rate)} (${formatInterval(rate.low, rate.high)}), ${formatUsd(cost.mean)} a trial`;
  return svg("circle", { class: isBest ? "point best" : "point", cx: x(cost.mean), cy: y(rate.rate), r: 6 }, svg("title", {}, told));
}

// Each label takes the free place nearest to its point; a line leads to one that had to go further.
function labels(points, { x, y }, width) {
  const dots = points.map(({ cost, rate }) => box(x(cost.mean) - 8, y(rate.rate) - 8, 16, 16));
  const lines = [...points.flatMap((point) => crossOf(point, { x, y })), ...stepsOf(frontierOf(points), { x, y })];
  const taken = [];
  return points.map(({ name, cost, rate }) => {
    const text = shortened(name, width / 18);
    const at = { x: x(cost.mean), y: y(rate.rate) };
    const places = candidates(at, text.length * LETTER_WIDTH);
    const bad = (one) =>
      1000 * outside(one, width) + 100 * overlap(one, taken) + 30 * overlap(one, dots) + 3 * overlap(one, lines) + 2 * one.away;
    const best = places.reduce((least, one) => (bad(one) < bad(least) ? one : least));
    taken.push(best);
    const isFar = best.away > 1;
    const toward = { x: Math.min(Math.max(at.x, best.x), best.x + best.width), y: best.y > at.y ? best.y + 2 : best.y + 12 };
    return [
      isFar ? svg("line", { class: "leader", x1: at.x, y1: at.y, x2: toward.x, y2: toward.y }) : null,
      svg("text", { class: "label", x: best.x, y: best.y + 11 }, text),
    ];
  });
}

// The lines of a point's intervals, as what a label had better not stand on.
function crossOf({ cost, rate }, { x, y }) {
  const [top, bottom] = [y(rate.high ?? rate.rate), y(rate.low ?? rate.rate)];
  const [left, right] = [x(cost.low ?? cost.mean), x(cost.high ?? cost.mean)];
  return [box(x(cost.mean) - 1, top, 2, bottom - top), box(left, y(rate.rate) - 1, right - left, 2)];
}

function stepsOf(frontier, { x, y }) {
  return frontier.slice(1).flatMap((next, index) => {
    const [from, to] = [
      { x: x(frontier[index].cost.mean), y: y(frontier[index].rate.rate) },
      { x: x(next.cost.mean), y: y(next.rate.rate) },
    ];
    return [box(from.x, from.y - 1, to.x - from.x, 2), box(to.x - 1, to.y, 2, from.y - to.y)];
  });
}

// Two names may differ in their ends alone, such as those of one arm in two runs.
function shortened(name, room) {
  const most = Math.floor(Math.min(LONGEST_LABEL, room));
  if (name.length <= most) return name;
  const head = Math.ceil((most - 1) / 2);
  return `${name.slice(0, head)}…${name.slice(head + 1 - most)}`;
}

function candidates(at, width) {
  return [1, 2, 3, 4, 5].flatMap((away) => {
    const gap = 10 * away;
    return [
      [at.x + gap, at.y - 7],
      [at.x + gap, at.y - 7 - gap],
      [at.x + gap, at.y - 7 + gap],
      [at.x - gap - width, at.y - 7],
      [at.x - gap - width, at.y - 7 - gap],
      [at.x - gap - width, at.y - 7 + gap],
      [at.x - width / 2, at.y - 16 - gap],
      [at.x - width / 2, at.y + gap],
    ].map(([left, top]) => ({ ...box(left, top, width, 14), away }));
  });
}

function box(x, y, width, height) {
  return { x, y, width, height };
}

function overlap(one, others) {
  return others.filter(
    (other) =>
      one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height,
  ).length;
}

function outside(one, width) {
  return Number(one.x < MARGIN.left || one.x + one.width > width - 4 || one.y < 2 || one.y + one.height > HEIGHT - MARGIN.bottom);
}
