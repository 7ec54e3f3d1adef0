import { expect, test } from "vitest";
import { dominanceP } from "../../src/stats/pareto.ts";

test.for([
  { title: "better and cheaper", p: [0.01, 0.001, 0.02, 0.001], expected: 0.02 },
  { title: "better and not dearer", p: [0.01, 0.001, 0.4, 0.02], expected: 0.04 },
  { title: "cheaper and not worse", p: [0.5, 0.02, 0.001, 0.001], expected: 0.04 },
  { title: "better and perhaps dearer", p: [0.001, 0.001, 0.9, 0.6], expected: 0.9 },
  { title: "neither", p: [0.7, 0.6, 0.8, 0.9], expected: 0.8 },
] as const)("an arm that is $title dominates at $expected", ({ p: [betterP, notWorseP, cheaperP, notDearerP], expected }) => {
  expect(dominanceP({ betterP, notWorseP, cheaperP, notDearerP })).toBeCloseTo(expected, 12);
});
