import fc from "fast-check";
import { expect, test } from "vitest";
import { forecastSum, type PastValue } from "../../../src/analysis/plan/forecast.ts";

function values(task: string, ...list: readonly number[]): readonly PastValue[] {
  return list.map((value) => ({ task, value }));
}

test("known tasks are expected to take their past mean, with the error of the means and the variation of future trials", () => {
  const past = [...values("a", 1, 3), ...values("b", 5, 7)];

  const forecast = forecastSum(past, { tasks: ["a", "b"], attempts: 3 });

  // Within variance 2 on 2 degrees of freedom: 2 tasks x (9 x 2 / 2 + 3 x 2) = 30; t = 4.3027.
  expect(forecast?.value).toBe(24);
  expect(forecast?.high).toBeCloseTo(24 + 4.302653 * Math.sqrt(30), 5);
  expect(forecast?.low).toBeCloseTo(24 - 4.302653 * Math.sqrt(30), 5);
});

test("a new task is expected to take the mean of all tasks, however often each was run", () => {
  const past = [...values("a", 1, 1, 1, 1), ...values("b", 5)];

  const forecast = forecastSum(past, { tasks: ["new"], attempts: 1 });

  // Between variance 8, nothing within: 8 / 2 + 8 = 12 on one degree of freedom; t = 12.7062.
  expect(forecast?.value).toBe(3);
  expect(forecast?.high).toBeCloseTo(3 + 12.706205 * Math.sqrt(12), 4);
  expect(forecast?.low).toBe(0);
});

test("single trials of each task do not show chance, so the tasks count as new", () => {
  const past = [...values("a", 2), ...values("b", 4)];

  const known = forecastSum(past, { tasks: ["a", "b"], attempts: 1 });

  expect(known?.low).not.toBeNull();
  expect(known).toEqual(forecastSum(past, { tasks: ["c", "d"], attempts: 1 }));
});

test.for([
  { title: "one trial", past: values("a", 2), tasks: ["a"], value: 2 },
  { title: "repeats of one task for another", past: values("a", 2, 4), tasks: ["b"], value: 3 },
])("$title gives a value and no interval", ({ past, tasks, value }) => {
  expect(forecastSum(past, { tasks, attempts: 1 })).toEqual({ value, low: null, high: null });
});

test("without past trials there is no forecast", () => {
  expect(forecastSum([], { tasks: ["a"], attempts: 1 })).toBeNull();
});

test("about 95 of 100 bills fall into the interval", () => {
  // A small generator, so that the same bills are drawn every time.
  let state = 7;
  const draw = (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  const noise = (): number => draw() + draw() + draw() + draw() - 2;
  const tasks = ["a", "b", "c", "d", "e", "f", "g", "h"];
  let inside = 0;
  const bills = 2_000;
  for (let bill = 0; bill < bills; bill++) {
    const past = tasks.flatMap((task, index) => values(task, 5 + index + noise(), 5 + index + noise(), 5 + index + noise()));
    const forecast = forecastSum(past, { tasks, attempts: 2 });
    const spent = tasks.reduce((sum, _, index) => sum + 2 * (5 + index) + noise() + noise(), 0);
    if (spent >= (forecast?.low ?? 0) && spent <= (forecast?.high ?? 0)) inside++;
  }

  expect(inside / bills).toBeGreaterThan(0.935);
  expect(inside / bills).toBeLessThan(0.965);
});

test("a forecast grows with every value and never falls below zero", () => {
  const task = fc.constantFrom("a", "b", "c", "d");
  const past = fc.array(fc.record({ task, value: fc.double({ min: 0, max: 1e4, noNaN: true }) }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(past, fc.integer({ min: 1, max: 5 }), (list, attempts) => {
      const before = forecastSum(list, { tasks: ["a", "b", "z"], attempts });
      const after = forecastSum(
        list.map((one) => ({ ...one, value: one.value + 1 })),
        { tasks: ["a", "b", "z"], attempts },
      );

      expect(after?.value).toBeCloseTo((before?.value ?? 0) + 3 * attempts, 5);
      expect(before?.low ?? 0).toBeGreaterThanOrEqual(0);
      expect(before?.high ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(before?.value ?? 0);
    }),
  );
});
