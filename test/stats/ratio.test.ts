import { expect, test } from "vitest";
import { normalQuantile } from "../../src/stats/normal.ts";
import { fixedUniforms } from "../../src/stats/planning/random.ts";
import { costPerSolvedRatio, ratioOfTotals, sumsByGroup } from "../../src/stats/ratio.ts";
import { fieller, jackknifeLogRatio } from "./reference/ratio.ts";

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

test("the bounds are those of Fieller's theorem, and there is none above where the total may be 0", () => {
  const reference = fieller(AFTER, BEFORE, 0.05);
  const ratio = ratioOfTotals(BEFORE, AFTER, 0.05);

  expect(ratio?.low).toBeCloseTo(reference?.low ?? 0, 10);
  expect(ratio?.high).toBeCloseTo(reference?.high ?? 0, 10);
  expect(ratioOfTotals([100, 1, 1, 1], [90, 1, 1, 1], 0.05)).toMatchObject({ low: 0, high: Number.POSITIVE_INFINITY });
});

test("with heavy tails in few tasks the jackknife's interval misses the truth too often, and this one does not", () => {
  const uniform = fixedUniforms(5);
  const suites = 1500;
  const missed = { jackknife: 0, now: 0 };
  for (let suite = 0; suite < suites; suite++) {
    const tasks = Array.from({ length: 10 }, () => Math.exp(1.5 * normalQuantile(uniform())));
    const spent = (): readonly number[] => tasks.map((cost) => cost * Math.exp(0.3 * normalQuantile(uniform())));
    const [before, after] = [spent(), spent()];
    const misses = (bounds: { readonly low: number; readonly high: number } | null): number =>
      Number(bounds === null || bounds.low > 1 || bounds.high < 1);
    missed.jackknife += misses(jackknifeLogRatio([after], [before], 0.05));
    missed.now += misses(ratioOfTotals(before, after, 0.05));
  }

  expect(missed.jackknife / suites).toBeGreaterThan(0.08);
  expect(missed.now / suites).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / suites));
});

test("values of one group add up, and those of none stay alone", () => {
  expect(sumsByGroup([1, 2, 3, 4], ["a", null, "a", null])).toEqual([4, 2, 4]);
});

test("an interval that a few tasks decide is told apart from one of costs that are alike on both sides", () => {
  const flat = Array.from({ length: 60 }, (_, index) => 1 + (index % 5) / 10);
  const heavy = flat.map((cost, index) => (index % 20 === 0 ? 40 * cost : cost));

  expect(ratioOfTotals(flat, flat.toReversed(), 0.05)?.isUneven).toBe(false);
  expect(ratioOfTotals(flat, heavy, 0.05)?.isUneven).toBe(true);
  expect(ratioOfTotals(heavy, flat, 0.05)?.isUneven).toBe(true);
  // Equal tails on both sides, task by task, leave no difference to be uneven.
  expect(ratioOfTotals(heavy, heavy, 0.05)?.isUneven).toBe(false);
});
