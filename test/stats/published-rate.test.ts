import { expect, test } from "vitest";
import type { TaskCount } from "../../src/stats/binomial.ts";
import { pOfPublished, publishedDifference, publishedInterval } from "../../src/stats/published-rate.ts";
import { uniformFrom } from "../analysis/simulated-arms.ts";

const counts = (passed: number, tasks: number): readonly TaskCount[] =>
  Array.from({ length: tasks }, (_, index) => ({ passed: Number(index < passed), trials: 1 }));

test("the difference of two single-attempt rates has Newcombe's interval", () => {
  // Newcombe 1998, table II, example (a): 56/70 against 48/80, method 10: 0.0524 to 0.3339; ours has Student's t for the arm, which is a little wider.
  const found = publishedDifference(counts(56, 70), { rate: 48 / 80, tasks: 80 }, 0.05);

  expect(found?.difference).toBeCloseTo(0.2, 12);
  expect(found?.low).toBeCloseTo(0.0524, 2);
  expect(found?.high).toBeCloseTo(0.3339, 2);
});

test("the published figure brings its own uncertainty: fewer tasks widen the interval", () => {
  const width = (tasks: number): number => {
    const found = publishedDifference(counts(60, 100), { rate: 0.62, tasks }, 0.05);
    return (found?.high ?? 0) - (found?.low ?? 0);
  };

  expect(width(50)).toBeGreaterThan(width(225));
  expect(width(225)).toBeGreaterThan(width(100_000));
  expect(publishedInterval({ rate: 0.62, tasks: 225 }, 0.05).low).toBeCloseTo(0.555, 2);
});

test("p is below a level exactly when the interval at that level excludes 0", () => {
  for (const passed of [30, 40, 48, 52, 60, 80]) {
    const published = { rate: 0.6, tasks: 225 };
    const { low, high } = publishedDifference(counts(passed, 100), published, 0.05) ?? { low: 0, high: 0 };

    expect((pOfPublished(counts(passed, 100), published) ?? 1) < 0.05).toBe(low > 0 || high < 0);
  }
});

test("below two tasks there is no interval and no p", () => {
  expect(publishedDifference(counts(1, 1), { rate: 0.5, tasks: 100 }, 0.05)).toBeNull();
  expect(pOfPublished(counts(1, 1), { rate: 0.5, tasks: 100 })).toBeNull();
});

test("equal chances are told apart no more often than 5 %", () => {
  const uniform = uniformFrom(5);
  const draw = (tasks: number): number => Array.from({ length: tasks }, () => uniform() < 0.62).filter(Boolean).length;
  const suites = 2000;
  let claims = 0;
  for (let suite = 0; suite < suites; suite++) {
    const { low, high } = publishedDifference(counts(draw(50), 50), { rate: draw(225) / 225, tasks: 225 }, 0.05) ?? { low: 0, high: 0 };
    claims += Number(low > 0 || high < 0);
  }

  expect(claims / suites).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / suites));
});
