import { expect, test } from "vitest";
import type { Preregistration } from "../../../src/analysis/gate/preregistration.ts";
import type { Outcome } from "../../../src/core/trial.ts";
import { decideAfterRound, finalAnalysisOf } from "../../../src/run/gate/gate-rounds.ts";
import { Store } from "../../../src/store/store.ts";
import { anArm, aRun, aTask, aTrial, graded } from "../../fixtures/record.ts";

const NOW = (): Date => new Date("2026-01-02T03:04:05.000Z");
const TASKS = Array.from({ length: 200 }, (_, index) => aTask(`task-${index + 1}`));
const [BASE, HEAD] = [anArm("base"), anArm("head")];
const PREREGISTRATION: Preregistration = {
  maxDrop: 0.05,
  alpha: 0.05,
  mode: "regression",
  failWhen: "worse",
  rounds: 5,
  baseline: { runId: null, armId: BASE.id },
  candidate: HEAD.id,
};
const ERROR: Outcome = { kind: "error", source: "provider", message: "down" };

type Result = { readonly outcome: Outcome; readonly costUsd: number };

/** A gate's run with whole rounds; `of` says how a trial of either side ended. */
function ranRounds(rounds: number, of: (side: "base" | "head", task: number) => Result): Store {
  const store = new Store(":memory:", NOW);
  store.saveRun({
    run: aRun({ id: "run-1", attempts: PREREGISTRATION.rounds, settings: { gate: PREREGISTRATION } }),
    arms: [BASE, HEAD],
    tasks: TASKS,
  });
  for (let attempt = 1; attempt <= rounds; attempt++)
    for (const [index, task] of TASKS.entries())
      for (const arm of [BASE, HEAD]) {
        const { outcome, costUsd } = of(arm === BASE ? "base" : "head", index);
        const key = { runId: "run-1", taskId: task.id, armId: arm.id, attempt };
        store.saveTrial(aTrial(key, outcome, { costUsd }), store.executions.start(key).executionId);
      }
  return store;
}

const alike = (): Result => ({ outcome: graded(true), costUsd: 0.01 });

test("a round that settles the pass rate stops the gate", () => {
  const decision = decideAfterRound(ranRounds(1, alike), "run-1", { preregistration: PREREGISTRATION, round: 1 });

  expect(decision).toMatchObject({ next: "stop", analysis: { claim: "not-worse" } });
});

test("a decided pass rate does not stop the gate before the last round while the cost is undecided", () => {
  // On average a fifth dearer, which is just what is accepted.
  const dearer = (side: "base" | "head", task: number): Result => ({
    outcome: graded(true),
    costUsd: 0.01 * (1 + (task % 7)) * (side === "head" ? 1 + 0.4 * (task % 2) : 1),
  });
  const preregistration = { ...PREREGISTRATION, maxCostIncrease: 0.2 };
  const store = ranRounds(1, dearer);

  expect(decideAfterRound(store, "run-1", { preregistration, round: 1 })).toMatchObject({
    next: "continue",
    reason: { kind: "decided", claim: "not-worse", costOpen: true },
  });
  expect(decideAfterRound(store, "run-1", { preregistration: { ...preregistration, rounds: 1 }, round: 1 })).toMatchObject({
    next: "stop",
  });
});

test("data with flaws decide nothing: the gate pauses and gives the flaw as its reason", () => {
  const store = ranRounds(1, (side, task) => (side === "head" && task < 40 ? { outcome: ERROR, costUsd: 0 } : alike()));

  expect(decideAfterRound(store, "run-1", { preregistration: PREREGISTRATION, round: 1 })).toEqual({
    analysis: null,
    next: "pause",
    reason: {
      kind: "flaw",
      flaw: {
        kind: "missing-grades",
        label: "head",
        missing: 40,
        planned: 200,
        errors: 40,
        unfinished: { tasks: 0, of: 200 },
        resume: { command: "gate", runId: "run-1" },
      },
    },
  });
});

test("trials reused for later rounds do not count before their round", () => {
  const store = ranRounds(1, alike);
  for (const task of TASKS) {
    const key = { runId: "run-1", taskId: task.id, armId: HEAD.id, attempt: 2 };
    store.saveTrial(aTrial(key, graded(false)), store.executions.start(key).executionId);
  }

  expect(decideAfterRound(store, "run-1", { preregistration: PREREGISTRATION, round: 1 })).toMatchObject({
    analysis: { claim: "not-worse", difference: 0 },
  });
});

test("a gate that has ended repeats the analyses it made", () => {
  const store = ranRounds(1, alike);
  store.endRounds("run-1", 1);

  expect(finalAnalysisOf(store, "run-1", PREREGISTRATION)?.path).toMatchObject({
    plannedRounds: 5,
    plannedTrials: 2000,
    trials: 400,
    looks: [{ round: 1, difference: 0, state: "not-worse" }],
  });
});
