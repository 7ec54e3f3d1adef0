import { expect, test } from "vitest";
import { powerAt } from "../../../src/stats/planning/detectable.ts";
import { assumedPopulation } from "../../../src/stats/planning/estimate.ts";
import { attemptsFor, MAX_MORE_TRIALS, moreTrialsFor, tasksFor } from "../../../src/stats/planning/needed.ts";

function question(tasks: number, attempts: number, change: "prompt" | "model") {
  const design = { tasks, attempts: { baseline: attempts, candidate: attempts }, groupSizes: null };
  return { design, population: assumedPopulation(change), test: { alpha: 0.025 }, scope: "tasks" } as const;
}

test.for([
  [6, 1, "model", 0.3],
  [10, 3, "prompt", 0.2],
  [18, 1, "prompt", 0.2],
  [50, 3, "model", 0.1],
  [100, 1, "model", 0.05],
] as const)(
  "as many tasks as are said to be needed beside %i with %i attempts, for a %s change of %d, find it four times in five",
  ([tasks, attempts, change, difference]) => {
    const asked = question(tasks, attempts, change);
    const needed = tasksFor(asked, -difference, { power: 0.8, most: 10_000 }) ?? 0;

    const power = powerAt({ ...asked, design: { ...asked.design, tasks: needed } }, -difference);

    expect(power).toBeGreaterThan(0.785);
    expect(power).toBeLessThan(0.83);
  },
);

test("as many attempts as are said to be needed are enough, and one fewer is not", () => {
  const asked = question(50, 1, "prompt");
  const needed = attemptsFor(asked, -0.1, 0.8) ?? 0;
  const at = (attempts: number): number =>
    powerAt({ ...asked, design: { ...asked.design, attempts: { baseline: attempts, candidate: attempts } } }, -0.1);

  expect(at(needed)).toBeGreaterThanOrEqual(0.8);
  expect(at(needed - 1)).toBeLessThan(0.81);
});

test("the cheaper of attempts and tasks is advised", () => {
  const ofModels = moreTrialsFor(question(30, 3, "model"), -0.1, 0.8);
  expect(ofModels).toMatchObject({ as: "tasks" });
  // Over exactly these tasks only attempts help.
  expect(moreTrialsFor({ ...question(30, 2, "prompt"), scope: "suite" }, -0.1, 0.8)).toMatchObject({ as: "attempts" });
});

test("what takes more trials than anyone makes is not within reach", () => {
  expect(moreTrialsFor(question(6, 1, "model"), -0.005, 0.8)).toBeNull();
  const most = moreTrialsFor(question(100, 1, "model"), -0.03, 0.8);
  expect(most?.trials ?? 0).toBeLessThanOrEqual(MAX_MORE_TRIALS);
});
