import fc from "fast-check";
import { expect, test } from "vitest";
import { passAtK, passHatK, passK, passKDifference } from "../../src/stats/pass-k.ts";
import { passRate } from "../../src/stats/pass-rate.ts";
import { anySuite } from "./pair-arbitrary.ts";

test("all of k passing is never likelier than one, nor one than at least one of k", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(), fc.nat(), (trials, passed, k) => {
      const c = passed % (trials + 1);
      const draws = 1 + (k % trials);

      expect(passHatK(trials, c, draws)).toBeLessThanOrEqual(c / trials + 1e-12);
      expect(passAtK(trials, c, draws)).toBeGreaterThanOrEqual(c / trials - 1e-12);
    }),
  );
});

test("failing all of k is the same as all of k failing", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(), (trials, passed) => {
      const c = passed % (trials + 1);

      expect(passAtK(trials, c, Math.ceil(trials / 2))).toBeCloseTo(1 - (passHatK(trials, trials - c, Math.ceil(trials / 2)) ?? 0), 12);
    }),
  );
});

test("a suite at one attempt is its pass rate", () => {
  fc.assert(
    fc.property(anySuite(), (tasks) => {
      const counts = tasks.map(({ baseline }) => baseline);
      const { rate, low, high } = passRate(counts);

      for (const kind of ["any", "all"] as const) {
        const result = passK(counts, 1, kind);
        expect(result?.value).toBeCloseTo(rate ?? -1, 12);
        expect(result?.low).toBeCloseTo(low ?? -1, 9);
        expect(result?.high).toBeCloseTo(high ?? -1, 9);
      }
    }),
  );
});

test("a difference lies in its interval and turns round with the sides", () => {
  fc.assert(
    fc.property(anySuite(), fc.constantFrom("any" as const, "all" as const), (tasks, kind) => {
      const k = Math.min(...tasks.flatMap(({ baseline, candidate }) => [baseline.trials, candidate.trials]));
      const difference = passKDifference(tasks, k, kind);
      const turned = passKDifference(
        tasks.map(({ baseline, candidate }) => ({ baseline: candidate, candidate: baseline })),
        k,
        kind,
      );

      expect(difference?.low).toBeLessThanOrEqual((difference?.value ?? -2) + 1e-12);
      expect(difference?.high).toBeGreaterThanOrEqual((difference?.value ?? 2) - 1e-12);
      expect(turned?.low).toBeCloseTo(-(difference?.high ?? 9), 8);
    }),
  );
});

test("a task with too few trials leaves the value undefined", () => {
  const enough = { passed: 1, trials: 3 };
  const short = { passed: 1, trials: 2 };

  expect(passK([enough, enough, short], 3, "all")).toBeNull();
  expect(passK([enough, enough], 3, "all")).not.toBeNull();
  expect(passK([enough], 3, "all")).toBeNull();
  expect(
    passKDifference(
      [
        { baseline: enough, candidate: short },
        { baseline: enough, candidate: enough },
      ],
      3,
      "any",
    ),
  ).toBeNull();
});
