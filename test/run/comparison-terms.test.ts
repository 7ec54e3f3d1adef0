import { expect, test } from "vitest";
import { chooseArms } from "../../src/run/arm-choice.ts";
import { comparisonTerms, summarizeStoredRun } from "../../src/run/comparison-terms.ts";
import { Store } from "../../src/store/store.ts";
import { anArm, aRun, aTask, aTrial, graded } from "../fixtures/record.ts";

const TASKS = Array.from({ length: 8 }, (_, index) => aTask(`task-${index + 1}`));
const ARMS = [anArm("a"), anArm("b"), anArm("c")];

/** Runs of one more attempt each, in which each reuses what the ones before it made. */
function extended(attempts: readonly number[], { armsOfFirst = ARMS, gate = false } = {}): Store {
  const store = new Store(":memory:", () => new Date("2026-01-02T03:04:05Z"));
  const images = Object.fromEntries(TASKS.map(({ id }) => [id, { name: null, id: "sha" }]));
  for (const [index, most] of attempts.entries()) {
    const arms = index === 0 ? armsOfFirst : ARMS;
    const terms = {
      maxDrop: 0.05,
      alpha: 0.05,
      mode: "regression",
      rounds: 5,
      baseline: { runId: null, armId: ARMS[0]?.id },
      candidate: ARMS[1]?.id,
    };
    const run = aRun({
      id: `run-${index + 1}`,
      createdAt: `2026-01-0${index + 1}T00:00:00Z`,
      attempts: most,
      settings: gate && index === 0 ? { gate: terms } : {},
    });
    store.saveRun({ run, arms, tasks: TASKS });
    store.reuseTrials(run, images);
    const done = new Set(store.runs.trials(run.id).map(({ taskId, armId, attempt }) => `${taskId} ${armId} ${attempt}`));
    for (const task of TASKS)
      for (const arm of arms)
        for (let attempt = 1; attempt <= most; attempt++) {
          const key = { runId: run.id, taskId: task.id, armId: arm.id, attempt };
          if (!done.has(`${task.id} ${arm.id} ${attempt}`))
            store.saveTrial(aTrial(key, graded(true)), store.executions.start(key).executionId);
        }
    store.endRun(run.id, "complete");
  }
  return store;
}

function looks(store: Store, name: string): readonly unknown[] {
  const [comparison] = summarizeStoredRun(store, store.findRun(name)).comparisons;
  return (comparison?.allowances ?? []).filter(({ kind }) => kind === "looks" || kind === "rounds");
}

test("runs that reuse the trials of earlier ones count those as looks", () => {
  const store = extended([1, 3, 5]);

  expect(looks(store, "run-1")).toEqual([]);
  expect(looks(store, "run-2")).toEqual([{ kind: "looks", looks: 2 }]);
  expect(looks(store, "run-3")).toEqual([{ kind: "looks", looks: 3 }]);
});

test("the same trials once more are no further look", () => {
  const store = extended([1, 1, 3]);

  expect(looks(store, "run-2")).toEqual([]);
  expect(looks(store, "run-3")).toEqual([{ kind: "looks", looks: 2 }]);
});

test("a run that had only one of two arms was no look at the pair", () => {
  const store = extended([1, 3], { armsOfFirst: ARMS.slice(0, 1) });

  expect(looks(store, "run-2")).toEqual([]);
});

test("a gate in rounds looked after each of them", () => {
  const store = extended([3, 5], { gate: true });

  expect(looks(store, "run-1")).toEqual([{ kind: "rounds", round: 3, planned: 5 }]);
  expect(looks(store, "run-2")).toEqual([{ kind: "looks", looks: 4 }]);
});

test("the arms of a run that were not named are read with it, and whether its first arm is the baseline", () => {
  const store = extended([1]);
  const terms = (names: readonly string[]) => comparisonTerms(store, chooseArms(store, names));

  expect(terms(["a", "b"]).mates?.map(({ arm }) => arm.name)).toEqual(["c"]);
  expect(terms(["a", "b"]).isFirst).toBe(true);
  expect(terms(["b", "a"]).isFirst).toBe(false);
  expect(terms(["a", "b", "c"]).mates).toEqual([]);
});
