import { expect, test } from "vitest";
import { TEST_RUNNERS, type TestPlan } from "../../../src/core/task.ts";
import { RUNNERS } from "../../../src/grade/runner/runners.ts";

const PLAN: Omit<TestPlan, "runner"> = {
  files: ["a"],
  required: null,
  timeoutSeconds: 1,
  placement: "outside",
  jestGlobals: true,
  boundary: "process",
};

test.for(TEST_RUNNERS)("%s draws canaries that no other run has", (name) => {
  const [first, second] = [RUNNERS[name].drawCanaries(), RUNNERS[name].drawCanaries()];

  expect(new Set([...first, ...second]).size).toBe(first.length * 2);
  for (const canary of first) expect(canary).toMatch(/^c[0-9a-f]{20}$/);
});

test("many canaries stand where the solution may share the tests' process, few where it cannot", () => {
  expect(TEST_RUNNERS.map((name) => RUNNERS[name].drawCanaries().length)).toEqual([30, 30, 2]);
});

test("each runner gets the options that only it has", () => {
  expect(TEST_RUNNERS.map((name) => RUNNERS[name].options({ ...PLAN, runner: name }))).toEqual([
    { boundary: "process" },
    { boundary: "process", jestGlobals: true },
    {},
  ]);
});
