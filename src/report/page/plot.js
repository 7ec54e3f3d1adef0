import { svg } from "./dom.js";

const BAR_WIDTH = 90;
const BAR_HEIGHT = 16;

/** Draws a rate as a bar with the whiskers of its interval, from 0 to 100 %. */
export function rateBar({ rate, low, high }) {
  if (rate === null) return null;
  const at = (share) => (share * (BAR_WIDTH - 2) + 1).toFixed(1);
  const bar = [
    svg("rect", { class: "track", x: 0, y: 3, width: BAR_WIDTH, height: 10, rx: 2 }),
    svg("rect", { class: "bar", x: 0, y: 3, width: at(rate), height: 10, rx: 2 }),
  ];
  return svg("svg", { class: "rate-bar", width: BAR_WIDTH, height: BAR_HEIGHT, "aria-hidden": "true" }, bar, whiskers({ low, high }, at));
}

/** Draws a difference with its interval around zero. */
export function differenceBar({ value, low, high }) {
  const width = 320;
  const reach = Math.max(0.05, Math.abs(value), Math.abs(low ?? 0), Math.abs(high ?? 0)) * 1.1;
  const at = (share) => (((share + reach) / (2 * reach)) * (width - 12) + 6).toFixed(1);
  const isClear = low !== null && high !== null && (low > 0 || high < 0);
  return svg(
    "svg",
    { class: `difference-bar ${isClear ? "clear" : "unclear"}`, viewBox: `0 0 ${width} ${BAR_HEIGHT}`, "aria-hidden": "true" },
    svg("line", { class: "axis", x1: 0, x2: width, y1: 8, y2: 8 }),
    svg("line", { class: "zero", x1: at(0), x2: at(0), y1: 0, y2: BAR_HEIGHT }),
    whiskers({ low, high }, at),
    svg("circle", { class: "dot", cx: at(value), cy: 8, r: 4 }),
  );
}

function whiskers({ low, high }, at) {
  if (low === null || high === null) return null;
  return [
    svg("line", { class: "whisker", x1: at(low), x2: at(high), y1: 8, y2: 8 }),
    svg("line", { class: "whisker", x1: at(low), x2: at(low), y1: 4, y2: 12 }),
    svg("line", { class: "whisker", x1: at(high), x2: at(high), y1: 4, y2: 12 }),
  ];
}
