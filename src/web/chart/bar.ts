import { levelWhisker, makeScale, rounded, type Scale } from "./axis.ts";
import { type Drawing, svg } from "./drawing.ts";

type Interval = { readonly low: number | null; readonly high: number | null };

const RATE_WIDTH = 90;
const DIFFERENCE_WIDTH = 320;
const HEIGHT = 16;
const MIDDLE = 8;
const MIN_REACH = 0.05;

/** Draws a rate as a bar with the whiskers of its interval, from 0 to 100 %; null where there is no rate. */
export function rateBar({ rate, low, high }: Interval & { readonly rate: number | null }): Drawing | null {
  if (rate === null) return null;
  const at = makeScale([0, 1], [1, RATE_WIDTH - 1]);
  return svg(
    "svg",
    { class: "rate-bar", width: RATE_WIDTH, height: HEIGHT, "aria-hidden": "true" },
    svg("rect", { class: "track", x: 0, y: 3, width: RATE_WIDTH, height: 10, rx: 2 }),
    svg("rect", { class: "bar", x: 0, y: 3, width: rounded(at(rate)), height: 10, rx: 2 }),
    whisker({ low, high }, at),
  );
}

/** Draws a difference with its interval around zero. */
export function differenceBar({ value, low, high }: Interval & { readonly value: number }): Drawing {
  const reach = Math.max(MIN_REACH, Math.abs(value), Math.abs(low ?? 0), Math.abs(high ?? 0)) * 1.1;
  const at = makeScale([-reach, reach], [6, DIFFERENCE_WIDTH - 6]);
  const isClear = low !== null && high !== null && (low > 0 || high < 0);
  return svg(
    "svg",
    {
      class: `difference-bar ${isClear ? "clear" : "unclear"}`,
      viewBox: `0 0 ${DIFFERENCE_WIDTH} ${HEIGHT}`,
      "aria-hidden": "true",
    },
    svg("line", { class: "axis", x1: 0, x2: DIFFERENCE_WIDTH, y1: MIDDLE, y2: MIDDLE }),
    svg("line", { class: "zero", x1: rounded(at(0)), x2: rounded(at(0)), y1: 0, y2: HEIGHT }),
    whisker({ low, high }, at),
    svg("circle", { class: "dot", cx: rounded(at(value)), cy: MIDDLE, r: 4 }),
  );
}

function whisker({ low, high }: Interval, at: Scale): Drawing | null {
  if (low === null || high === null) return null;
  return levelWhisker({ low: rounded(at(low)), high: rounded(at(high)), at: MIDDLE, cap: 4 });
}
