import { expect, test } from "vitest";
import type { RoundReason } from "../../src/analysis/gate/decide-round.ts";
import type { GateReason, GateResult } from "../../src/analysis/gate/gate-result.ts";
import { gateReasonSentence, roundWords } from "../../src/report/gate-words.ts";
import { aSide } from "../fixtures/report.ts";

const GATE: GateResult = {
  baseline: aSide("base"),
  candidate: aSide("head"),
  mode: "regression",
  margin: 0.1,
  alpha: 0.05,
  state: "worse-within-margin",
  difference: { value: -0.03, low: -0.06, high: -0.01 },
  cost: null,
  sequential: null,
  outcome: "pass",
  exitCode: 0,
  reasons: [],
};

test.for<{ reason: GateReason; sentence: string }>([
  {
    reason: { kind: "pass-rate" },
    sentence: "head passes 3.0 points less than base [-6.0 to -1.0]: worse, but by less than the accepted 10.0 points",
  },
  {
    reason: {
      kind: "missing-grades",
      label: "head",
      missing: 100,
      planned: 200,
      errors: 40,
      resume: { command: "run", runId: "20260102-0304-abcd" },
    },
    sentence:
      "100 of 200 trials of head have no grade, 40 of them for errors of the harness or a provider; resume with: bench run --resume 20260102-0304-abcd",
  },
  {
    reason: { kind: "unequal-errors", baseline: 0, candidate: 12 },
    sentence: "Errors hit one side more than the other (0 against 12), so the graded trials are not a fair sample",
  },
  {
    reason: { kind: "tasks-left-out", leftOut: 2, tasks: 10 },
    sentence: "2 of 10 tasks cannot be compared: one side has no grade for them, or another version of the task",
  },
  {
    reason: { kind: "inconclusive-counts-as", outcome: "fail" },
    sentence: "An inconclusive result counts as a fail here (--on-inconclusive)",
  },
  {
    reason: { kind: "detectable-drop", difference: 0.081 },
    sentence: 'A drop of 8.1 points would have been missed one time in five; see "bench plan" for what more trials would show',
  },
])("a gate gives the reason: $sentence", ({ reason, sentence }) => {
  expect(gateReasonSentence(reason, GATE)).toBe(sentence);
});

test.for<{ reason: RoundReason; words: string }>([
  { reason: { kind: "decided", claim: "not-worse", costOpen: false }, words: "not worse: decided" },
  { reason: { kind: "decided", claim: "not-worse", costOpen: true }, words: "not worse: decided, but the cost is undecided" },
  {
    reason: { kind: "decided", claim: "worse-within-margin", costOpen: false },
    words: "worse by less than is accepted: decided",
  },
  { reason: { kind: "open" }, words: "open" },
  { reason: { kind: "futile", chance: 0.034 }, words: "open, and more rounds are unlikely to decide it (chance 3 %)" },
  { reason: { kind: "open-after-last-round" }, words: "still open after the last round" },
  { reason: { kind: "too-few-tasks" }, words: "too few tasks for an analysis" },
])("a round is reported as: $words", ({ reason, words }) => {
  expect(roundWords(reason)).toBe(words);
});
