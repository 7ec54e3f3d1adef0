import fc from "fast-check";
import { expect, test } from "vitest";
import { attemptsCurve } from "../../../src/analysis/part/attempts-curve.ts";

const task = (passed: number, trials: number) => ({ passed, trials, group: null });

// Every choice of k attempts out of n, counted one by one.
function shareOfChoices({ passed, trials }: { readonly passed: number; readonly trials: number }, k: number, kind: "any" | "all"): number {
  let [held, choices] = [0, 0];
  for (let chosen = 0; chosen < 2 ** trials; chosen++) {
    const places = Array.from({ length: trials }, (_, place) => place).filter((place) => chosen & (1 << place));
    if (places.length !== k) continue;
    choices++;
    held += Number(kind === "any" ? places.some((place) => place < passed) : places.every((place) => place < passed));
  }
  return held / choices;
}

test("every point is the mean over tasks of the share of choices of k attempts in which any, or all, pass", () => {
  const counts = fc.array(fc.nat(5), { minLength: 2, maxLength: 12 });
  fc.assert(
    fc.property(counts, (passes) => {
      const tasks = passes.map((passed) => task(passed, 5));
      const curve = attemptsCurve(tasks);

      expect(curve?.map(({ k }) => k)).toEqual([1, 2, 3, 4, 5]);
      for (const { k, any, all } of curve ?? []) {
        for (const [kind, found] of [
          ["any", any],
          ["all", all],
        ] as const) {
          expect(found.value).toBeCloseTo(tasks.reduce((sum, one) => sum + shareOfChoices(one, k, kind), 0) / tasks.length, 12);
          expect(found.low).toBeLessThanOrEqual(found.value + 1e-12);
          expect(found.high).toBeGreaterThanOrEqual(found.value - 1e-12);
        }
      }
    }),
    { numRuns: 50 },
  );
});

test("more attempts raise the chance of one pass and lower that of all", () => {
  const curve = attemptsCurve([task(1, 4), task(2, 4), task(4, 4), task(0, 4), task(3, 4)]) ?? [];

  for (const [index, point] of curve.entries()) {
    const before = curve[index - 1];
    if (!before) continue;
    expect(point.any.value).toBeGreaterThanOrEqual(before.any.value);
    expect(point.all.value).toBeLessThanOrEqual(before.all.value);
  }
});

test("with as many attempts as there are, it is the share of tasks solved at least once, and every time", () => {
  const last = attemptsCurve([task(3, 3), task(1, 3), task(0, 3), task(3, 3)])?.at(-1);

  expect(last).toMatchObject({ k: 3, any: { value: 0.75 }, all: { value: 0.5 } });
});

test("it ends at the attempts that every graded task has, and leaves out tasks without a grade", () => {
  expect(attemptsCurve([task(3, 3), task(1, 2), task(0, 0)])?.map(({ k }) => k)).toEqual([1, 2]);
});

test("long curves have doublings between ten attempts and the last", () => {
  expect(attemptsCurve([task(30, 100), task(50, 100)])?.map(({ k }) => k)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 40, 80, 100]);
});

test("a single attempt, and a single task, have no curve", () => {
  expect(attemptsCurve([task(1, 1), task(0, 1)])).toBeNull();
  expect(attemptsCurve([task(1, 3)])).toBeNull();
  expect(attemptsCurve([])).toBeNull();
});
