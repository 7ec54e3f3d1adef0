import { expect, test } from "vitest";
import { chiSquaredTail, drift } from "../../src/stats/drift.ts";
import { normalCdf } from "../../src/stats/normal.ts";

test("the tail meets its closed forms for one, two and four degrees of freedom", () => {
  for (const value of [0.01, 0.5, 1, 3.841458820694124, 9, 40, 200]) {
    expect(chiSquaredTail(value, 1) / (2 * normalCdf(-Math.sqrt(value)))).toBeCloseTo(1, 10);
    expect(chiSquaredTail(value, 2) / Math.exp(-value / 2)).toBeCloseTo(1, 10);
    expect(chiSquaredTail(value, 4) / (Math.exp(-value / 2) * (1 + value / 2))).toBeCloseTo(1, 10);
  }
  expect(chiSquaredTail(0, 3)).toBe(1);
});

test("days alike show no drift, and one day apart does", () => {
  const day = { passed: 30, trials: 40 };

  expect(drift([day, day, day])).toEqual({ chiSquared: 0, degreesOfFreedom: 2, p: 1 });
  expect(drift([day, day, { passed: 15, trials: 40 }])?.p).toBeLessThan(0.001);
});

test("one day, or trials that all ended alike, tell nothing of drift", () => {
  expect(drift([{ passed: 3, trials: 4 }])).toBeNull();
  expect(
    drift([
      { passed: 3, trials: 4 },
      { passed: 0, trials: 0 },
    ]),
  ).toBeNull();
  expect(
    drift([
      { passed: 4, trials: 4 },
      { passed: 3, trials: 3 },
    ]),
  ).toBeNull();
});
