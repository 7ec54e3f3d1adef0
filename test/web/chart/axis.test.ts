import { expect, test } from "vitest";
import { levelWhisker, makeScale, uprightWhisker } from "../../../src/web/chart/axis.ts";

test("a scale maps the ends of its domain to the ends of its range, in either direction", () => {
  const scale = makeScale([0, 4], [100, 20]);

  expect([0, 1, 4].map(scale)).toEqual([100, 80, 20]);
});

test("a scale of logarithms gives equal ratios equal lengths", () => {
  const scale = makeScale([1, 100], [0, 50], Math.log);

  expect(scale(10)).toBeCloseTo(25, 10);
});

test.for([
  { drawing: uprightWhisker({ low: 90, high: 10, at: 50 }), d: "M50 90V10" },
  { drawing: uprightWhisker({ low: 90, high: 10, at: 50, cap: 5 }), d: "M50 90V10M45 90h10M45 10h10" },
  { drawing: levelWhisker({ low: 10, high: 90, at: 8, cap: 4 }), d: "M10 8H90M10 4v8M90 4v8" },
])("an interval is drawn as $d", ({ drawing, d }) => {
  expect(drawing.attributes).toEqual({ class: "whisker", d });
});
