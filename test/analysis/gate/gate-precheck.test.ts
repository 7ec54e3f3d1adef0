import { expect, test } from "vitest";
import { baselineIssue, roundsIssue, undetectableMargin } from "../../../src/analysis/gate/gate-precheck.ts";
import type { ArmInRun } from "../../../src/analysis/summary.ts";
import { anArmResult, aRun, aTaskResult } from "../../fixtures/record.ts";

test("a sequential gate needs two rounds or more, and tabled bounds", () => {
  expect(roundsIssue(1, 0.05)).toBe("single-round");
  expect(roundsIssue(3, 0.03)).toBe("no-bounds");
  expect(roundsIssue(6, 0.05)).toBe("no-bounds");
  expect(roundsIssue(5, 0.05)).toBeNull();
});

test("a non-inferiority gate with too few trials is refused with the drop that they could show", () => {
  const few = { tasks: 12, attempts: 1, change: "prompt" } as const;
  const terms = { mode: "non-inferiority", maxDrop: 0.05, alpha: 0.05 } as const;

  expect(undetectableMargin(terms, few)).toBeGreaterThan(0.05);
  expect(undetectableMargin({ ...terms, allowUnderpowered: true }, few)).toBeNull();
  expect(undetectableMargin({ ...terms, mode: "regression" }, few)).toBeNull();
  expect(undetectableMargin(terms, { ...few, tasks: 2000, attempts: 5 })).toBeNull();
});

const perTask = ["a", "b"].map((id) => aTaskResult(id, 1, 1));
const tasks = perTask.map(({ taskId, taskDigest }) => ({ id: taskId, digest: taskDigest }));
const stored: ArmInRun = { run: aRun({ attempts: 1 }), arm: anArmResult("base", perTask) };

test("a complete arm of the same tasks and settings can be a baseline", () => {
  expect(baselineIssue(stored, { ...stored, tasks }, {})).toBeNull();
});

test("an arm with missing grades cannot be a baseline", () => {
  const half = { ...stored, run: aRun({ attempts: 2 }) };

  expect(baselineIssue(half, { ...half, tasks }, {})).toEqual({ kind: "incomplete", graded: 2, planned: 4 });
});

test("an arm that its own gate stopped early cannot be a baseline", () => {
  const run = aRun({ attempts: 1, settings: { gate: { rounds: 5 } } });

  expect(baselineIssue({ ...stored, run }, { ...stored, tasks }, {})).toEqual({ kind: "stopped-early", rounds: 1, plannedRounds: 5 });
});

test("a misleading difference forbids a baseline unless it is allowed", () => {
  const planned = { ...stored, run: aRun({ attempts: 1, imageId: "other" }), tasks };

  expect(baselineIssue(stored, planned, {})).toMatchObject({ kind: "mismatch", mismatch: { subject: { kind: "image" } } });
  expect(baselineIssue(stored, planned, { allowMismatch: true })).toBeNull();
});

test("tasks of another version count as left out", () => {
  const changed = tasks.map((task) => ({ ...task, digest: "other" }));

  expect(baselineIssue(stored, { ...stored, tasks: changed }, {})).toMatchObject({
    kind: "mismatch",
    mismatch: { subject: { kind: "tasks", compared: 0, leftOut: 2 } },
  });
});
