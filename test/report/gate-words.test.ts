import { expect, test } from "vitest";
import type { RoundReason } from "../../src/analysis/gate/decide-round.ts";
import type { GateReason, GateResult } from "../../src/analysis/gate/gate-result.ts";
import { acceptanceSentence, gateReasonSentence, gateSentence, roundWords } from "../../src/report/gate-words.ts";
import { aSide } from "../fixtures/report.ts";

const GATE: GateResult = {
  baseline: aSide("base"),
  candidate: aSide("head"),
  mode: "regression",
  failWhen: "worse",
  margin: 0.1,
  alpha: 0.05,
  state: "worse-within-margin",
  difference: { value: -0.03, low: -0.06, high: -0.01 },
  cost: null,
  sequential: null,
  decidedBy: "pass-rate",
  outcome: "pass",
  exitCode: 0,
  reasons: [],
};

test.for<{ reason: GateReason; sentence: string }>([
  {
    reason: { kind: "pass-rate" },
    sentence: "head passes 3.0 points less than base [-6.0 to -1.0]: shown to be worse, but by less than the 10.0 points that are accepted",
  },
  {
    reason: {
      kind: "missing-grades",
      label: "head",
      missing: 100,
      planned: 200,
      errors: 40,
      unfinished: { tasks: 0, of: 200 },
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
    sentence: "2 of 10 tasks cannot be compared: one side has no grade for them",
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

const SEEN = "head passes 3.0 points less than base [-6.0 to -1.0]";
const OVER: GateResult["cost"] = { limit: 0.2, state: "over", increase: { value: 0.5, low: 0.4, high: 0.6 }, uneven: false };
const FAILED = { state: "worse", outcome: "fail", exitCode: 1, margin: 0.05 } as const;
const OPEN = { decidedBy: null, outcome: "inconclusive", exitCode: 3, margin: 0.05 } as const;

test.for<{ changes: Partial<GateResult>; says: string }>([
  { changes: {}, says: `${SEEN}: shown to be worse, but by less than the 10.0 points that are accepted` },
  { changes: FAILED, says: `${SEEN}: shown to be worse, and a drop beyond 5.0 points is not excluded` },
  { changes: { ...FAILED, failWhen: "beyond-margin" }, says: `${SEEN}: a drop beyond 5.0 points is shown` },
  {
    changes: { ...OPEN, state: "worse", failWhen: "beyond-margin" },
    says: `${SEEN}: shown to be worse, but not whether by more than 5.0 points`,
  },
  { changes: { ...OPEN, state: "worse", cost: OVER }, says: `${SEEN}: worse, though not at the risk that two checks leave for each` },
  { changes: { ...OPEN, state: "inconclusive" }, says: `${SEEN}: neither shown to be worse, nor is a drop of 5.0 points excluded` },
  {
    changes: { ...OPEN, state: "inconclusive", failWhen: "beyond-margin" },
    says: `${SEEN}: a drop beyond 5.0 points is neither shown nor excluded`,
  },
  {
    changes: { ...OPEN, state: "inconclusive", outcome: "pass", exitCode: 0 },
    says: `${SEEN}: neither shown to be worse, nor is a drop of 5.0 points excluded; an inconclusive result counts as a pass here`,
  },
  { changes: { state: "not-worse" }, says: `${SEEN}: a drop of 10.0 points or more is excluded` },
  {
    changes: { state: "not-worse", cost: { ...OVER, state: "within" } },
    says: `${SEEN}: a drop of 10.0 points or more is excluded; its cost is within the limit`,
  },
  {
    changes: { ...FAILED, decidedBy: "cost", state: "not-worse", cost: OVER },
    says: "head costs more than is accepted: x1.50 [x1.40 to x1.60], x1.20 is accepted",
  },
  { changes: { ...OPEN, state: "better", cost: { ...OVER, state: "inconclusive" } }, says: `${SEEN}: better; its cost is undecided` },
  { changes: { state: "identical" }, says: "head is the baseline itself" },
  {
    changes: { state: "invalid", outcome: "invalid", exitCode: 4, reasons: [{ kind: "unequal-errors", baseline: 0, candidate: 12 }] },
    says: "no verdict on head: errors hit one side more than the other (0 against 12), so the graded trials are not a fair sample",
  },
])("the verdict of a gate is written as: $says", ({ changes, says }) => {
  expect(gateSentence({ ...GATE, ...changes })).toBe(says);
});

test("a gate states the rule that is in force", () => {
  expect(acceptanceSentence(GATE)).toMatch(
    /^Fails when the candidate is shown to be worse and a drop beyond 10\.0 points is not excluded; passes /,
  );
  expect(acceptanceSentence({ ...GATE, failWhen: "beyond-margin" })).toMatch(
    /^Fails only when a drop beyond 10\.0 points is shown; passes /,
  );
});
