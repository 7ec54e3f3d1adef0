import { expect, test } from "vitest";
import { MAX_ROUNDS, SEQUENTIAL_LEVELS, sequentialBoundary, sequentialCritical } from "../../src/stats/group-sequential.ts";
import { normalCdf } from "../../src/stats/normal.ts";
import { studentTQuantile } from "../../src/stats/student-t.ts";
import { boundaryOf, type Spending, spentAlpha } from "./reference/spending.ts";

const SPENDINGS: readonly Spending[] = ["power-family", "obrien-fleming", "pocock"];
const plans = SPENDINGS.flatMap((spending) =>
  SEQUENTIAL_LEVELS.flatMap((alpha) => Array.from({ length: MAX_ROUNDS }, (_, index) => ({ spending, alpha, rounds: index + 1 }))),
);

test.for(plans)("the boundary of $rounds rounds at $alpha spends what $spending allows at every round", ({ spending, alpha, rounds }) => {
  const boundary = boundaryOf(spending, alpha, rounds) ?? [];

  expect(boundary).toHaveLength(rounds);
  let spent = 0;
  for (const [index, chance] of crossings(boundary).entries()) {
    spent += chance;
    expect(Math.abs(spent - spentAlpha(alpha, (index + 1) / rounds, spending))).toBeLessThan(1e-6);
  }
  expect(Math.abs(spent - alpha)).toBeLessThan(1e-6);
});

test.for([0.025, 0.0125, 0.005])("half a level, at %d, is tabled for every number of rounds", (alpha) => {
  for (let rounds = 1; rounds <= MAX_ROUNDS; rounds++) {
    const boundary = sequentialBoundary(alpha, rounds) ?? [];
    const spent = crossings(boundary).reduce((sum, chance) => sum + chance, 0);

    expect(boundary).toHaveLength(rounds);
    expect(Math.abs(spent - alpha)).toBeLessThan(1e-6);
  }
});

// Chances that a sum of independent normal steps first crosses its boundary at each look, by integration over where it stood before.
function crossings(boundary: readonly number[]): readonly number[] {
  const intervals = 300;
  const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  let stood: readonly { readonly at: number; readonly mass: number }[] = [{ at: 0, mass: 1 }];
  return boundary.map((z, index) => {
    const limit = z * Math.sqrt(index + 1);
    const crossing = stood.reduce((sum, { at, mass }) => sum + mass * normalCdf(at - limit), 0);
    const from = -8 * Math.sqrt(index + 1);
    const step = (limit - from) / intervals;
    const before = stood;
    stood = Array.from({ length: intervals + 1 }, (_, node) => {
      const at = from + node * step;
      const weight = node === 0 || node === intervals ? 1 : node % 2 === 1 ? 4 : 2;
      return { at, mass: ((weight * step) / 3) * before.reduce((sum, one) => sum + one.mass * density(at - one.at), 0) };
    });
    return crossing;
  });
}

test("one round is no sequence", () => {
  expect(sequentialCritical({ alpha: 0.05, rounds: 1, round: 1, degreesOfFreedom: 99 })).toBeCloseTo(studentTQuantile(0.95, 99), 5);
});

test("a plan that is not tabled shares its error probability equally", () => {
  expect(sequentialBoundary(0.05, 6)).toBeNull();
  expect(sequentialBoundary(0.03, 3)).toBeNull();
  expect(sequentialCritical({ alpha: 0.06, rounds: 6, round: 2, degreesOfFreedom: 20 })).toBeCloseTo(studentTQuantile(0.99, 20), 9);
});

test("fewer tasks ask for more", () => {
  const critical = (degreesOfFreedom: number): number => sequentialCritical({ alpha: 0.05, rounds: 3, round: 2, degreesOfFreedom });

  expect(critical(9)).toBeGreaterThan(critical(49));
  expect(critical(49)).toBeGreaterThan(2.0687);
  expect(critical(1e6)).toBeCloseTo(2.068664, 4);
});
