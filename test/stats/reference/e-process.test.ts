import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { expect, test } from "vitest";
import { anytimeP, bettingInterval, discordantEvidence, evidenceOfNotWorse, evidenceOfWorse, firstCrossing } from "./e-process.ts";

const RUNS = 1000;
const TASKS = 150;
const ALPHA = 0.05;

// Single attempts of tasks that the sides solve alone with these chances.
function sample(chances: { readonly baselineOnly: number; readonly candidateOnly: number }, seed: number): readonly number[] {
  const generator = xoroshiro128plus(seed);
  return Array.from({ length: TASKS }, () => {
    const u = uniformFloat64(generator);
    return u < chances.baselineOnly ? -1 : u < chances.baselineOnly + chances.candidateOnly ? 1 : 0;
  });
}

const shareOf = (crosses: (differences: readonly number[]) => boolean, chances: Parameters<typeof sample>[0]): number =>
  Array.from({ length: RUNS }, (_, seed) => crosses(sample(chances, seed))).filter(Boolean).length / RUNS;

const limit = ALPHA + 3 * Math.sqrt((ALPHA * (1 - ALPHA)) / RUNS);
const alike = { baselineOnly: 0.15, candidateOnly: 0.15 };

test("equal sides raise an alarm at any time in no more than the promised share of runs", () => {
  expect(shareOf((differences) => firstCrossing(evidenceOfWorse(differences), ALPHA) !== null, alike)).toBeLessThanOrEqual(limit);
  expect(shareOf((differences) => firstCrossing(discordantEvidence(differences), ALPHA) !== null, alike)).toBeLessThanOrEqual(limit);
});

test("a loss of the margin passes for none in no more than the promised share of runs", () => {
  const lost = { baselineOnly: 0.2, candidateOnly: 0.1 };

  expect(shareOf((differences) => firstCrossing(evidenceOfNotWorse(differences, 0.1), ALPHA) !== null, lost)).toBeLessThanOrEqual(limit);
});

test("a large loss is found in nearly every run", () => {
  const lost = { baselineOnly: 0.35, candidateOnly: 0.05 };

  expect(shareOf((differences) => firstCrossing(evidenceOfWorse(differences), ALPHA) !== null, lost)).toBeGreaterThan(0.95);
});

test("the anytime p-value is below alpha exactly when the evidence has sufficed", () => {
  for (let seed = 0; seed < 200; seed++) {
    const evidence = evidenceOfWorse(sample({ baselineOnly: 0.25, candidateOnly: 0.1 }, seed));

    expect(anytimeP(evidence) <= ALPHA + 1e-12).toBe(firstCrossing(evidence, ALPHA) !== null);
  }
  expect(anytimeP([])).toBe(1);
});

test("the interval holds the mean and stays within its range", () => {
  for (let seed = 0; seed < 50; seed++) {
    const differences = sample(alike, seed).slice(0, 5 + seed);
    const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
    const { low, high } = bettingInterval(differences, ALPHA);

    expect(low).toBeGreaterThanOrEqual(-1);
    expect(high).toBeLessThanOrEqual(1);
    expect(low).toBeLessThanOrEqual(mean);
    expect(high).toBeGreaterThanOrEqual(mean);
  }
});
