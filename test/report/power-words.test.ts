import { expect, test } from "vitest";
import { compareArms } from "../../src/analysis/compare.ts";
import { makePlan } from "../../src/analysis/plan/make-plan.ts";
import { shortPlan } from "../../src/report/terminal/plan-text.ts";
import { writeReport } from "../../src/report/written-report.ts";
import { armInput, planInputs, plannedArmOf, planTasks } from "../fixtures/plan.ts";
import { anArmResult, aRun, aTaskResult } from "../fixtures/record.ts";

const SIX = "No result of 6 tasks at 1 attempt can show a difference between two arms, not even 6 of 6 against 0 of 6";

test("before money is spent a run of two arms on 6 tasks at one attempt says that it cannot decide, and what could", () => {
  const suite = { name: "few", digest: "d", tasks: planTasks(6) };
  const plan = makePlan(planInputs([armInput(plannedArmOf()), armInput(plannedArmOf())], { suite, attempts: 1, withPower: false }));

  expect(shortPlan(plan)).toContain(`${SIX}: at least 7 tasks, or 2 attempts of each, are needed.`);
  const more = makePlan(planInputs([armInput(plannedArmOf()), armInput(plannedArmOf())], { suite, attempts: 2, withPower: false }));
  expect(shortPlan(more)).not.toContain("No result");
});

test("a run of one arm, which compares nothing, says nothing of it; a gate of 4 tasks does at its own risk", () => {
  const suite = { name: "few", digest: "d", tasks: planTasks(4) };
  const plan = makePlan(planInputs([armInput(plannedArmOf())], { suite, attempts: 1, withPower: false }));

  expect(shortPlan(plan)).not.toContain("No result");
  expect(shortPlan(plan, "gate")).toContain("at least 5 tasks are needed");
});

test("6 of 6 against 0 of 6 could have shown nothing, and the comparison says so instead of promising a difference", () => {
  const side = (name: string, passed: number) => ({
    run: aRun({ attempts: 1 }),
    arm: anArmResult(
      name,
      Array.from({ length: 6 }, (_, index) => aTaskResult(`task-${index}`, passed, 1)),
    ),
  });
  const [comparison] = writeReport(compareArms([side("a", 1), side("b", 0)], "tasks")).comparisons;

  expect(comparison?.verdict.kind).toBe("cannot-tell");
  expect(comparison?.detectable).toBeNull();
  expect(comparison?.powerNote).toBe(
    `${SIX.replace("can show", "could have shown")}: at least 7 tasks, or 2 attempts of each, are needed.`,
  );
});
