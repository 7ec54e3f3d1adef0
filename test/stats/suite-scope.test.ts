import { expect, test } from "vitest";
import { intervalAt, pairedScore } from "../../src/stats/paired.ts";
import { suiteDifference } from "../../src/stats/suite-scope.ts";

// Ten tasks on which the effect goes both ways.
const mixed = Array.from({ length: 10 }, (_, index) => ({
  baseline: { passed: 1 + (index % 3), trials: 5 },
  candidate: { passed: index % 2 === 0 ? 4 : 1, trials: 5 },
}));

test("the difference over exactly these tasks has the error of the runs alone", () => {
  const result = suiteDifference(mixed, 0.05);
  const variance = mixed.reduce((sum, { baseline, candidate }) => {
    const [before, after] = [baseline.passed / 5, candidate.passed / 5];
    return sum + (before * (1 - before) + after * (1 - after)) / 4;
  }, 0);

  expect(result?.difference).toBeCloseTo(pairedScore(mixed)?.difference ?? 9, 12);
  expect(((result?.high ?? 0) - (result?.low ?? 0)) / 2).toBeCloseTo((1.959963984540054 * Math.sqrt(variance)) / 10, 12);
});

test("it is narrower than the interval for tasks like these where effects differ", () => {
  const score = pairedScore(mixed);
  const wide = score && intervalAt(score, 0.025);
  const narrow = suiteDifference(mixed, 0.05);

  expect((narrow?.high ?? 9) - (narrow?.low ?? 0)).toBeLessThan((wide?.high ?? 0) - (wide?.low ?? 0));
});

test("the p-value is below alpha exactly when the interval leaves out 0", () => {
  const result = suiteDifference(mixed, 0.05);

  expect((result?.p ?? 1) < 0.05).toBe((result?.low ?? 0) > 0 || (result?.high ?? 0) < 0);
});

test.for([
  { title: "single attempts", tasks: [...mixed.slice(1), { baseline: { passed: 1, trials: 1 }, candidate: { passed: 0, trials: 2 } }] },
  { title: "fewer than five tasks with mixed outcomes", tasks: mixed.slice(0, 4) },
  { title: "no tasks", tasks: [] },
])("it cannot be told from $title", ({ tasks }) => {
  expect(suiteDifference(tasks, 0.05)).toBeNull();
});
