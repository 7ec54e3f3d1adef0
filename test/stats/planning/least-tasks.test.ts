import { expect, test } from "vitest";
import { intervalAt, pairedScore } from "../../../src/stats/paired.ts";
import { canDecide, leastAttempts, leastTasks } from "../../../src/stats/planning/least-tasks.ts";

function resultsOf(tasks: number): readonly (readonly [number, number])[][] {
  const outcomes = [
    [0, 0],
    [0, 1],
    [1, 0],
  ] as const;
  return Array.from({ length: 3 ** tasks }, (_, result) =>
    Array.from({ length: tasks }, (_, task) => outcomes[Math.floor(result / 3 ** task) % 3] ?? outcomes[0]),
  );
}

function isDecided(result: readonly (readonly [number, number])[]): boolean {
  const score = pairedScore(
    result.map(([before, after]) => ({ baseline: { passed: before, trials: 1 }, candidate: { passed: after, trials: 1 } })),
  );
  if (score === null) return false;
  const { low, high } = intervalAt(score, 0.025);
  return low > 0 || high < 0;
}

test("of all results of 6 tasks at one attempt none shows a difference at 5 %, and of those of 7 some do", () => {
  expect(resultsOf(6).some(isDecided)).toBe(false);
  expect(resultsOf(7).some(isDecided)).toBe(true);
  expect(leastTasks(1, 0.025)).toBe(7);
  expect(canDecide({ tasks: 6, attempts: 1, alpha: 0.025, groups: null })).toBe(false);
});

test("more attempts make up for few tasks down to five", () => {
  expect(leastAttempts({ tasks: 6, groups: null, alpha: 0.025 })).toBe(2);
  expect(leastAttempts({ tasks: 5, groups: null, alpha: 0.025 })).toBe(2);
  expect(leastAttempts({ tasks: 4, groups: null, alpha: 0.025 })).toBeNull();
});

test("fewer than three groups decide nothing, however many tasks they have", () => {
  expect(canDecide({ tasks: 1000, attempts: 5, alpha: 0.05, groups: 2 })).toBe(false);
  expect(canDecide({ tasks: 1000, attempts: 5, alpha: 0.05, groups: 3 })).toBe(true);
});
