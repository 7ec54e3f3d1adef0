import { expect, test } from "vitest";
import { differenceBar, rateBar } from "../../../src/web/chart/bar.ts";
import { drawingMarkup } from "../../../src/web/chart/drawing.ts";

test("a bar is as long as the rate, and has whiskers only where there is an interval", () => {
  expect(drawingMarkup(rateBar({ rate: 0.5, low: 0.25, high: 0.75 }) ?? { name: "none", attributes: {}, children: [] })).toMatch(
    /class="bar" x="0" y="3" width="45".*class="whisker" d="M23 8H67/,
  );
  expect(drawingMarkup(rateBar({ rate: 1, low: null, high: null }) ?? { name: "none", attributes: {}, children: [] })).not.toContain(
    "whisker",
  );
  expect(rateBar({ rate: null, low: null, high: null })).toBeNull();
});

test("a difference is clear when its interval does not hold zero, which is drawn in the middle", () => {
  expect(drawingMarkup(differenceBar({ value: -0.1, low: -0.2, high: -0.01 }))).toMatch(/difference-bar clear.*class="zero" x1="160"/);
  expect(differenceBar({ value: -0.1, low: -0.2, high: 0.01 }).attributes["class"]).toBe("difference-bar unclear");
  expect(differenceBar({ value: -0.1, low: null, high: null }).attributes["class"]).toBe("difference-bar unclear");
});
