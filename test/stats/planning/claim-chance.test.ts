import { expect, test } from "vitest";
import { intervalAt, pairedScore, pairedScoreOf } from "../../../src/stats/paired.ts";
import { claimChance } from "../../../src/stats/planning/claim-chance.ts";
import { detectableDifferenceOf, powerAt } from "../../../src/stats/planning/detectable.ts";
import { isEnumerable } from "../../../src/stats/planning/enumerate.ts";
import { assumedPopulation } from "../../../src/stats/planning/estimate.ts";
import { type OutcomeTable, outcomesOf, outcomesOfSuite } from "../../../src/stats/planning/population.ts";
import { fixedUniforms } from "../../../src/stats/planning/random.ts";
import { suiteClaimChance } from "../../../src/stats/planning/suite-chance.ts";
import { assumedSpread, minimumDetectableEffect } from "../../../src/stats/power.ts";
import { suiteDifference } from "../../../src/stats/suite-scope.ts";

const MODEL = assumedPopulation("model");

function independent(tasks: number, attempts: number) {
  return { tasks, attempts: { baseline: attempts, candidate: attempts }, groupSizes: null };
}

// Draws suites task by task and asks the functions that decide comparisons.
function shareOfClaims(table: OutcomeTable, tasks: number, claims: (passes: readonly (readonly [number, number])[]) => boolean): number {
  const uniform = fixedUniforms(7);
  const { candidate } = table.attempts;
  const suites = 3000;
  let claimed = 0;
  for (let suite = 0; suite < suites; suite++) {
    const passes = Array.from({ length: tasks }, (_, task) => {
      const level = table.levels[table.levels.length === tasks ? task : 0] ?? new Float64Array();
      let left = uniform();
      const found = level.findIndex((chance) => {
        left -= chance;
        return left < 0;
      });
      return [Math.floor(found / (candidate + 1)), found % (candidate + 1)] as const;
    });
    claimed += Number(claims(passes));
  }
  return claimed / suites;
}

test.for([
  [7, 1],
  [5, 2],
] as const)(
  "the chance of a claim with %i tasks and %i attempts is that of all results together, decided one by one",
  ([tasks, attempts]) => {
    const table = outcomesOf(MODEL, -0.4, { attempts: { baseline: attempts, candidate: attempts }, grouped: false });
    const outcomes = [...(table.levels[0] ?? [])].map((chance, index) => ({
      chance,
      difference: ((index % (attempts + 1)) - Math.floor(index / (attempts + 1))) / attempts,
    }));
    const chances = new Map<number, number>();
    for (const { chance, difference } of outcomes) chances.set(difference, (chances.get(difference) ?? 0) + chance);
    let total = 0;
    const visit = (differences: readonly number[], chance: number): void => {
      if (differences.length < tasks) {
        for (const [difference, one] of chances) visit([...differences, difference], chance * one);
        return;
      }
      const score = pairedScoreOf(differences.map((difference) => ({ difference, repeats: attempts })));
      if (score && intervalAt(score, 0.05).high < 0) total += chance;
    };
    visit([], 1);

    expect(claimChance(independent(tasks, attempts), { alpha: 0.05 })(table)).toBeCloseTo(total, 10);
  },
);

test.for([
  [40, 3],
  [120, 2],
] as const)(
  "beyond what can be enumerated, drawn suites of %i tasks and %i attempts tell the chance of the decision that is shipped",
  ([tasks, attempts]) => {
    const design = independent(tasks, attempts);
    const table = outcomesOf(MODEL, -0.12, { attempts: design.attempts, grouped: false });
    const shipped = shareOfClaims(table, tasks, (passes) => {
      const score = pairedScore(
        passes.map(([before, after]) => ({
          baseline: { passed: before, trials: attempts },
          candidate: { passed: after, trials: attempts },
        })),
      );
      return score !== null && intervalAt(score, 0.025).high < 0;
    });

    expect(Math.abs(claimChance(design, { alpha: 0.025 })(table) - shipped)).toBeLessThan(0.03);
  },
);

test("the chance of a claim about exactly these tasks is that of the decision that is shipped", () => {
  const table = outcomesOfSuite(MODEL, -0.1, { tasks: 40, attempts: { baseline: 3, candidate: 3 } });
  const shipped = shareOfClaims(table, 40, (passes) => {
    const found = suiteDifference(
      passes.map(([before, after]) => ({ baseline: { passed: before, trials: 3 }, candidate: { passed: after, trials: 3 } })),
      0.05,
    );
    return found !== null && found.high < 0;
  });

  expect(Math.abs(suiteClaimChance(independent(40, 3), { alpha: 0.025 })(table) - shipped)).toBeLessThan(0.03);
});

test("a difference that a formula promises to find at 6 tasks and one attempt is never found; no difference is promised now", () => {
  const question = { design: independent(6, 1), population: MODEL, test: { alpha: 0.025 }, scope: "tasks" } as const;
  const promised = minimumDetectableEffect({
    ...assumedSpread("model"),
    tasks: 6,
    attemptsBaseline: 1,
    attemptsCandidate: 1,
    alpha: 0.025,
    power: 0.8,
  });

  expect(promised).toBeLessThan(0.7);
  expect(powerAt(question, -promised)).toBe(0);
  expect(detectableDifferenceOf(question, 0.8)).toBeNull();
});

test.for([
  [10, 3],
  [18, 1],
  [25, 3],
  [50, 1],
  [225, 3],
] as const)("the difference that %i tasks with %i attempts detect is found four times in five", ([tasks, attempts]) => {
  const question = { design: independent(tasks, attempts), population: MODEL, test: { alpha: 0.05 }, scope: "tasks" } as const;
  const found = detectableDifferenceOf(question, 0.8) ?? 0;

  expect(Math.abs(powerAt(question, -found) - 0.8)).toBeLessThan(0.02);
});

test("all results of 25 tasks with 3 attempts are looked at, and 26 are too many", () => {
  expect(isEnumerable(25, 7)).toBe(true);
  expect(isEnumerable(26, 7)).toBe(false);
});

test("with tasks in groups less is found than with as many independent ones", () => {
  const attempts = { baseline: 1, candidate: 1 };
  const at = (groupSizes: readonly number[] | null): number | null =>
    detectableDifferenceOf({ design: { tasks: 100, attempts, groupSizes }, population: MODEL, test: { alpha: 0.05 }, scope: "tasks" }, 0.8);

  expect(at(Array.from({ length: 10 }, () => 10))).toBeGreaterThan((at(null) ?? 1) * 1.1);
  expect(at([50, 50])).toBeNull();
});
