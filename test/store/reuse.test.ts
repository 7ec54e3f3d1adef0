import { expect, test } from "vitest";
import { planTrials } from "../../src/run/planned-trial.ts";
import { Store } from "../../src/store/store.ts";
import { anArm, aResponse, aRun, aTask, aTrial, graded } from "../fixtures/record.ts";

const NOW = (): Date => new Date("2026-01-02T03:04:05.000Z");
const IMAGES = { add: { name: null, id: "sha" } };
const ARM = anArm();

type RunOptions = {
  readonly tasks?: readonly ReturnType<typeof aTask>[];
  readonly attempts?: number;
  readonly imageId?: string;
  readonly version?: string;
};

function saveRun(
  store: Store,
  id: string,
  { tasks = [aTask("add")], attempts = 2, imageId = "sha", version = "1" }: RunOptions = {},
): { id: string; attempts: number } {
  const settings = { images: { i: imageId } };
  store.saveRun({ run: aRun({ id, attempts, imageId, harnessVersion: version, settings }), arms: [ARM], tasks });
  return { id, attempts };
}

function finish(...[store, runId, attempt, passed = true, startedAt]: [Store, string, number, (boolean | null)?, string?]): number {
  const key = { runId, taskId: "add", armId: ARM.id, attempt };
  const { executionId, journal } = store.executions.start(key);
  journal.opened({ system: "s", firstTurns: [], tools: "[]" });
  journal.responded(1, aResponse(`answer of ${runId}`));
  const trial = aTrial(key, passed === null ? { kind: "error", source: "provider", message: "down" } : graded(passed));
  return store.saveTrial({ ...trial, startedAt: startedAt ?? trial.startedAt }, executionId);
}

test("graded trials of the same arm and task are reused, passed and failed alike, and only as many as are needed", () => {
  const store = new Store(":memory:", NOW);
  saveRun(store, "first", { attempts: 3 });
  const ids = [finish(store, "first", 1, false), finish(store, "first", 2, true), finish(store, "first", 3, true)];
  const second = saveRun(store, "second");

  expect(store.reuseTrials(second, IMAGES)).toBe(2);

  const trials = store.runs.trials("second");
  expect(trials.map(({ attempt, passed }) => ({ attempt, passed }))).toEqual([
    { attempt: 1, passed: false },
    { attempt: 2, passed: true },
  ]);
  expect(trials.some(({ id }) => ids.includes(id))).toBe(false);
  expect(store.gradedKeys("second")).toHaveLength(2);
});

test("a reused trial counts as a result with its cost, not as money spent", () => {
  const store = new Store(":memory:", NOW);
  saveRun(store, "first");
  finish(store, "first", 1);
  store.reuseTrials(saveRun(store, "second", { attempts: 1 }), IMAGES);

  expect(store.runs.arms("second")).toMatchObject([{ graded: 1, passed: 1, costUsd: 0.01, spentUsd: 0 }]);
  expect(store.runs.arms("first")).toMatchObject([{ spentUsd: 0.5 }]);
  expect(store.runs.list(2).find(({ id }) => id === "second")?.costUsd).toBe(0);
});

test("a reused trial has the doubts and the times of its original", () => {
  const store = new Store(":memory:", NOW);
  saveRun(store, "first");
  const key = { runId: "first", taskId: "add", armId: ARM.id, attempt: 1 };
  const doubts = { unbilledAttempts: 1, assumedUsd: 0.25, unknownUsageSteps: 2, doubtfulUsageSteps: 1, modelMs: 700, firstTokenMs: 90 };
  store.saveTrial(aTrial(key, graded(true), doubts), store.executions.start(key).executionId);

  store.reuseTrials(saveRun(store, "second", { attempts: 1 }), IMAGES);

  expect(store.runs.trials("second")).toMatchObject([{ ...doubts, outputTokens: null }]);
});

test("the conversation of a reused trial can be read", () => {
  const store = new Store(":memory:", NOW);
  saveRun(store, "first");
  finish(store, "first", 1);
  store.reuseTrials(saveRun(store, "second"), IMAGES);
  const [trial] = store.runs.trials("second");
  if (!trial) throw new Error("nothing was reused");

  expect(store.trajectories.read(trial).steps.map(({ text }) => text)).toEqual(["answer of first"]);
});

test("a reused trial is never reused again, so each original counts once", () => {
  const store = new Store(":memory:", NOW);
  saveRun(store, "first");
  finish(store, "first", 1);
  store.reuseTrials(saveRun(store, "second"), IMAGES);

  expect(store.reuseTrials(saveRun(store, "third", { attempts: 5 }), IMAGES)).toBe(1);
});

test.for([
  { title: "another version of the task", old: {}, fresh: { tasks: [aTask("add", { digest: "changed" })] } },
  { title: "another image", old: { imageId: "old" }, fresh: {} },
  { title: "another version of the harness", old: { version: "0" }, fresh: {} },
])("nothing is reused from $title", ({ old, fresh }) => {
  const store = new Store(":memory:", NOW);
  saveRun(store, "first", old);
  finish(store, "first", 1);

  expect(store.reuseTrials(saveRun(store, "second", fresh), IMAGES)).toBe(0);
});

test("a trial of a task with its own image is reused when that image is the same, whatever other tasks the run had", () => {
  const store = new Store(":memory:", NOW);
  const own = aTask("add", { image: "own:1" });
  store.saveRun({
    run: aRun({ id: "first", imageId: "", settings: { images: { "own:1": "own-sha" } } }),
    arms: [ARM],
    tasks: [own],
  });
  finish(store, "first", 1);
  const second = saveRun(store, "second", { tasks: [own, aTask("other")] });
  const other = { name: null, id: "sha" };

  expect(store.reuseTrials(second, { add: { name: "own:1", id: "rebuilt" }, other })).toBe(0);
  expect(store.reuseTrials(second, { add: { name: "own:1", id: "own-sha" }, other })).toBe(1);
});

test("two tasks with the same content share no trial", () => {
  const store = new Store(":memory:", NOW);
  saveRun(store, "first");
  finish(store, "first", 1);
  const duplicates = [aTask("add"), aTask("twin", { digest: aTask("add").digest })];
  const second = saveRun(store, "second", { tasks: duplicates });

  expect(store.reuseTrials(second, { ...IMAGES, twin: { name: null, id: "sha" } })).toBe(1);
});

test("the oldest trials are reused first, and a resumed run executes only what is missing", () => {
  const store = new Store(":memory:", NOW);
  saveRun(store, "later", { attempts: 1 });
  saveRun(store, "earlier", { attempts: 1 });
  finish(store, "later", 1, true, "2026-01-02T00:00:00.000Z");
  finish(store, "earlier", 1, false, "2026-01-01T00:00:00.000Z");
  const third = saveRun(store, "third", { attempts: 3 });

  store.reuseTrials(third, IMAGES);

  expect(store.runs.trials("third").map(({ passed }) => passed)).toEqual([false, true]);
  const shape = { runId: "third", tasks: [aTask("add")], arms: [ARM], attempts: 3 };
  expect(planTrials(shape, store.gradedKeys("third")).map(({ key }) => key.attempt)).toEqual([3]);
});

test("nothing is reused at another price, because its cost would measure the price list", () => {
  const store = new Store(":memory:", NOW);
  saveRun(store, "first");
  finish(store, "first", 1);
  const dearer = {
    ...ARM,
    model: { ...ARM.model, price: { input: 9, output: 9, cacheRead: null, cacheWrite5m: null, cacheWrite1h: null, perRequest: 0 } },
  };
  store.saveRun({ run: aRun({ id: "second", settings: { images: { i: "sha" } } }), arms: [dearer], tasks: [aTask("add")] });

  expect(store.reuseTrials({ id: "second", attempts: 2 }, IMAGES)).toBe(0);
});

test("reusing a second time fills only the attempts that are still missing, with trials that the run does not have yet", () => {
  const store = new Store(":memory:", NOW);
  saveRun(store, "first", { attempts: 3 });
  finish(store, "first", 1);
  const second = saveRun(store, "second", { attempts: 3 });
  store.reuseTrials(second, IMAGES);
  finish(store, "second", 2);
  finish(store, "first", 2);

  expect(store.reuseTrials(second, IMAGES)).toBe(1);
  expect(store.reuseTrials(second, IMAGES)).toBe(0);
  expect(store.runs.trials("second")).toHaveLength(3);
});

test("errors are not reused", () => {
  const store = new Store(":memory:", NOW);
  saveRun(store, "first");
  finish(store, "first", 1, null);

  expect(store.reuseTrials(saveRun(store, "second"), IMAGES)).toBe(0);
});

test("an early end drops the trials that were reused for later rounds", () => {
  const store = new Store(":memory:", NOW);
  saveRun(store, "first", { attempts: 3 });
  for (const attempt of [1, 2, 3]) finish(store, "first", attempt);
  store.reuseTrials(saveRun(store, "second", { attempts: 3 }), IMAGES);

  store.endRounds("second", 1);

  expect(store.runs.trials("second").map(({ attempt }) => attempt)).toEqual([1]);
  expect(store.runs.trials("first")).toHaveLength(3);
});
