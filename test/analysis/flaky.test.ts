import { join } from "node:path";
import { expect, test } from "vitest";
import { compareArms } from "../../src/analysis/compare.ts";
import type { ArmInRun } from "../../src/analysis/summary.ts";
import { loadSuite } from "../../src/config/suite.ts";
import type { Task } from "../../src/core/task.ts";
import { chooseSolution } from "../../src/model/scripted/scripted-solution.ts";
import { anArmResult, aRun, aSpec, aTaskResult } from "../fixtures/record.ts";

const SEEDS = 100;
const SUITE = loadSuite(join(import.meta.dirname, "../../tasks/starter"));

// Which tasks a scripted model solves is decided before it starts: it delivers the reference or a wrong solution.
async function solves(task: Task, spec: ReturnType<typeof aSpec>): Promise<boolean> {
  const [played, reference] = await Promise.all([chooseSolution(spec, task, 1), chooseSolution(aSpec(), task, 1)]);
  const texts = (solution: typeof played): readonly string[] =>
    solution.changes.map(({ file }) => `${file.path} ${Buffer.from(file.bytes).toString("base64")}`);
  return JSON.stringify(texts(played)) === JSON.stringify(texts(reference));
}

async function flaky(seed: number): Promise<ArmInRun> {
  const spec = aSpec({ name: `flaky-${seed}`, model: "flaky", seed });
  const results = await Promise.all(SUITE.tasks.map(async (task) => aTaskResult(task.id, Number(await solves(task, spec)), 1)));
  return { run: aRun({ attempts: 1 }), arm: anArmResult(spec.name, results) };
}

test("a flaky model differs from itself under another seed in at most one comparison of twenty", async () => {
  const models = await Promise.all(Array.from({ length: SEEDS + 1 }, (_, seed) => flaky(seed + 1)));
  const verdicts = models
    .slice(1)
    .map((model, index) => compareArms([models[index] ?? model, model], "tasks").comparisons[0]?.verdict.kind);

  expect(verdicts).toHaveLength(SEEDS);
  expect(verdicts.filter((kind) => kind === "cannot-tell").length).toBeGreaterThanOrEqual(95);
  // The draws are not all alike, or there would be nothing to tell apart.
  expect(new Set(models.map(({ arm }) => arm.passed)).size).toBeGreaterThan(3);
});
