import { expect, test } from "vitest";
import { decideGate, type GateOptions, type GateSides } from "../../../src/analysis/gate/decide-gate.ts";
import type { ArmInRun } from "../../../src/analysis/summary.ts";
import { acceptanceSentence, gateSentence } from "../../../src/report/gate-words.ts";
import { anArmResult, aRun, aTaskResult } from "../../fixtures/record.ts";

type Counts = readonly (readonly [passed: number, trials: number, costUsd?: number])[];

const OPTIONS: GateOptions = {
  margin: 0.05,
  alpha: 0.05,
  mode: "regression",
  failWhen: "worse",
  maxCostIncrease: null,
  onInconclusive: null,
};

function side(name: string, counts: Counts, attempts = counts[0]?.[1] ?? 1): ArmInRun {
  const perTask = counts.map(([passed, trials, costUsd], index) =>
    aTaskResult(`task-${index + 1}`, passed, trials, costUsd === undefined ? {} : { costUsd }),
  );
  return { run: aRun({ attempts }), arm: anArmResult(name, perTask) };
}

function sides(before: Counts, after: Counts): GateSides {
  const [baseline, candidate] = [side("base", before), side("head", after)];
  const label = ({ run, arm }: ArmInRun): GateSides["labels"]["baseline"] => ({
    label: arm.name,
    armId: arm.armId,
    runId: run.id,
    scripted: false,
  });
  return { baseline, candidate, labels: { baseline: label(baseline), candidate: label(candidate) } };
}

const times = (count: number, ...values: Counts): Counts => Array.from({ length: count }, () => values).flat();

test.for([
  { title: "an unchanged suite of many tasks passes", before: times(100, [1, 1]), after: times(100, [1, 1]), state: "not-worse", code: 0 },
  {
    title: "a prompt that breaks a third of the tasks fails",
    before: times(30, [1, 1]),
    after: times(10, [1, 1], [1, 1], [0, 1]),
    state: "worse",
    code: 1,
  },
  { title: "a prompt that fixes tasks passes", before: times(10, [1, 1], [0, 1]), after: times(20, [1, 1]), state: "better", code: 0 },
  { title: "too few trials cannot tell", before: times(5, [1, 1]), after: times(5, [1, 1]), state: "inconclusive", code: 3 },
])("$title", ({ before, after, state, code }) => {
  expect(decideGate(sides(before, after), OPTIONS)).toMatchObject({ state, exitCode: code });
});

test("a drop of 3.6 points of 225 tasks with 5 accepted fails, or cannot tell, by the rule that the header states", () => {
  const before = [...times(150, [1, 1]), [0, 1], ...times(74, [0, 1])] as const;
  const after = [...times(9, [0, 1]), ...times(141, [1, 1]), [1, 1], ...times(74, [0, 1])] as const;
  const decided = (failWhen: "worse" | "beyond-margin") => decideGate(sides(before, after), { ...OPTIONS, margin: 0.05, failWhen });
  const written = (failWhen: "worse" | "beyond-margin") => {
    const result = decided(failWhen);
    return { header: acceptanceSentence(result), last: gateSentence(result), outcome: result.outcome };
  };

  const difference = decided("worse").difference;
  expect([difference?.value, difference?.low, difference?.high].map((share) => (100 * (share ?? 0)).toFixed(1))).toEqual([
    "-3.6",
    "-6.4",
    "-1.5",
  ]);
  expect(written("worse")).toEqual({
    header: expect.stringContaining(
      "Fails when the candidate is shown to be worse and a drop beyond 5.0 points is not excluded;",
    ) as string,
    last: "head passes 3.6 points less than base [-6.4 to -1.5]: shown to be worse, and a drop beyond 5.0 points is not excluded",
    outcome: "fail",
  });
  expect(written("beyond-margin")).toEqual({
    header: expect.stringContaining("Fails only when a drop beyond 5.0 points is shown;") as string,
    last: "head passes 3.6 points less than base [-6.4 to -1.5]: shown to be worse, but not whether by more than 5.0 points",
    outcome: "inconclusive",
  });
});

test("a drop that is certain but within the margin passes, with the drop as its reason", () => {
  const before = times(300, [1, 1]);
  const after = [...times(290, [1, 1]), ...times(10, [0, 1])];
  const result = decideGate(sides(before, after), { ...OPTIONS, margin: 0.1 });

  expect(result).toMatchObject({ state: "worse-within-margin", outcome: "pass", exitCode: 0 });
  expect(result.reasons[0]).toEqual({ kind: "pass-rate" });
});

test.for(["pass", "fail"] as const)(
  "an inconclusive result counts as a %s with --on-inconclusive, and the reasons include it",
  (onInconclusive) => {
    const result = decideGate(sides(times(5, [1, 1]), times(5, [1, 1])), { ...OPTIONS, onInconclusive });

    expect(result).toMatchObject({ state: "inconclusive", outcome: onInconclusive, exitCode: onInconclusive === "pass" ? 0 : 1 });
    expect(result.reasons).toContainEqual({ kind: "inconclusive-counts-as", outcome: onInconclusive });
  },
);

test("the same arm on both sides passes without a test", () => {
  const both = sides(times(3, [1, 1]), times(3, [1, 1]));
  const same = { ...both, candidate: both.baseline };

  expect(decideGate(same, OPTIONS)).toMatchObject({ state: "identical", exitCode: 0, difference: null });
});

test("missing trials make the gate invalid, never a pass, and the reason names the command that resumes", () => {
  const both = sides(times(100, [1, 1]), times(100, [1, 1]));
  const halfDone = { ...both, candidate: { ...both.candidate, run: aRun({ attempts: 2 }) } };

  const result = decideGate(halfDone, { ...OPTIONS, onInconclusive: "pass" });

  expect(result).toMatchObject({ state: "invalid", exitCode: 4 });
  expect(result.reasons[0]).toEqual({
    kind: "missing-grades",
    label: "head",
    missing: 100,
    planned: 200,
    errors: 0,
    unfinished: { tasks: 100, of: 100 },
    resume: { command: "run", runId: "20260102-0304-abcd" },
  });
});

test("a claim that depends on the missing trials is marked as such, and never shows non-inferiority", () => {
  const both = sides(times(60, [3, 3]), times(60, [3, 3]));
  // One task of sixty was lost on one side: little enough for a verdict, and enough to hang on.
  const lost = both.candidate.arm.perTask.map((task, index) => (index === 0 ? { ...task, passed: 0, trials: 0, errors: 3 } : task));
  const torn = { ...both, candidate: { ...both.candidate, arm: anArmResult("head", lost) } };
  const margin = 0.047;

  expect(decideGate(both, { ...OPTIONS, margin, mode: "non-inferiority" })).toMatchObject({ state: "not-worse", exitCode: 0 });
  expect(decideGate(torn, { ...OPTIONS, margin, mode: "regression" })).toMatchObject({ state: "not-worse", exitCode: 0 });
  expect(decideGate(torn, { ...OPTIONS, margin, mode: "non-inferiority" })).toMatchObject({ state: "inconclusive", exitCode: 3 });
  expect(decideGate(torn, { ...OPTIONS, margin }).reasons).toContainEqual({ kind: "depends-on-missing-grades" });
});

test("models that cost nothing on both sides stay within any cost limit", () => {
  const free = times(100, [1, 1, 0]);

  expect(decideGate(sides(free, free), { ...OPTIONS, maxCostIncrease: 0.1 })).toMatchObject({ exitCode: 0, cost: { state: "within" } });
});

test("errors that hit one side more than the other make the gate invalid", () => {
  const both = sides(times(300, [1, 1]), times(300, [1, 1]));
  const struck = both.candidate.arm.perTask.map((task, index) => (index < 12 ? { ...task, passed: 0, trials: 0, errors: 1 } : task));
  const result = decideGate({ ...both, candidate: { ...both.candidate, arm: anArmResult("head", struck) } }, OPTIONS);

  expect(result).toMatchObject({ state: "invalid", exitCode: 4 });
  expect(result.reasons[0]).toEqual({ kind: "unequal-errors", baseline: 0, candidate: 12 });
});

const priced = (costUsd: number, spread: number): Counts =>
  Array.from({ length: 100 }, (_, index) => [1, 1, costUsd * (1 + (index % 5) * spread)] as const);

test.for([
  { title: "within its limit passes", after: priced(0.0105, 0.1), state: "within", code: 0 },
  { title: "over its limit fails", after: priced(0.02, 0.1), state: "over", code: 1 },
])("a bill $title", ({ after, state, code }) => {
  const result = decideGate(sides(priced(0.01, 0.1), after), { ...OPTIONS, maxCostIncrease: 0.2 });

  expect(result.cost?.state).toBe(state);
  expect(result.exitCode).toBe(code);
});

test("a cost that a few tasks decide is said to be less certain than stated", () => {
  const even = priced(0.1, 0.1);
  const uneven: Counts = even.map(([passed, trials, cost = 0], index) => [passed, trials, index % 50 === 0 ? 30 * cost : cost] as const);
  const reasonsOf = (after: Counts): readonly string[] =>
    decideGate(sides(even, after), { ...OPTIONS, maxCostIncrease: 0.5 }).reasons.map(({ kind }) => kind);

  expect(reasonsOf(even)).not.toContain("uneven-costs");
  expect(reasonsOf(uneven)).toContain("uneven-costs");
});

test("an unknown cost under a limit does not pass", () => {
  const both = sides(priced(0.01, 0), priced(0.01, 0));
  const unknown = both.candidate.arm.perTask.map((task) => ({ ...task, costUsd: null }));
  const result = decideGate(
    { ...both, candidate: { ...both.candidate, arm: anArmResult("head", unknown) } },
    { ...OPTIONS, maxCostIncrease: 0.2 },
  );

  expect(result).toMatchObject({ outcome: "inconclusive", exitCode: 3, cost: { state: "unknown", increase: null } });
});
