import fc from "fast-check";
import { expect, test } from "vitest";
import {
  intervalAt,
  type PairedScore,
  type PairedTask,
  pairedScore,
  pairedScoreOf,
  pTwoSided,
  pWorse,
  scoreStatistic,
} from "../../src/stats/paired.ts";
import { anySuite } from "./pair-arbitrary.ts";
import { pNotWorse } from "./reference/paired.ts";

const ALPHA = 0.05;

function scored(tasks: readonly PairedTask[]): PairedScore {
  const score = pairedScore(tasks);
  if (!score) throw new Error("the suite has less than two tasks");
  return score;
}

test("swapping the sides turns the difference and its interval round", () => {
  fc.assert(
    fc.property(anySuite(), (tasks) => {
      const score = scored(tasks);
      const turned = scored(tasks.map(({ baseline, candidate }) => ({ baseline: candidate, candidate: baseline })));
      const [interval, mirror] = [intervalAt(score, ALPHA), intervalAt(turned, ALPHA)];

      expect(turned.difference).toBeCloseTo(-score.difference, 12);
      expect(mirror.low).toBeCloseTo(-interval.high, 8);
      expect(mirror.high).toBeCloseTo(-interval.low, 8);
    }),
  );
});

test("the order of the tasks changes nothing", () => {
  fc.assert(
    fc.property(anySuite(), (tasks) => {
      const [interval, backwards] = [intervalAt(scored(tasks), ALPHA), intervalAt(scored(tasks.toReversed()), ALPHA)];

      expect(backwards.low).toBeCloseTo(interval.low, 9);
      expect(backwards.high).toBeCloseTo(interval.high, 9);
    }),
  );
});

test("twice the trials with the same rates leave the difference and never widen the interval", () => {
  fc.assert(
    fc.property(anySuite(), (tasks) => {
      const twice = (count: PairedTask["baseline"]): PairedTask["baseline"] => ({ passed: 2 * count.passed, trials: 2 * count.trials });
      const before = scored(tasks);
      const after = scored(tasks.map(({ baseline, candidate }) => ({ baseline: twice(baseline), candidate: twice(candidate) })));

      expect(after.difference).toBeCloseTo(before.difference, 12);
      expect(intervalAt(after, ALPHA).low).toBeGreaterThanOrEqual(intervalAt(before, ALPHA).low - 1e-9);
      expect(intervalAt(after, ALPHA).high).toBeLessThanOrEqual(intervalAt(before, ALPHA).high + 1e-9);
    }),
  );
});

test("a further task without a difference draws the difference towards 0", () => {
  fc.assert(
    fc.property(anySuite(), (tasks) => {
      const tie = { baseline: { passed: 1, trials: 2 }, candidate: { passed: 1, trials: 2 } };
      const before = Math.abs(scored(tasks).difference);
      const after = Math.abs(scored([...tasks, tie]).difference);

      if (before > 1e-12) expect(after).toBeLessThan(before);
      else expect(after).toBeLessThan(1e-12);
    }),
  );
});

test("the interval is finite, lies within its range and holds the difference", () => {
  fc.assert(
    fc.property(anySuite(), fc.constantFrom(0.001, 0.01, 0.05, 0.2), (tasks, alpha) => {
      const score = scored(tasks);
      const { low, high } = intervalAt(score, alpha);

      expect(low).toBeGreaterThanOrEqual(-1);
      expect(high).toBeLessThanOrEqual(1);
      expect(low).toBeLessThanOrEqual(score.difference + 1e-12);
      expect(high).toBeGreaterThanOrEqual(score.difference - 1e-12);
      expect(score.designEffect).toBeGreaterThanOrEqual(1);
    }),
  );
});

test("every table of single attempts up to six tasks has a finite interval", () => {
  let tables = 0;
  for (let n = 2; n <= 6; n++)
    for (let b = 0; b <= n; b++)
      for (let c = 0; b + c <= n; c++) {
        const score = {
          difference: (b - c) / n,
          tasks: n,
          informative: b + c,
          candidateOnly: b,
          baselineOnly: c,
          designEffect: 1,
          degreesOfFreedom: n - 1,
        };
        const { low, high } = intervalAt(score, ALPHA);
        expect(Number.isFinite(low) && Number.isFinite(high) && low <= high).toBe(true);
        if (b === n) expect(high).toBe(1);
        if (c === n) expect(low).toBe(-1);
        tables++;
      }
  expect(tables).toBeGreaterThan(70);
});

test("the p-values never contradict the interval", () => {
  fc.assert(
    fc.property(anySuite(), fc.constantFrom(0.02, 0.1, 0.3), (tasks, alpha) => {
      const score = scored(tasks);
      const { low, high } = intervalAt(score, alpha / 2);

      if (Math.abs(pTwoSided(score) - alpha) > 1e-9) expect(pTwoSided(score) < alpha).toBe(low > 1e-9 || high < -1e-9);
      if (Math.abs(pWorse(score) - alpha / 2) > 1e-9) expect(pWorse(score) < alpha / 2).toBe(high < -1e-9);
      if (Math.abs(pNotWorse(score, 0.05) - alpha / 2) > 1e-9) expect(pNotWorse(score, 0.05) < alpha / 2).toBe(low > -0.05 + 1e-9);
    }),
  );
});

test("the statistic falls as the supposed difference grows", () => {
  fc.assert(
    fc.property(anySuite(), (tasks) => {
      const score = scored(tasks);
      const values = Array.from({ length: 41 }, (_, index) => scoreStatistic(score, -0.999 + (index * 1.998) / 40));

      for (const [index, value] of values.slice(1).entries()) expect(value).toBeLessThanOrEqual((values[index] ?? 0) + 1e-9);
    }),
  );
});

test("tasks that one side has not tried are left out, and one task says nothing", () => {
  const tried = { baseline: { passed: 1, trials: 1 }, candidate: { passed: 0, trials: 1 } };
  const untried = { baseline: { passed: 1, trials: 1 }, candidate: { passed: 0, trials: 0 } };

  expect(pairedScore([tried, tried, untried])?.tasks).toBe(2);
  expect(pairedScore([tried, untried])).toBeNull();
  expect(pairedScore([])).toBeNull();
});

test("tasks that are all alike show no difference, and how much they could have hidden", () => {
  const score = scored(Array.from({ length: 50 }, () => ({ baseline: { passed: 3, trials: 3 }, candidate: { passed: 3, trials: 3 } })));
  const { low, high } = intervalAt(score, 0.025);

  expect(score.difference).toBe(0);
  expect(pTwoSided(score)).toBe(1);
  expect(high).toBeCloseTo(-low, 9);
  expect(high).toBeGreaterThan(0.07);
});

test("tasks of one group count as one where they move together", () => {
  const alike = (group: string, passed: number): PairedTask[] =>
    Array.from({ length: 5 }, () => ({ baseline: { passed: 1, trials: 2 }, candidate: { passed, trials: 2 }, group }));
  const grouped = ["a", "b", "c", "d"].flatMap((group, index) => alike(group, index % 2 === 0 ? 2 : 0));
  const apart = grouped.map(({ baseline, candidate }) => ({ baseline, candidate }));

  expect(scored(grouped).degreesOfFreedom).toBe(3);
  expect(intervalAt(scored(grouped), ALPHA).high).toBeGreaterThan(intervalAt(scored(apart), ALPHA).high + 0.2);
  expect(pairedScore([...alike("a", 2), ...alike("b", 0)])).toBeNull();
});

test("figures without repeats have no bound to their credit, and none for no variance at all", () => {
  const spread = Array.from({ length: 20 }, (_, index) => ({ difference: 0.1 + (index % 5) / 100, repeats: Number.POSITIVE_INFINITY }));
  const flat = spread.map((task) => ({ ...task, difference: 0.1 }));

  expect(pairedScoreOf(spread)?.designEffect).toBeGreaterThan(100);
  expect(pairedScoreOf(flat)?.designEffect).toBe(1);
});

test("a thousand tasks are compared hundreds of times while a test may run", () => {
  const tasks = Array.from({ length: 1000 }, (_, index) => ({
    baseline: { passed: index % 4, trials: 3 + (index % 2) },
    candidate: { passed: (index * 7) % 4, trials: 3 },
  }));
  const widths = Array.from({ length: 300 }, (_, index) => {
    const { low, high } = intervalAt(scored(tasks.slice(index)), ALPHA);
    return high - low;
  });

  expect(Math.max(...widths)).toBeLessThan(0.1);
});
