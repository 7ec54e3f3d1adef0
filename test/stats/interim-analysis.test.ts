import { expect, test } from "vitest";
import { chanceOfClaim, interimAnalysis, type Standing } from "../../src/stats/interim-analysis.ts";
import { intervalAt, type PairedTask, pairedScore } from "../../src/stats/paired.ts";

const PLAN = { rounds: 5, margin: 0.05, alpha: 0.05 };

function tasks(count: number, before: number, after: number, trials: number): readonly PairedTask[] {
  return Array.from({ length: count }, () => ({ baseline: { passed: before, trials }, candidate: { passed: after, trials } }));
}

test("a first interim analysis asks for much more than the same data would need in the end", () => {
  const seen = [...tasks(54, 1, 1, 1), ...tasks(6, 1, 0, 1)];
  const score = pairedScore(seen);

  expect(score && intervalAt(score, 0.05).high).toBeLessThan(0);
  expect(interimAnalysis(seen, { ...PLAN, round: 1 })).toMatchObject({ claim: "inconclusive", stops: false });
  expect(interimAnalysis(seen, { ...PLAN, rounds: 1, round: 1 })).toMatchObject({ claim: "worse", stops: true });
});

test("a clear drop stops at once, and so does many tasks' steady likeness", () => {
  expect(interimAnalysis(tasks(30, 1, 0, 1), { ...PLAN, round: 1 })).toMatchObject({ claim: "worse", stops: true });
  expect(interimAnalysis(tasks(400, 1, 1, 1), { ...PLAN, round: 1 })).toMatchObject({ claim: "not-worse", stops: true });
});

test("a gate gives up where more rounds would hardly tell, but never after one round, and never with a claim", () => {
  // Tasks that always end alike differ between the arms: more attempts cannot narrow that down.
  const torn = [...tasks(8, 2, 2, 2), ...tasks(3, 2, 0, 2), ...tasks(3, 0, 2, 2)];

  expect(interimAnalysis(torn, { ...PLAN, round: 2 })).toMatchObject({ claim: "inconclusive", stops: true });
  expect(interimAnalysis(torn, { ...PLAN, round: 1 })).toMatchObject({ claim: "inconclusive", stops: false });
});

test("the last round ends a gate whatever it saw", () => {
  expect(interimAnalysis(tasks(4, 1, 1, 5), { ...PLAN, round: 5 })).toMatchObject({ claim: "inconclusive", stops: true, chance: 0 });
});

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
