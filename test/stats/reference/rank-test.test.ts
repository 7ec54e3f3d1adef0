import fc from "fast-check";
import { expect, test } from "vitest";
import { hodgesLehmann, mannWhitney, quantileRanks, wilcoxonSignedRank } from "./rank-test.ts";

const values = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 12 });

test("swapping two samples keeps the p-value and shares out the pairs", () => {
  fc.assert(
    fc.property(values, values, (first, second) => {
      const one = mannWhitney(first, second);
      const two = mannWhitney(second, first);

      expect(one.p).toBeCloseTo(two.p, 10);
      expect(one.statistic + two.statistic).toBeCloseTo(first.length * second.length, 10);
    }),
  );
});

test("the exact and the approximate p-value meet where one hands over to the other", () => {
  const sample = (size: number, shift: number): number[] => Array.from({ length: size }, (_, index) => ((index * 37) % 101) + shift);
  const exact = mannWhitney(sample(30, 0), sample(30, 12)).p;
  const near = mannWhitney(sample(31, 0), sample(31, 12)).p;
  const signs = (size: number): number[] => Array.from({ length: size }, (_, index) => (index % 9 < 5 ? 1 : -1) * (index + 1));

  expect(Math.abs(exact - near)).toBeLessThan(0.05);
  expect(Math.abs(wilcoxonSignedRank(signs(198)).p - wilcoxonSignedRank(signs(207)).p)).toBeLessThan(0.02);
});

test("a mirrored sample of differences has the same p-value and the opposite middle", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 20 }), (differences) => {
      const mirrored = differences.map((difference) => -difference);

      expect(wilcoxonSignedRank(mirrored).p).toBeCloseTo(wilcoxonSignedRank(differences).p, 10);
      expect(hodgesLehmann(mirrored)).toBeCloseTo(-(hodgesLehmann(differences) ?? 9), 10);
    }),
  );
});

test("samples without a value say nothing", () => {
  expect(mannWhitney([], [1, 2]).p).toBe(1);
  expect(wilcoxonSignedRank([0, 0]).p).toBe(1);
  expect(hodgesLehmann([])).toBeNull();
});

test("a far quantile needs more values than the middle", () => {
  expect(quantileRanks(20, 0.5, 0.05)).toEqual({ low: 6, high: 15 });
  expect(quantileRanks(20, 0.9, 0.05)).toBeNull();
  expect(quantileRanks(50, 0.9, 0.05)).toEqual({ low: 41, high: 50 });
});
