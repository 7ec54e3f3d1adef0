import { expect, test } from "vitest";
import type { ModelSpec } from "../../src/core/model.ts";
import type { Trial } from "../../src/core/trial.ts";
import { runTrial } from "../../src/run/trial.ts";
import { Store } from "../../src/store/store.ts";
import { benchModel } from "../fixtures/model-bench.ts";
import { chatBody, chatCall } from "../fixtures/model-body.ts";
import type { Reply, Script } from "../fixtures/model-server.ts";
import { anArm, aTask } from "../fixtures/record.ts";
import { folderDeps, saveFolderRun } from "../fixtures/trial-parts.ts";

const WRITE = JSON.stringify({ path: "add.py", content: "def add(a, b):\n    return a + b\n" });
const FIRST: Reply = {
  kind: "json",
  body: chatBody({ message: { content: null, tool_calls: [chatCall("c1", "write_file", WRITE)] }, finish: "tool_calls" }),
};
const DONE: Reply = { kind: "json", body: chatBody() };
const BROKEN: Reply = { kind: "partial", text: '{"id": "chatcmpl-1", ', end: "drop" };
const PRICE = { input: 1, output: 10, cacheRead: 0.1, cacheWrite5m: 1.25, cacheWrite1h: 2, perRequest: 0 };
const ARM = anArm("a");
const KEY = { runId: "run-1", taskId: "add", armId: ARM.id, attempt: 1 };
const never = new AbortController().signal;

function storeWithRun(): Store {
  const store = new Store(":memory:", () => new Date());
  saveFolderRun(store, [aTask()], [ARM]);
  return store;
}

/** One execution of the trial with a server that plays the script; it can be limited to some seconds. */
async function execute(store: Store, script: Script, { signal = never, maxWallSeconds = 600 } = {}): Promise<Trial> {
  const spec: Partial<ModelSpec> = { price: PRICE, maxOutputTokens: 500 };
  const { model } = await benchModel(script, spec);
  const settings = { ...ARM.settings, limits: { ...ARM.settings.limits, maxWallSeconds } };
  const deps = folderDeps({ store, arms: [ARM], openModel: () => model });
  return runTrial({ key: KEY, task: aTask(), arm: { ...ARM, settings } }, deps, signal);
}

/** Interrupts the trial while its n-th request is open. */
async function interruptAt(store: Store, request: number): Promise<void> {
  const stop = new AbortController();
  const script: Script = (_received, index) => {
    if (index + 1 < request) return FIRST;
    setTimeout(() => stop.abort(new Error("interrupted")), 20);
    return { kind: "stall" };
  };
  await expect(execute(store, script, { signal: stop.signal })).rejects.toThrow("interrupted");
}

const inSteps = (store: Store): number => store.trajectories.read(store.runs.trial(1) as never).steps.length;

test("no request of a trial without a fault may have been billed beside its answers", async () => {
  const trial = await execute(storeWithRun(), [FIRST, DONE]);

  expect(trial.outcome.kind).toBe("graded");
  expect(trial.totals).toMatchObject({ unbilledAttempts: 0, assumedUsd: 0, iterations: 2 });
});

test("every answer that broke off is counted on a trial that ends in an error, and kept when it is resumed", async () => {
  const store = storeWithRun();
  const failed = await execute(store, (_received, index) => (index === 0 ? FIRST : BROKEN));
  const finished = await execute(store, [DONE]);

  expect(failed.outcome.kind).toBe("error");
  expect(failed.totals).toMatchObject({ iterations: 1, unbilledAttempts: 8 });
  expect(failed.totals.assumedUsd).toBeGreaterThan(0);
  expect(finished.outcome.kind).toBe("graded");
  expect(finished.totals.unbilledAttempts).toBe(8);
  // The steps alone know nothing of them.
  expect(inSteps(store)).toBe(2);
  expect(store.executions.history(KEY)).toHaveLength(1);
});

test.for([1, 2])("a request that an interruption cut is counted on the trial when it is resumed: request %i", async (request) => {
  const store = storeWithRun();
  await interruptAt(store, request);
  const trial = await execute(store, request === 1 ? [FIRST, DONE] : [DONE]);

  expect(trial.totals).toMatchObject({ iterations: 2, unbilledAttempts: 1 });
  expect(trial.totals.assumedUsd).toBeGreaterThan(0);
});

test("a request that was open when the harness was killed is counted on the trial when it is resumed", async () => {
  const store = storeWithRun();
  store.spending.reserve(KEY, { whole: { costUsd: 0.01, tokens: 600 }, prompt: { costUsd: 0.005, tokens: 100 } });
  const trial = await execute(store, [FIRST, DONE]);

  expect(trial.totals.unbilledAttempts).toBe(1);
  // The prompt was 0.005, and the answer at most as much again.
  expect(trial.totals.assumedUsd).toBeGreaterThan(0.005);
  expect(trial.totals.assumedUsd).toBeLessThanOrEqual(0.01);
});

test("requests that the time limit cut, and those that broke off before it, are counted", async () => {
  const trial = await execute(storeWithRun(), (_received, index) => (index === 0 ? FIRST : index === 1 ? BROKEN : { kind: "stall" }), {
    maxWallSeconds: 2,
  });

  expect(trial.outcome).toMatchObject({ kind: "graded", stop: { kind: "budget-time" } });
  expect(trial.totals.unbilledAttempts).toBe(2);
});

test("an answer without usage is a step of unknown usage, which is assumed to have cost as much as one that broke off, and no failed request", async () => {
  const zero = chatBody({ usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } });
  const trial = await execute(storeWithRun(), [FIRST, { kind: "json", body: zero }]);

  expect(trial.totals).toMatchObject({ costUsd: null, unknownUsageSteps: 1, doubtfulUsageSteps: 0, unbilledAttempts: 0 });
  expect(trial.totals.assumedUsd).toBeGreaterThan(0);
});

test("what an answer that could not be used states as its cost is counted on the trial beside its steps", async () => {
  const noChoices: Reply = {
    kind: "json",
    body: { ...chatBody({ usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 } }), choices: [] },
  };
  const store = storeWithRun();
  const trial = await execute(store, [FIRST, noChoices, DONE]);

  expect(trial.outcome.kind).toBe("graded");
  expect(trial.totals).toMatchObject({ iterations: 2, unbilledAttempts: 1 });
  expect(trial.totals.assumedUsd).toBeCloseTo((1000 * PRICE.input + 100 * PRICE.output) / 1e6, 9);
});
