import { expect, test } from "vitest";
import { costPerSolvedRatio, jackknifeLogRatio, ratioOfTotals } from "../../src/stats/ratio.ts";

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

test("two prices of a solved task have a ratio, unless one side solved nothing", () => {
  const rates = [1, 0, 1, 0.5, 1, 1, 0, 0.5];

  expect(costPerSolvedRatio({ costs: BEFORE, rates }, { costs: AFTER, rates }, 0.05)?.ratio).toBeCloseTo(
    ratioOfTotals(BEFORE, AFTER, 0.05)?.ratio ?? 0,
    12,
  );
  expect(costPerSolvedRatio({ costs: BEFORE, rates }, { costs: AFTER, rates: rates.map(() => 0) }, 0.05)).toBeNull();
});

test("a list more above than below is a product of means", () => {
  const flat = BEFORE.map(() => 3);

  expect(jackknifeLogRatio([BEFORE, flat], [AFTER], 0.05)?.ratio).toBeCloseTo(
    3 * (jackknifeLogRatio([BEFORE], [AFTER], 0.05)?.ratio ?? 0),
    12,
  );
});
