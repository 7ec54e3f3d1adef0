import fc from "fast-check";
import { expect, test } from "vitest";
import { missingBounds } from "../../src/stats/missing.ts";
import { pairedScore } from "../../src/stats/paired.ts";
import { anySuite } from "./pair-arbitrary.ts";

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
