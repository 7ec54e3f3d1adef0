import { expect, test } from "vitest";
import { compareArms } from "../../src/analysis/compare.ts";
import { decideGate } from "../../src/analysis/gate/decide-gate.ts";
import type { ArmInRun } from "../../src/analysis/summary.ts";
import { comparisonText } from "../../src/report/terminal/comparison-text.ts";
import { palette } from "../../src/report/terminal/palette.ts";
import { writeReport } from "../../src/report/written-report.ts";
import { fixedUniforms } from "../../src/stats/planning/random.ts";
import { anArmResult, aRun, aTaskResult } from "../fixtures/record.ts";

type Passes = (task: number) => 0 | 1;

function side(name: string, passes: Passes, groupOf: (task: number) => string | null, tasks = 100): ArmInRun {
  const perTask = Array.from({ length: tasks }, (_, task) => aTaskResult(`task-${task}`, passes(task), 1, { group: groupOf(task) }));
  return { run: aRun({ attempts: 1 }), arm: anArmResult(name, perTask) };
}

const tenGroups = (task: number): string => `group-${Math.floor(task / 10)}`;

// Whole groups of ten tasks go one way or the other by a coin, so that nothing is better on average.
function shareShown(groupOf: (task: number) => string | null): number {
  const uniform = fixedUniforms(11);
  const suites = 150;
  let shown = 0;
  for (let suite = 0; suite < suites; suite++) {
    const shifts = Array.from({ length: 10 }, () => (uniform() < 0.5 ? 0.25 : -0.25));
    const draw =
      (shift: number): Passes =>
      (task) =>
        uniform() < 0.5 + shift * (shifts[Math.floor(task / 10)] ?? 0) * 2 ? 1 : 0;
    const [comparison] = compareArms([side("a", draw(0), groupOf), side("b", draw(1), groupOf)], "tasks", { power: false }).comparisons;
    shown += Number(comparison?.verdict.kind !== "cannot-tell");
  }
  return shown / suites;
}

test("where whole groups go one way by chance, tasks that are taken for independent show a difference far too often, and groups do not", () => {
  expect(shareShown(() => null)).toBeGreaterThan(0.15);
  expect(shareShown(tenGroups)).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / 150));
});

test("pass rates, differences, all of k and gates count groups", () => {
  const wide = (low: number | null | undefined, high: number | null | undefined): number => (high ?? 1) - (low ?? 0);
  const solved: Passes = (task) => (Math.floor(task / 10) % 2 === 0 ? 1 : 0);
  const figures = (groupOf: (task: number) => string | null) => {
    const sides = [side("a", () => 1, groupOf), side("b", solved, groupOf)] as const;
    const [before, after] = sides;
    const [comparison] = compareArms(sides, "tasks").comparisons;
    const label = { armId: "x", runId: "r", scripted: false };
    const labels = { baseline: { ...label, label: "a" }, candidate: { ...label, label: "b" } };
    const options = {
      margin: 0.05,
      alpha: 0.05,
      mode: "regression",
      failWhen: "worse",
      maxCostIncrease: null,
      onInconclusive: null,
    } as const;
    const gate = decideGate({ baseline: before, candidate: after, labels }, options);
    return [comparison?.passRate.candidate, comparison?.difference, gate.difference].map((one) => wide(one?.low, one?.high));
  };
  const [alone, grouped] = [figures(() => null), figures(tenGroups)];

  for (const [index, width] of grouped.entries()) expect(width).toBeGreaterThan(1.5 * (alone[index] ?? 0));
});

test("few groups are said to be few, and fewer than three allow no interval", () => {
  const texts = [10, 4, 2].map((groups) => {
    const groupOf = (task: number): string => `group-${task % groups}`;
    const arms = [side("a", () => 1, groupOf, 20), side("b", (task) => (task % 2 === 0 ? 1 : 0), groupOf, 20)];
    return comparisonText(writeReport(compareArms(arms, "tasks")), palette(false)).replace(/\s+/g, " ");
  });

  expect(texts[0]).toContain("20 tasks in 10 groups, the largest of 2: intervals are for new groups like these.");
  expect(texts[1]).toContain("fewer than 5 groups are few");
  expect(texts[2]).toContain("fewer than 3 groups allow none");
  expect(texts[2]).toContain("no interval");
});
