import { expect, test } from "vitest";
import { Store } from "../../../src/store/store.ts";
import { cliSpec, loopSpec } from "../../fixtures/agent-settings.ts";
import { savePastRun } from "../../fixtures/past-run.ts";
import { aKey, anArm, aRun, aSpec, aTask, aTrial, graded } from "../../fixtures/record.ts";

const TASKS = [aTask("add"), aTask("sub")];

function emptyStore(): Store {
  return new Store(":memory:", () => new Date("2026-01-02T03:04:05.000Z"));
}

test("the past of an arm is its graded trials of every run, with task digests and the price of that time", () => {
  const store = emptyStore();
  savePastRun(store, { id: "20260101-0800-aaaa", arm: anArm(), tasks: TASKS, outcomes: ["+-", "e"] });
  savePastRun(store, { id: "20260102-0800-bbbb", arm: anArm(), tasks: TASKS, outcomes: ["+", "-"], costUsd: () => null });
  savePastRun(store, { id: "20260103-0800-cccc", arm: anArm("flawed"), tasks: TASKS, outcomes: ["-", "-"] });

  const past = store.history.trialsOfArm("arm-oracle");

  expect(past.map(({ runId, taskDigest, passed, costUsd }) => [runId, taskDigest, passed, costUsd])).toEqual([
    ["20260102-0800-bbbb", "digest-of-sub", false, null],
    ["20260102-0800-bbbb", "digest-of-add", true, null],
    ["20260101-0800-aaaa", "digest-of-add", false, 0.01],
    ["20260101-0800-aaaa", "digest-of-add", true, 0.01],
  ]);
  expect(past[0]).toMatchObject({ iterations: 3, inputTokens: 100, cacheReadTokens: 50, outputTokens: 20, workingMs: 2_000 });
  expect(past[0]?.price).toEqual(aSpec().price);
  expect(past.every(({ isUsageKnown }) => isUsageKnown)).toBe(true);
});

test("a past trial with a step without a count of tokens has no known usage", () => {
  const store = emptyStore();
  const [run, key] = [aRun({ id: "20260101-0800-aaaa" }), aKey({ runId: "20260101-0800-aaaa" })];
  store.saveRun({ run, arms: [anArm()], tasks: TASKS });
  store.saveTrial(aTrial(key, graded(true), { unknownUsageSteps: 1 }), store.executions.start(key).executionId);

  expect(store.history.trialsOfArm("arm-oracle")).toMatchObject([{ isUsageKnown: false }]);
});

test("the past of a model is the past of all its arms with the same agent", () => {
  const store = emptyStore();
  const other = { ...anArm(), id: "arm-other-prompt", name: "oracle+short" };
  savePastRun(store, { id: "20260101-0800-aaaa", arm: anArm(), tasks: TASKS, outcomes: ["+", "+"] });
  savePastRun(store, { id: "20260102-0800-bbbb", arm: other, tasks: TASKS, outcomes: ["+", "+"] });

  expect(store.history.trialsOfArm("arm-other-prompt")).toHaveLength(2);
  const { agent, model } = anArm();
  expect(store.history.trialsOfModel({ agent: loopSpec({ profile: "bash-only" }), model })).toHaveLength(4);
  expect(store.history.trialsOfModel({ agent, model: { ...model, api: "openai-chat" } })).toEqual([]);
  expect(store.history.trialsOfModel({ agent: cliSpec({ version: "1" }), model })).toEqual([]);
});

test("the past tells which trials ended at the cap of their arm, and what that was", () => {
  const store = emptyStore();
  const { settings } = anArm();
  const capped = { ...anArm(), settings: { ...settings, limits: { ...settings.limits, maxCostUsd: 0.05 } } };
  savePastRun(store, { id: "20260101-0800-aaaa", arm: capped, tasks: TASKS, outcomes: ["-c", "+C"] });
  savePastRun(store, { id: "20260102-0800-bbbb", arm: anArm("flawed"), tasks: TASKS, outcomes: ["-", "-"] });

  const ended = store.history.trialsOfArm(capped.id).map(({ endedAtCap, maxCostUsd }) => [endedAtCap, maxCostUsd]);

  expect(ended.toSorted(([a], [b]) => Number(a) - Number(b))).toEqual([
    [false, 0.05],
    [false, 0.05],
    [true, 0.05],
    [true, 0.05],
  ]);
  expect(store.history.trialsOfArm("arm-flawed")).toMatchObject([
    { endedAtCap: false, maxCostUsd: null },
    { endedAtCap: false, maxCostUsd: null },
  ]);
});

test("a trial that was reused from an earlier run is counted once", () => {
  const store = emptyStore();
  savePastRun(store, { id: "20260101-0800-aaaa", arm: anArm(), tasks: TASKS, outcomes: ["+", "+"] });
  savePastRun(store, { id: "20260102-0800-bbbb", arm: anArm(), tasks: TASKS, outcomes: ["", ""] });

  const imageOf = Object.fromEntries(TASKS.map(({ id }) => [id, { name: null, id: "sha" }]));
  const reused = store.reuseTrials({ id: "20260102-0800-bbbb", attempts: 1 }, imageOf);

  expect(reused).toBe(2);
  expect(store.history.trialsOfArm("arm-oracle").map(({ runId }) => runId)).toEqual(["20260101-0800-aaaa", "20260101-0800-aaaa"]);
});

test("a series has a point for each run with a grade, oldest first, with its tags and errors", () => {
  const store = emptyStore();
  savePastRun(store, { id: "20260103-0800-cccc", arm: anArm(), tasks: TASKS, outcomes: ["+", "+"], tags: ["v2"] });
  savePastRun(store, { id: "20260101-0800-aaaa", arm: anArm(), tasks: TASKS, outcomes: ["+-e", "-"], commit: "abc" });
  savePastRun(store, { id: "20260102-0800-bbbb", arm: anArm(), tasks: TASKS, outcomes: ["e", "e"] });

  const series = store.history.series({ names: ["oracle"], suite: null, limit: 10 });

  expect(series.map(({ runId, tags, errors }) => ({ runId, tags, errors }))).toEqual([
    { runId: "20260101-0800-aaaa", tags: [], errors: 1 },
    { runId: "20260103-0800-cccc", tags: ["v2"], errors: 0 },
  ]);
  expect(series[0]?.settings).toEqual({ git: { commit: "abc", dirty: false } });
  expect(series[0]?.perTask).toEqual([
    { taskId: "add", group: null, passed: 1, trials: 2, costUsd: 0.02 },
    { taskId: "sub", group: null, passed: 0, trials: 1, costUsd: 0.01 },
  ]);
});

test("a series counts the trials of each run that were tampered with", () => {
  const store = emptyStore();
  savePastRun(store, { id: "20260101-0800-aaaa", arm: anArm(), tasks: TASKS, outcomes: ["t-", "+t"] });
  savePastRun(store, { id: "20260102-0800-bbbb", arm: anArm(), tasks: TASKS, outcomes: ["+", "+"] });

  expect(store.history.series({ names: ["oracle"], suite: null, limit: 10 }).map(({ tampered }) => tampered)).toEqual([2, 0]);
});

test("a series is limited to the newest runs of each name, and to one suite", () => {
  const store = emptyStore();
  for (const day of ["01", "02", "03"]) {
    savePastRun(store, { id: `202601${day}-0800-aaaa`, arm: anArm(), tasks: TASKS, outcomes: ["+", "+"] });
    savePastRun(store, { id: `202601${day}-0800-bbbb`, arm: anArm("flawed"), tasks: TASKS, outcomes: ["-", "-"] });
  }
  const ids = (suite: string | null): readonly string[] =>
    store.history.series({ names: ["oracle", "flawed"], suite, limit: 2 }).map(({ runId }) => runId);

  expect(ids(null)).toEqual(["20260102-0800-aaaa", "20260102-0800-bbbb", "20260103-0800-aaaa", "20260103-0800-bbbb"]);
  expect(ids("starter")).toHaveLength(4);
  expect(ids("other")).toEqual([]);
});

test("an unknown cost makes the cost of its task unknown", () => {
  const store = emptyStore();
  const costUsd = (task: number, attempt: number): number | null => (task === 0 && attempt === 1 ? null : 0.5);
  savePastRun(store, { id: "20260101-0800-aaaa", arm: anArm(), tasks: TASKS, outcomes: ["++", "++"], costUsd });

  const [point] = store.history.series({ names: ["oracle"], suite: null, limit: 1 });

  expect(point?.perTask.map((task) => task.costUsd)).toEqual([null, 1]);
});
