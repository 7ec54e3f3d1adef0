import { expect, test } from "vitest";
import { compareArms } from "../../../src/analysis/compare.ts";
import type { Comparison } from "../../../src/analysis/comparison.ts";
import type { ArmInRun } from "../../../src/analysis/summary.ts";
import { holm } from "../../../src/stats/multiplicity.ts";
import { anArmResult, aRun, aTaskResult } from "../../fixtures/record.ts";
import { drawEqualArms, uniformFrom } from "../simulated-arms.ts";

const ATTEMPTS = 3;
const TAGS = ["api", "cli", "data", "web"];

type Passes = (task: number, tag: string) => number;

function arm(
  name: string,
  passes: Passes,
  { tasks = 80, lost = 0, group }: { readonly tasks?: number; readonly lost?: number; readonly group?: (task: number) => string } = {},
): ArmInRun {
  const perTask = Array.from({ length: tasks }, (_, task) => {
    const tag = TAGS[task % TAGS.length] ?? "";
    const errors = task < lost ? 1 : 0;
    const graded = ATTEMPTS - errors;
    return aTaskResult(`t${task}`, Math.min(graded, passes(task, tag)), graded, {
      tags: [tag, "all"],
      errors,
      group: group?.(task) ?? null,
    });
  });
  return { run: aRun({ attempts: ATTEMPTS }), arm: anArmResult(name, perTask) };
}

function compared(sides: readonly ArmInRun[]): Comparison {
  const [comparison] = compareArms(sides, "tasks", { power: false }).comparisons;
  if (!comparison) throw new Error("nothing was compared");
  return comparison;
}

const usual: Passes = (task) => (task >> 2) % 4;
const worseOnWeb: Passes = (task, tag) => (tag === "web" ? 0 : usual(task, tag));

test("a part that is much worse is shown while the others are not, with Holm's p over all parts", () => {
  const { parts } = compared([arm("a", usual), arm("b", worseOnWeb)]);

  expect(parts.map(({ name, tasks, shown }) => [name, tasks, shown])).toEqual([
    ["api", 20, null],
    ["cli", 20, null],
    ["data", 20, null],
    ["web", 20, "worse"],
  ]);
  const adjusted = holm(parts.map(({ difference }) => difference.p ?? 1));
  for (const [index, { difference }] of parts.entries()) expect(difference.adjustedP).toBeCloseTo(adjusted[index] ?? 2, 12);
});

test("each part counts among all comparisons of the run, too", () => {
  const sides = [arm("a", usual), arm("b", worseOnWeb), arm("c", usual), arm("d", usual)];
  const [first] = compareArms(sides, "tasks", { power: false }).comparisons;
  const web = first?.parts.find(({ name }) => name === "web");

  // Three comparisons with the baseline, four parts each.
  expect(web?.difference.adjustedP).toBeCloseTo(Math.min(1, (web?.difference.p ?? 1) * 12), 12);
});

test("nothing is shown by part where the data allow no verdict", () => {
  const few = compared([arm("a", usual), arm("b", worseOnWeb, { lost: 40 })]);

  expect(few.verdict).toMatchObject({ kind: "cannot-tell" });
  expect(few.parts.map(({ shown }) => shown)).toEqual([null, null, null, null]);
});

test("a group is compared by its own tasks", () => {
  const group = (task: number): string => `repo-${task % 2}`;
  const { parts } = compared([arm("a", usual, { group }), arm("b", worseOnWeb, { group })]);

  for (const { kind, difference } of parts) expect(difference.low === null).toBe(kind === "tag");
});

test("of equal arms no more than one comparison in twenty has a part that is shown to differ", () => {
  const uniform = uniformFrom(7);
  const suites = 300;
  let [shown, alone] = [0, 0];
  for (let suite = 0; suite < suites; suite++) {
    const [before = [], after = []] = drawEqualArms({ arms: 2, tasks: 120, attempts: ATTEMPTS }, uniform);
    const passesOf =
      (results: typeof before): Passes =>
      (task) =>
        results[task]?.filter(Boolean).length ?? 0;
    const { parts } = compared([arm("a", passesOf(before), { tasks: 120 }), arm("b", passesOf(after), { tasks: 120 })]);
    shown += Number(parts.some((part) => part.shown !== null));
    alone += Number(parts.some(({ difference: { low, high } }) => (low ?? -1) > 0 || (high ?? 1) < 0));
  }

  expect(shown).toBeLessThan(suites * (0.05 + 3 * Math.sqrt((0.05 * 0.95) / suites)));
  // Without the allowance it would be far more often.
  expect(alone).toBeGreaterThan(suites * 0.1);
});
