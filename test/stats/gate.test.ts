import fc from "fast-check";
import { expect, test } from "vitest";
import { gateClaim, missingBounds } from "../../src/stats/gate.ts";
import { pairedScore } from "../../src/stats/paired.ts";
import { anySuite } from "./pair-arbitrary.ts";
import { guardExitCode } from "./reference/gate.ts";

test.for([
  [0.001, 0.2, "better", 0],
  [-0.01, -0.001, "worse-within-margin", 0],
  [-0.2, -0.001, "worse", 1],
  [-0.05, -0.001, "worse", 1],
  [-0.049, 0.3, "not-worse", 0],
  [0, 0.3, "not-worse", 0],
  [-0.05, 0.3, "inconclusive", 3],
  [-0.2, 0, "inconclusive", 3],
] as const)("from %d to %d with a margin of 5 points is %s", ([low, high, claim, exitCode]) => {
  expect(gateClaim({ low, high }, 0.05)).toBe(claim);
  expect(guardExitCode(claim)).toBe(exitCode);
});

test("whatever the missing trials would have been, the difference lies between the bounds", () => {
  fc.assert(
    fc.property(anySuite(3), fc.integer({ min: 0, max: 9 }), (tasks, luck) => {
      const { worst, best } = missingBounds(tasks.map((task) => ({ ...task, planned: 4 })));
      const guessed = tasks.map(({ baseline, candidate }, index) => ({
        baseline: { passed: baseline.passed + ((index + luck) % 2) * (4 - baseline.trials), trials: 4 },
        candidate: { passed: candidate.passed + ((index * luck) % 2) * (4 - candidate.trials), trials: 4 },
      }));
      const difference = pairedScore(guessed)?.difference ?? 9;

      expect(pairedScore(worst)?.difference).toBeLessThanOrEqual(difference + 1e-12);
      expect(pairedScore(best)?.difference).toBeGreaterThanOrEqual(difference - 1e-12);
    }),
  );
});

test("with nothing missing the bounds are the data", () => {
  const task = { baseline: { passed: 1, trials: 2 }, candidate: { passed: 2, trials: 2 }, planned: 2 };

  expect(missingBounds([task]).worst).toEqual(missingBounds([task]).best);
});
