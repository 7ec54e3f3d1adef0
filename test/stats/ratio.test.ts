import { expect, test } from "vitest";
import {
  costPerSolved,
  costPerSolvedRatio,
  fieller,
  geometricMeanRatio,
  jackknifeLogRatio,
  meanLogRatio,
  ratioOfTotals,
} from "../../src/stats/ratio.ts";

const BEFORE = [0.42, 0.55, 0.31, 1.2, 0.77, 0.25, 0.9, 0.63];
const AFTER = [0.5, 0.49, 0.4, 1.05, 1.1, 0.31, 0.95, 0.8];

test("a ratio turns into its inverse when the sides are swapped", () => {
  const ratio = ratioOfTotals(BEFORE, AFTER, 0.05);
  const turned = ratioOfTotals(AFTER, BEFORE, 0.05);

  expect(ratio?.degreesOfFreedom).toBe(7);
  expect(turned?.ratio).toBeCloseTo(1 / (ratio?.ratio ?? 0), 12);
  expect(turned?.low).toBeCloseTo(1 / (ratio?.high ?? 0), 12);
});

test("equal costs give a ratio of 1 without doubt", () => {
  expect(ratioOfTotals(BEFORE, BEFORE, 0.05)).toMatchObject({ ratio: 1, low: 1, high: 1 });
  expect(geometricMeanRatio(BEFORE, BEFORE, 0.05)).toMatchObject({ ratio: 1, p: 1 });
});

test("a price twice as high doubles ratio and bounds", () => {
  const ratio = ratioOfTotals(BEFORE, AFTER, 0.05);
  const dearer = ratioOfTotals(
    BEFORE,
    AFTER.map((cost) => 2 * cost),
    0.05,
  );

  expect(dearer?.ratio).toBeCloseTo(2 * (ratio?.ratio ?? 0), 12);
  expect(dearer?.high).toBeCloseTo(2 * (ratio?.high ?? 0), 12);
});

test.for([
  { title: "one task", before: [1], after: [2] },
  { title: "nothing spent before", before: [0, 0, 0], after: [1, 1, 1] },
  { title: "nothing spent after", before: [1, 1, 1], after: [0, 0, 0] },
  { title: "all spent on one task", before: [1, 0, 0], after: [1, 1, 1] },
])("there is no ratio of totals for $title", ({ before, after }) => {
  expect(ratioOfTotals(before, after, 0.05)).toBeNull();
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

test("the price of a solved task lies within its bounds, and two such prices have a ratio", () => {
  const rates = [1, 0, 1, 0.5, 1, 1, 0, 0.5];
  const price = costPerSolved(BEFORE, rates, 0.05);

  expect(price?.low).toBeLessThan(price?.value ?? 0);
  expect(price?.high).toBeGreaterThan(price?.value ?? 9);
  expect(costPerSolvedRatio({ costs: BEFORE, rates }, { costs: AFTER, rates }, 0.05)?.ratio).toBeCloseTo(
    ratioOfTotals(BEFORE, AFTER, 0.05)?.ratio ?? 0,
    12,
  );
  expect(costPerSolvedRatio({ costs: BEFORE, rates }, { costs: AFTER, rates: rates.map(() => 0) }, 0.05)).toBeNull();
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

test("a list more above than below is a product of means", () => {
  const flat = BEFORE.map(() => 3);

  expect(jackknifeLogRatio([BEFORE, flat], [AFTER], 0.05)?.ratio).toBeCloseTo(
    3 * (jackknifeLogRatio([BEFORE], [AFTER], 0.05)?.ratio ?? 0),
    12,
  );
});
