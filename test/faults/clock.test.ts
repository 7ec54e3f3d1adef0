import { expect, test } from "vitest";
import type { RunEvent } from "../../src/core/event.ts";
import type { RunEnd, TrialRecord } from "../../src/core/record.ts";
import { GrowingCapacity } from "../../src/run/growing-capacity.ts";
import { runMissingTrials } from "../../src/run/run.ts";
import { runTrial } from "../../src/run/trial.ts";
import { Store } from "../../src/store/store.ts";
import { benchModel, modelRequest } from "../fixtures/model-bench.ts";
import { API_REPLIES } from "../fixtures/model-reply.ts";
import { anArm, aTask, someSettings } from "../fixtures/record.ts";
import { folderDeps, saveFolderRun } from "../fixtures/trial-parts.ts";
import { call, calls, type Reply, says, turnModel } from "../fixtures/turn-model.ts";

const DAY_MS = 86_400_000;
const TASKS = [aTask("a"), aTask("b")];
const ARMS = [anArm("x"), anArm("y")];
const ATTEMPTS = 2;
const REPLIES: readonly Reply[] = [
  calls([call("run_command", { command: "sleep 0.02; echo looked" }), call("list_directory", { path: "." })]),
  calls([call("write_file", { path: "add.py", content: "def add(a, b):\n    return a + b\n" })]),
  says("done"),
];

/** Gives wall clocks that are never where they were: each look goes by so many days further than the last. */
function jumping(days: readonly number[]): () => Date {
  let looks = 0;
  let atMs = Date.UTC(2026, 5, 1);
  return () => {
    atMs += (days[looks % days.length] ?? 0) * DAY_MS;
    looks += 1;
    return new Date(atMs);
  };
}

type Ran = { readonly end: RunEnd; readonly store: Store; readonly told: readonly string[] };

const IGNORE: (event: RunEvent) => void = () => {};

async function run(
  now: () => Date,
  { store = storeWithRun(now), signal = new AbortController().signal, report = IGNORE } = {},
): Promise<Ran> {
  const told: string[] = [];
  const notify = (event: RunEvent): void => {
    if (event.kind === "trial-finished") told.push(`${event.trial.key.taskId} ${event.trial.key.armId} ${event.trial.key.attempt}`);
    report(event);
  };
  const parts = { ...folderDeps({ store, arms: ARMS, openModel: () => turnModel(REPLIES), report: notify }), now };
  const shape = { runId: "run-1", tasks: TASKS, arms: ARMS, attempts: ATTEMPTS };
  const end = await runMissingTrials(shape, {
    store,
    report: notify,
    capacity: new GrowingCapacity({ agents: 1, gradings: 1 }),
    signal,
    runTrial: (planned, stop) => runTrial(planned, parts, stop),
  });
  return { end, store, told };
}

function storeWithRun(now: () => Date): Store {
  const store = new Store(":memory:", now);
  saveFolderRun(store, TASKS, ARMS, ATTEMPTS);
  return store;
}

// The last trials go by what earlier ones took, and that is another each time.
const byKey = (trials: readonly TrialRecord[]): readonly unknown[] =>
  trials.toSorted((a, b) => keyOf(a).localeCompare(keyOf(b))).map(figures);
const keyOf = ({ taskId, armId, attempt }: TrialRecord): string => `${taskId} ${armId} ${attempt}`;

const figures = ({ taskId, armId, attempt, passed, stop, iterations, inputTokens, outputTokens, costUsd }: TrialRecord): unknown => ({
  taskId,
  armId,
  attempt,
  passed,
  stop,
  iterations,
  inputTokens,
  outputTokens,
  costUsd,
});

const JUMPS = [
  { clock: "goes forward by days", days: [3] },
  { clock: "goes back by days", days: [-3] },
  { clock: "goes to and fro", days: [5, -9, 2, -1, 40, -37] },
  { clock: "stands still", days: [0] },
];

test.for(JUMPS)("a run whose wall clock $clock gives the same results, with different times", async ({ days }) => {
  const steady = await run(() => new Date());
  const odd = await run(jumping(days));
  const trials = odd.store.runs.trials("run-1");

  expect(odd.end).toBe("complete");
  expect(odd.told.toSorted()).toEqual(steady.told.toSorted());
  expect(byKey(trials)).toEqual(byKey(steady.store.runs.trials("run-1")));
  for (const trial of trials) {
    const { steps } = odd.store.trajectories.read(trial);
    const spans = [
      trial.workingMs,
      ...steps.flatMap((step) => [step.durationMs, step.waitedMs, ...step.toolCalls.map((one) => one.durationMs ?? -1)]),
    ];
    expect(Math.min(...spans)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...spans)).toBeLessThan(60_000);
  }
});

test.for(JUMPS)("a run that is left and gone on with while its wall clock $clock loses and repeats nothing", async ({ days }) => {
  const now = jumping(days);
  const store = storeWithRun(now);
  const stop = new AbortController();
  let finished = 0;
  const report = (event: RunEvent): void => {
    if (event.kind === "trial-finished" && ++finished === 3) stop.abort(new Error("stop"));
  };

  const first = await run(now, { store, signal: stop.signal, report });
  const second = await run(now, { store });

  expect([first.end, second.end]).toEqual(["interrupted", "complete"]);
  expect([...first.told, ...second.told].toSorted()).toEqual((await run(() => new Date())).told.toSorted());
  expect(store.gradedKeys("run-1")).toHaveLength(TASKS.length * ARMS.length * ATTEMPTS);
});

test.for(JUMPS)("the time limit of a trial is one of working time, though the wall clock $clock", async ({ days }) => {
  const now = jumping(days);
  const store = new Store(":memory:", now);
  const settings = someSettings();
  const arms = [{ ...anArm("x"), settings: { ...settings, limits: { ...settings.limits, maxWallSeconds: 0.3 } } }];
  saveFolderRun(store, TASKS.slice(0, 1), arms);
  const parts = { ...folderDeps({ store, arms, openModel: () => turnModel([...REPLIES.slice(0, 1), { kind: "hangs" }]) }), now };
  const [task, arm] = [aTask("a"), arms[0] ?? anArm("x")];
  const began = performance.now();

  const trial = await runTrial(
    { key: { runId: "run-1", taskId: "a", armId: arm.id, attempt: 1 }, task, arm },
    parts,
    new AbortController().signal,
  );

  expect(trial.outcome).toMatchObject({ kind: "graded", stop: { kind: "budget-time" } });
  expect(performance.now() - began).toBeGreaterThanOrEqual(250);
  expect(performance.now() - began).toBeLessThan(10_000);
});

test.for([
  { clock: "days behind", days: -2 },
  { clock: "days ahead", days: 2 },
  { clock: "right", days: 0 },
])("a provider that names the time to come back at is waited for, by a clock that is $clock", async ({ days }) => {
  const hello = API_REPLIES[0]?.hello ?? { kind: "stall" };
  const { model, clock } = await benchModel((_received, index) => {
    const theirs = clock.nowMs - days * DAY_MS;
    const headers = { date: new Date(theirs).toUTCString(), "retry-after": new Date(theirs + 30_000).toUTCString() };
    return index === 0 ? { kind: "json", status: 429, body: {}, headers } : hello;
  });

  expect(await model.generate(modelRequest())).toMatchObject({ kind: "response" });
  const slept = clock.sleeps.reduce((sum, ms) => sum + ms, 0);
  expect(slept).toBeGreaterThanOrEqual(28_000);
  expect(slept).toBeLessThanOrEqual(32_000);
});
