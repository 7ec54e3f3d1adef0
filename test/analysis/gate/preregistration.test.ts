import { expect, test } from "vitest";
import { earlyStopOf, preregistrationOf, sharedPreregistration } from "../../../src/analysis/gate/preregistration.ts";
import type { ArmInRun } from "../../../src/analysis/summary.ts";
import { anArmResult, aRun } from "../../fixtures/record.ts";

const STORED = {
  maxDrop: 0.05,
  alpha: 0.05,
  mode: "regression",
  rounds: 5,
  baseline: { runId: null, armId: "base" },
  candidate: "head",
};

const side = (armId: string, settings: Readonly<Record<string, unknown>>): ArmInRun => ({
  run: aRun({ attempts: 5, settings }),
  arm: anArmResult(armId, [], { armId }),
});

test.for([
  { stored: "guard", mode: "regression" },
  { stored: "prove", mode: "non-inferiority" },
  { stored: "regression", mode: "regression" },
  { stored: "non-inferiority", mode: "non-inferiority" },
])('a gate stored with mode "$stored" has the mode $mode', ({ stored, mode }) => {
  expect(preregistrationOf(aRun({ settings: { gate: { ...STORED, mode: stored } } }))).toEqual({ ...STORED, mode, failWhen: "worse" });
});

test("a gate of an earlier version keeps its rule, and the way in which it judged its cost", () => {
  const withCost = { ...STORED, maxCostIncrease: 0.2 };

  expect(preregistrationOf(aRun({ settings: { gate: withCost } }))).toMatchObject({ failWhen: "worse", formerCost: true });
  expect(preregistrationOf(aRun({ settings: { gate: { ...withCost, failWhen: "beyond-margin" } } }))).toEqual({
    ...withCost,
    failWhen: "beyond-margin",
  });
});

test("a run without a gate has no preregistration", () => {
  expect(preregistrationOf(aRun())).toBeNull();
});

test("only the two arms that a gate was run for share its preregistration", () => {
  const settings = { gate: STORED };

  expect(sharedPreregistration({ baseline: side("base", settings), candidate: side("head", settings) })).toEqual({
    ...STORED,
    failWhen: "worse",
  });
  expect(sharedPreregistration({ baseline: side("head", settings), candidate: side("base", settings) })).toBeNull();
  expect(sharedPreregistration({ baseline: side("base", {}), candidate: side("head", {}) })).toBeNull();
});

test("a run that its gate stopped early is recognised by its rounds", () => {
  expect(earlyStopOf(aRun({ attempts: 2, settings: { gate: STORED } }))).toEqual({ rounds: 2, plannedRounds: 5 });
  expect(earlyStopOf(aRun({ attempts: 5, settings: { gate: STORED } }))).toBeNull();
  expect(earlyStopOf(aRun({ attempts: 2 }))).toBeNull();
});
