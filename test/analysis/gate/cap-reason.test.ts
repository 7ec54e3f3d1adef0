import { expect, test } from "vitest";
import { decideGate, type GateOptions, type GateSides } from "../../../src/analysis/gate/decide-gate.ts";
import type { GateResult } from "../../../src/analysis/gate/gate-result.ts";
import type { ArmInRun } from "../../../src/analysis/summary.ts";
import { gateReasonSentence } from "../../../src/report/gate-words.ts";
import { anArmResult, aRun, aTaskResult } from "../../fixtures/record.ts";

const OPTIONS: GateOptions = {
  margin: 0.05,
  alpha: 0.05,
  mode: "regression",
  failWhen: "worse",
  maxCostIncrease: null,
  onInconclusive: null,
};

// An arm that passed or failed 30 tasks, and whose first `capped` trials its cap ended.
function side(name: string, passes: (task: number) => boolean, capped: number): ArmInRun {
  const perTask = Array.from({ length: 30 }, (_, task) => {
    const isCapped = task < capped;
    const passed = passes(task);
    return aTaskResult(`task-${task}`, passed ? 1 : 0, 1, { atCostCap: isCapped ? 1 : 0, failedAtCostCap: isCapped && !passed ? 1 : 0 });
  });
  const arm = anArmResult(name, perTask);
  return { run: aRun({ attempts: 1 }), arm: { ...arm, maxTrialCostUsd: 0.05, trialCap: { ...arm.trialCap, spentUsd: 0.012 * capped } } };
}

function decided(baseline: ArmInRun, candidate: ArmInRun): GateResult {
  const label = ({ run, arm }: ArmInRun): GateSides["labels"]["baseline"] => ({
    label: arm.name,
    armId: arm.armId,
    runId: run.id,
    scripted: false,
  });
  return decideGate({ baseline, candidate, labels: { baseline: label(baseline), candidate: label(candidate) } }, OPTIONS);
}

const sentences = (gate: GateResult): readonly string[] => gate.reasons.map((reason) => gateReasonSentence(reason, gate));

test("a gate that fails a candidate whose cap ended it says so, and that the verdict is about the cap, too", () => {
  const gate = decided(
    side("base", () => true, 0),
    side("head", (task) => task >= 10, 10),
  );

  expect(gate).toMatchObject({ state: "worse", outcome: "fail" });
  expect(sentences(gate).slice(1)).toEqual([
    "10 of 30 trials of head ended at their cap of $0.05 each, with 24 % of it used",
    "The verdict on the pass rate could be another one had the trials that failed at their caps passed: it is about the caps, too",
  ]);
});

test("trials that passed although their cap ended them are named, and decide nothing", () => {
  const gate = decided(
    side("base", () => true, 0),
    side("head", (task) => task < 20, 20),
  );

  expect(gate).toMatchObject({ state: "worse", outcome: "fail" });
  expect(gate.reasons.map(({ kind }) => kind)).toEqual(["pass-rate", "ended-at-cap"]);
});

test("a gate that passes a candidate only because the cap of the baseline ended that says so", () => {
  const gate = decided(
    side("base", (task) => task >= 12, 12),
    side("head", (task) => task !== 29, 0),
  );

  expect(gate).toMatchObject({ state: "better", outcome: "pass" });
  expect(sentences(gate).slice(1)).toEqual([
    "12 of 30 trials of base ended at their cap of $0.05 each, with 24 % of it used",
    "The verdict on the pass rate could be another one had the trials that failed at their caps passed: it is about the caps, too",
  ]);
});

test("a gate over arms that no cap ended does not mention caps", () => {
  const gate = decided(
    side("base", () => true, 0),
    side("head", (task) => task >= 10, 0),
  );

  expect(gate.reasons.map(({ kind }) => kind)).toEqual(["pass-rate"]);
});
