import { expect, test } from "vitest";
import { ratioOfTotals } from "../../../src/stats/ratio.ts";
import { costPerSolved, fieller, geometricMeanRatio, meanLogRatio } from "./ratio.ts";

const BEFORE = [0.42, 0.55, 0.31, 1.2, 0.77, 0.25, 0.9, 0.63];
const AFTER = [0.5, 0.49, 0.4, 1.05, 1.1, 0.31, 0.95, 0.8];

test("equal costs give a ratio of 1 without doubt", () => {
  expect(geometricMeanRatio(BEFORE, BEFORE, 0.05)).toMatchObject({ ratio: 1, p: 1 });
});

test("free tasks have totals but no logarithm", () => {
  expect(geometricMeanRatio([0, 1, 2], [1, 1, 2], 0.05)).toBeNull();
  expect(ratioOfTotals([0, 1, 2], [1, 1, 2], 0.05)).not.toBeNull();
});

test("several trials of a task enter by the mean of their logarithms", () => {
  const single = geometricMeanRatio([1, 2, 4], [2, 2, 6], 0.05);
  const several = meanLogRatio(
    [
      [0.5, 2],
      [2, 2],
      [1, 16],
    ].map(([one = 0, two = 0], index) => Math.log([2, 2, 6][index] ?? 0) - (Math.log(one) + Math.log(two)) / 2),
    0.05,
  );

  expect(several?.ratio).toBeCloseTo(single?.ratio ?? 0, 12);
  expect(several?.high).toBeCloseTo(single?.high ?? 0, 12);
  expect(meanLogRatio([0.1], 0.05)).toBeNull();
  expect(meanLogRatio([0.1, Number.NEGATIVE_INFINITY], 0.05)).toBeNull();
});

test("nothing solved costs at least a third of a suite", () => {
  const cost = costPerSolved(
    Array.from({ length: 30 }, () => 2),
    Array.from({ length: 30 }, () => 0),
    0.05,
  );

  expect(cost).toMatchObject({ value: null, high: null });
  expect(cost?.low).toBeGreaterThan(20);
  expect(cost?.low).toBeLessThan(22);
});

test("one solved task has a price and no bounds", () => {
  expect(costPerSolved(BEFORE, [0, 0, 1, 0, 0, 0, 0, 0], 0.05)).toMatchObject({ low: null, high: null });
  expect(costPerSolved([1], [1], 0.05)).toBeNull();
});

test("the price of a solved task lies within its bounds", () => {
  const rates = [1, 0, 1, 0.5, 1, 1, 0, 0.5];
  const price = costPerSolved(BEFORE, rates, 0.05);

  expect(price?.low).toBeLessThan(price?.value ?? 0);
  expect(price?.high).toBeGreaterThan(price?.value ?? 9);
});

test("Fieller's bounds close on the ratio where the divisor does not vary", () => {
  const exact = fieller(
    AFTER,
    AFTER.map(() => 2),
    0.05,
  );

  expect(exact?.g).toBe(0);
  expect((exact?.low ?? 0) + (exact?.high ?? 0)).toBeCloseTo(2 * (exact?.ratio ?? 0), 12);
  expect(fieller([1, 2], [0, 0], 0.05)).toBeNull();
});
