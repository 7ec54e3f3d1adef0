import fc from "fast-check";
import { expect, test } from "vitest";
import { holm, rankIntervals } from "../../src/stats/multiplicity.ts";
import { benjaminiHochberg, bonferroni } from "./reference/multiplicity.ts";

test("Bonferroni asks for no less than Holm, Holm than Benjamini and Hochberg, and they than no correction", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 }), (pValues) => {
      const [most, more, some] = [bonferroni(pValues), holm(pValues), benjaminiHochberg(pValues)];

      for (const [index, p] of pValues.entries()) {
        expect(most[index]).toBeGreaterThanOrEqual((more[index] ?? 2) - 1e-12);
        expect(more[index]).toBeGreaterThanOrEqual((some[index] ?? 2) - 1e-12);
        expect(some[index]).toBeGreaterThanOrEqual(p - 1e-12);
        expect(most[index]).toBeLessThanOrEqual(1);
      }
    }),
  );
});

test("corrections keep the order of the p-values", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 20 }), (pValues) => {
      const order = [...pValues.keys()].sort((a, b) => (pValues[a] ?? 0) - (pValues[b] ?? 0));
      for (const adjusted of [holm(pValues), benjaminiHochberg(pValues)])
        for (const [place, index] of order.slice(1).entries())
          expect(adjusted[index]).toBeGreaterThanOrEqual(adjusted[order[place] ?? 0] ?? 2);
    }),
  );
});

test("no proof leaves every rank open, and a proof moves both sides", () => {
  const pair = { first: 0, second: 2, difference: -0.2, adjustedP: 0.01 };

  expect(rankIntervals(3, [], 0.05)).toEqual(Array.from({ length: 3 }, () => ({ low: 1, high: 3 })));
  expect(rankIntervals(3, [pair], 0.05)).toEqual([
    { low: 1, high: 2 },
    { low: 1, high: 3 },
    { low: 2, high: 3 },
  ]);
  expect(rankIntervals(3, [{ ...pair, adjustedP: 0.05 }], 0.05)).toEqual(rankIntervals(3, [], 0.05));
});
