import fc from "fast-check";
import { expect, test } from "vitest";
import { wilson } from "../../src/stats/binomial.ts";
import { passRate } from "../../src/stats/pass-rate.ts";
import { studentTQuantile } from "../../src/stats/student-t.ts";
import { anySuite } from "./pair-arbitrary.ts";

const repeat = (times: number, ...values: number[]): number[] => Array.from({ length: times }, () => values).flat();
test("a perfect score never claims certainty", () => {
  const result = passRate(repeat(25, 1).map((passed) => ({ passed, trials: 1 })));

  expect(result.rate).toBe(1);
  expect(result.high).toBe(1);
  expect(result.low).toBeGreaterThan(0.84);
  expect(result.low).toBeLessThan(0.87);
});

test("tasks without a finished trial are left out and no trials give no rate", () => {
  expect(passRate([{ passed: 0, trials: 0 }])).toMatchObject({ rate: null, low: null, high: null, trials: 0 });
  expect(
    passRate([
      { passed: 0, trials: 0 },
      { passed: 1, trials: 2 },
    ]),
  ).toMatchObject({ rate: 0.5, tasks: 1, trials: 2 });
});

test("the rate lies within its bounds, which lie between 0 and 1", () => {
  fc.assert(
    fc.property(anySuite(), (tasks) => {
      const { rate, low, high, effectiveTasks } = passRate(tasks.map(({ baseline }) => baseline));

      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
      expect(low).toBeLessThanOrEqual((rate ?? -1) + 1e-12);
      expect(high).toBeGreaterThanOrEqual((rate ?? 2) - 1e-12);
      expect(effectiveTasks).toBeGreaterThanOrEqual(tasks.length - 1e-9);
    }),
  );
});

test("repeats that all end alike count once", () => {
  const once = passRate(repeat(10, 1, 0).map((passed) => ({ passed, trials: 1 })));
  const thrice = passRate(repeat(10, 3, 0).map((passed) => ({ passed, trials: 3 })));

  expect(thrice.effectiveTasks).toBeCloseTo(20, 9);
  expect(thrice.low).toBeCloseTo(once.low ?? 9, 9);
});

test("tasks of one group that end alike count once, and two groups tell no bounds", () => {
  const grouped = (groups: number) =>
    repeat(10, 1, 0).map((passed, index) => ({ passed, trials: 1, group: `repository ${index % groups}` }));

  expect(passRate(grouped(4)).effectiveTasks).toBeLessThan(5);
  expect(passRate(grouped(2))).toMatchObject({ rate: 0.5, low: null, high: null });
});

test("a mixture of single attempts has Wilson's interval with Student's critical value", () => {
  const { low, high } = passRate(repeat(10, 1, 1, 0).map((passed) => ({ passed, trials: 1 })));
  const interval = wilson(2 / 3, 30, studentTQuantile(0.975, 29));

  expect(low).toBeCloseTo(interval.low, 12);
  expect(high).toBeCloseTo(interval.high, 12);
});
