import { expect, test } from "vitest";
import { chanceOfClaim, type Standing } from "../../src/stats/futility.ts";

const STANDING: Standing = {
  difference: 0,
  tasks: 50,
  round: 2,
  rounds: 5,
  withinBaseline: 0.12,
  withinCandidate: 0.12,
  effectVariance: 0.002,
  lastCritical: 1.79,
  margin: 0.05,
};

test("few tasks and a narrow margin leave little hope of a claim, many tasks leave much", () => {
  expect(chanceOfClaim({ ...STANDING, tasks: 10, margin: 0.01 })).toBeLessThan(chanceOfClaim({ ...STANDING, tasks: 1000 }));
  expect(chanceOfClaim({ ...STANDING, tasks: 1000 })).toBeGreaterThan(0.99);
});

test("a large drop so far makes the claim of a drop likely", () => {
  expect(chanceOfClaim({ ...STANDING, difference: -0.3 })).toBeGreaterThan(0.99);
});

test("a drop just as large as neither claim can reach leaves no hope", () => {
  expect(
    chanceOfClaim({ ...STANDING, difference: -0.03, round: 4, withinBaseline: 0.001, withinCandidate: 0.001, effectVariance: 0.06 }),
  ).toBeLessThan(0.01);
});

test("after the last round the answer is known", () => {
  const over = { ...STANDING, round: 5 };

  expect(chanceOfClaim({ ...over, difference: -0.2 })).toBe(1);
  expect(chanceOfClaim({ ...over, difference: -0.02 })).toBe(0);
});
