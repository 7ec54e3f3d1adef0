import fc from "fast-check";
import { expect, test } from "vitest";
import {
  attemptsNeeded,
  effectVariance,
  minimumDetectableEffect,
  PLANNING_DEFAULTS,
  tasksNeeded,
  varianceComponents,
} from "../../src/stats/power.ts";
import { anySuite } from "./pair-arbitrary.ts";
import { bestAttempts, standardErrorFloor } from "./reference/power.ts";

const { within, promptEffectVariance, modelEffectVariance } = PLANNING_DEFAULTS;
const plan = { withinBaseline: within, withinCandidate: within, effectVariance: promptEffectVariance, alpha: 0.05, power: 0.8 };
const once = { attemptsBaseline: 1, attemptsCandidate: 1 };

// The table of planned effects, in points.
test.for([
  [50, 1, promptEffectVariance, 17.3],
  [50, 3, promptEffectVariance, 10.1],
  [100, 1, promptEffectVariance, 12.2],
  [100, 5, promptEffectVariance, 5.6],
  [100, 3, modelEffectVariance, 9.3],
  [200, 3, modelEffectVariance, 6.6],
] as const)("%i tasks with %i attempts at an effect variance of %d find %d points", ([tasks, attempts, variance, points]) => {
  const effect = minimumDetectableEffect({
    ...plan,
    tasks,
    attemptsBaseline: attempts,
    attemptsCandidate: attempts,
    effectVariance: variance,
  });

  expect(Math.abs(100 * effect - points)).toBeLessThan(0.11);
});

test("the tasks and attempts that are needed find what they are needed for", () => {
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 0.5, noNaN: true }), fc.integer({ min: 2, max: 2000 }), (delta, tasks) => {
      const needed = tasksNeeded({ ...plan, ...once, delta });
      expect(minimumDetectableEffect({ ...plan, ...once, tasks: needed })).toBeLessThanOrEqual(delta + 1e-9);
      if (needed > 1) expect(minimumDetectableEffect({ ...plan, ...once, tasks: needed - 1 })).toBeGreaterThan(delta - 1e-9);

      const attempts = attemptsNeeded({ ...plan, tasks, delta });
      const floor = standardErrorFloor({ ...plan, tasks });
      if (attempts === null) expect(floor * 2.486).toBeGreaterThan(delta - 1e-3);
      else
        expect(minimumDetectableEffect({ ...plan, tasks, attemptsBaseline: attempts, attemptsCandidate: attempts })).toBeLessThanOrEqual(
          delta + 1e-9,
        );
    }),
  );
});

test("no number of attempts makes up for tasks that differ too much in their effect", () => {
  expect(attemptsNeeded({ ...plan, effectVariance: modelEffectVariance, tasks: 50, delta: 0.05 })).toBeNull();
  expect(attemptsNeeded({ ...plan, effectVariance: 0, tasks: 50, delta: 0.05 })).toBe(12);
});

test("dear tasks are worth more attempts", () => {
  expect(bestAttempts({ ...plan, setupCost: 0, trialCost: 1 })).toBe(1);
  expect(bestAttempts({ ...plan, setupCost: 4, trialCost: 1 })).toBeGreaterThan(bestAttempts({ ...plan, setupCost: 1, trialCost: 1 }));
});

test("the variances of a suite are those of its definition", () => {
  const {
    mean,
    within: inside,
    between,
  } = varianceComponents([
    { passed: 4, trials: 4 },
    { passed: 2, trials: 4 },
    { passed: 0, trials: 4 },
  ]);

  expect(mean).toBe(0.5);
  expect(inside).toBeCloseTo(1 / 9, 12);
  expect(between).toBeCloseTo(0.25 - 1 / 36, 12);
});

test("single attempts leave all variance within, where planning for single attempts needs it", () => {
  const counts = [1, 1, 1, 0].map((passed) => ({ passed, trials: 1 }));

  expect(varianceComponents(counts)).toMatchObject({ within: 0.1875, between: 0, designEffect: 1 });
});

test("equal effects have no variance, and variances are never negative", () => {
  const alike = Array.from({ length: 10 }, () => ({ baseline: { passed: 2, trials: 4 }, candidate: { passed: 2, trials: 4 } }));
  const apart = Array.from({ length: 10 }, (_, index) => ({
    baseline: { passed: index % 2 === 0 ? 4 : 0, trials: 4 },
    candidate: { passed: index % 2 === 0 ? 0 : 4, trials: 4 },
  }));

  expect(effectVariance(alike)).toBe(0);
  expect(effectVariance(apart)).toBeCloseTo(10 / 9, 12);
  fc.assert(fc.property(anySuite(), (tasks) => effectVariance(tasks) >= 0));
});
