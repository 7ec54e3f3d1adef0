import { writeFileSync } from "node:fs";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { UserError } from "../../src/core/errors.ts";
import type { ToolCall } from "../../src/core/model.ts";
import { Store } from "../../src/store/store.ts";
import { aKey, anArm, aResponse, aTask, aTrial, CERTAIN, graded, UNTIMED } from "../fixtures/record.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";

const NOW = (): Date => new Date("2026-01-02T03:04:05.000Z");
const RUN = {
  id: "run-1",
  createdAt: NOW().toISOString(),
  suite: "tiny",
  suiteDigest: "d",
  attempts: 2,
  harnessVersion: "1",
  image: "i",
  imageId: "sha",
  settings: { a: 1 },
};

function storeWithRun(path = ":memory:"): Store {
  const store = new Store(path, NOW);
  store.saveRun({ run: RUN, arms: [anArm("oracle"), anArm("flawed")], tasks: [aTask("add"), aTask("sub")] });
  return store;
}

function save(store: Store, ...[key, outcome, totals]: Parameters<typeof aTrial>): number {
  return store.saveTrial(aTrial(key, outcome, totals), store.executions.start(key).executionId);
}

const CALL: ToolCall = { id: "c1", name: "read_file", args: { kind: "ok", value: { path: "a.py" } }, rawArguments: '{"path":"a.py"}' };

test("a graded trial counts as done and an error does not", () => {
  const store = storeWithRun();

  save(store, aKey());
  save(store, aKey({ attempt: 2 }), { kind: "error", source: "provider", message: "down" });

  expect(store.gradedKeys("run-1")).toEqual([aKey()]);
});

test("an error is replaced by a later grade, which keeps its id", () => {
  const store = storeWithRun();

  const first = save(store, aKey(), { kind: "error", source: "sandbox", message: "gone" });
  const second = save(store, aKey());

  expect(second).toBe(first);
  expect(store.runs.trials("run-1")).toMatchObject([{ passed: true, errorSource: null, errorMessage: null }]);
});

test("a grade is never replaced", () => {
  const store = storeWithRun();
  save(store, aKey());

  expect(() => save(store, aKey(), graded(false))).toThrow("it is already graded");
  expect(store.runs.trials("run-1")).toMatchObject([{ passed: true }]);
});

test("an unknown cost makes the sum unknown and never zero", () => {
  const store = storeWithRun();
  save(store, aKey(), graded(true), { costUsd: 0.25 });
  expect(store.runs.arms("run-1")[0]?.costUsd).toBe(0.25);

  save(store, aKey({ attempt: 2 }), graded(true), { costUsd: null });
  expect(store.runs.arms("run-1")[0]?.costUsd).toBeNull();
});

test("errors are counted separately and add nothing to an arm's figures", () => {
  const store = storeWithRun();
  save(store, aKey());
  save(store, aKey({ taskId: "sub" }), { kind: "error", source: "grader", message: "x" }, { costUsd: null });
  const [oracle, flawed] = store.runs.arms("run-1");

  expect(oracle).toMatchObject({
    graded: 1,
    passed: 1,
    errors: 1,
    iterations: 3,
    inputTokens: 100,
    costUsd: 0.01,
    medianWorkingMs: 900,
  });
  expect(oracle?.perTask).toEqual([
    {
      taskId: "add",
      taskDigest: "digest-of-add",
      group: null,
      tags: [],
      passed: 1,
      trials: 1,
      errors: 0,
      tampered: 0,
      capped: 0,
      iterations: 3,
      uncachedTokens: 110,
      cachedTokens: 50,
      outputTokens: 20,
      costUsd: 0.01,
      meanLogCost: Math.log(0.01),
      workingMs: 900,
      atCostCap: 0,
      failedAtCostCap: 0,
      ...CERTAIN,
      ...UNTIMED,
    },
    expect.objectContaining({ taskId: "sub", passed: 0, trials: 0, errors: 1, iterations: 0, costUsd: null, meanLogCost: null }),
  ]);
  expect(oracle).toMatchObject({
    promptDigest: "prompt-digest",
    agent: { kind: "loop", profile: "full" },
    settings: { contextFiles: true },
    price: { input: 1, output: 4 },
  });
  expect(flawed).toMatchObject({ graded: 0, passed: 0, errors: 0, medianWorkingMs: null });
});

test("a tool call is in the audit log before it has a result", () => {
  using folder = new TempFolder();
  const store = storeWithRun(folder.at("bench.db"));
  const reader = new Database(folder.at("bench.db"), { readonly: true });
  const calls = (): unknown[] =>
    reader.prepare("select tool, finished_at is null as open, exit_code as exitCode, decision from tool_calls").all();
  const { journal } = store.executions.start(aKey());

  journal.opened({ system: "s", firstTurns: ["do it"], tools: "[]" });
  journal.responded(1, aResponse("", [CALL]));
  journal.toolStarted(1, 0, CALL);
  expect(calls()).toEqual([{ tool: "read_file", open: 1, exitCode: null, decision: null }]);

  journal.toolFinished(1, 0, {
    call: CALL,
    result: { callId: "c1", name: "read_file", text: "1\tx", isError: false },
    tier: "read",
    decision: "allowed",
    errorKind: null,
    exitCode: 0,
    timedOut: false,
    durationMs: 2,
    fullOutput: null,
  });
  expect(calls()).toEqual([{ tool: "read_file", open: 0, exitCode: 0, decision: "allowed" }]);
  reader.close();
  store.close();
});

test("a trajectory is read as it was stored", () => {
  const store = storeWithRun();
  const { executionId, journal } = store.executions.start(aKey());
  journal.opened({ system: "Work carefully.", firstTurns: ["context", "task"], tools: "[]" });
  journal.responded(1, aResponse("I look first", [CALL]));
  journal.toolStarted(1, 0, CALL);
  journal.toolFinished(1, 0, {
    call: CALL,
    result: { callId: "c1", name: "read_file", text: "x".repeat(5000), isError: false },
    tier: "read",
    decision: "allowed",
    errorKind: null,
    exitCode: null,
    timedOut: false,
    durationMs: 2,
    fullOutput: Buffer.from("full"),
  });
  journal.noted(1, { kind: "nudge", text: "go on" });
  const id = store.saveTrial(aTrial(aKey(), graded(false)), executionId);
  const trial = store.runs.trial(id);
  if (!trial) throw new Error("no trial");

  const trajectory = store.trajectories.read(trial);

  expect(trajectory).toMatchObject({ system: "Work carefully.", firstTurns: ["context", "task"], testLog: "log of the tests" });
  expect(trajectory.steps).toHaveLength(1);
  expect(trajectory.steps[0]).toMatchObject({
    iteration: 1,
    text: "I look first",
    costUsd: 0.5,
    waitedMs: 7,
    servedModel: "m-1",
    notes: [{ kind: "nudge", text: "go on" }],
  });
  expect(trajectory.steps[0]?.toolCalls).toMatchObject([
    { tool: "read_file", arguments: '{"path":"a.py"}', result: "x".repeat(5000), timedOut: false },
  ]);
  expect(trajectory.tests.map((one) => one.status)).toEqual(["passed", "failed"]);
});

test("an execution that a crash left open is abandoned when the trial starts again, and its steps stay", () => {
  using folder = new TempFolder();
  const store = storeWithRun(folder.at("bench.db"));
  store.executions.start(aKey()).journal.responded(1, aResponse("lost"));
  const again = store.executions.start(aKey());
  store.saveTrial(aTrial(aKey()), again.executionId);
  const reader = new Database(folder.at("bench.db"), { readonly: true });

  expect(reader.prepare("select ended, reason from executions order by id").all()).toEqual([
    { ended: "abandoned", reason: "the harness stopped" },
    { ended: "finished", reason: null },
  ]);
  expect(reader.prepare("select count(*) as n from steps").get()).toEqual({ n: 1 });
  reader.close();
  store.close();
});

test("equal contents are stored once, and compressed", () => {
  using folder = new TempFolder();
  const store = storeWithRun(folder.at("bench.db"));
  const reader = new Database(folder.at("bench.db"), { readonly: true });
  const { journal } = store.executions.start(aKey());
  const long = "the same words again and again. ".repeat(2000);
  const before = reader.prepare("select count(*) as n from blobs").get() as { n: number };

  journal.opened({ system: long, firstTurns: [], tools: "[]" });
  store.executions.start(aKey({ attempt: 2 })).journal.opened({ system: long, firstTurns: [], tools: "[]" });

  const after = reader.prepare("select count(*) as n, max(size) as size, max(length(bytes)) as stored from blobs").get() as {
    n: number;
    size: number;
    stored: number;
  };
  expect(after.n - before.n).toBe(2);
  expect(after.size).toBe(long.length);
  expect(after.stored).toBeLessThan(long.length / 20);
  reader.close();
  store.close();
});

test("the value of a header never reaches the database", () => {
  using folder = new TempFolder();
  const store = new Store(folder.at("bench.db"), NOW);
  const arm = anArm();
  store.saveRun({ run: RUN, arms: [{ ...arm, model: { ...arm.model, headers: { "x-secret": "sk-planted-value" } } }], tasks: [aTask()] });
  const reader = new Database(folder.at("bench.db"), { readonly: true });

  const { spec } = reader.prepare("select spec from run_arms").get() as { spec: string };

  expect(spec).toContain("x-secret");
  expect(spec).not.toContain("sk-planted-value");
  reader.close();
  store.close();
});

test("the documented views answer by SQL", () => {
  using folder = new TempFolder();
  const store = storeWithRun(folder.at("bench.db"));
  save(store, aKey());
  save(store, aKey({ attempt: 2 }), graded(false));
  save(store, aKey({ taskId: "sub" }), graded(false));
  save(store, aKey({ taskId: "sub", attempt: 2 }), { kind: "error", source: "harness", message: "x" });
  const reader = new Database(folder.at("bench.db"), { readonly: true });

  expect(reader.prepare("select arm, pass_rate, passed, graded, errors, tasks from v_pass_rate").all()).toEqual([
    { arm: "oracle", pass_rate: 0.25, passed: 1, graded: 3, errors: 1, tasks: 2 },
  ]);
  expect(reader.prepare("select task, attempt, outcome, passed from v_trials where outcome = 'error'").all()).toEqual([
    { task: "sub", attempt: 2, outcome: "error", passed: null },
  ]);
  expect(reader.prepare("select count(*) as n from v_steps").get()).toEqual({ n: 0 });
  expect(reader.prepare("select count(*) as n from v_tool_calls").get()).toEqual({ n: 0 });
  reader.close();
  store.close();
});

test("runs are found by the start of their id, and the newest by latest", () => {
  const store = storeWithRun();
  store.saveRun({ run: { ...RUN, id: "run-2", createdAt: "2026-01-03T00:00:00.000Z" }, arms: [anArm()], tasks: [aTask()] });

  expect(store.findRun("run-1").settings).toEqual({ a: 1 });
  expect(store.findRun("latest").id).toBe("run-2");
  expect(() => store.findRun("run")).toThrow('Cannot find run "run": 2 runs have an id that starts with it');
  expect(() => store.findRun("x%")).toThrow('Cannot find run "x%": no run has that id');
  expect(store.runs.list(10).map((run) => [run.id, run.planned, run.arms.map((arm) => arm.name)])).toEqual([
    ["run-2", 2, ["oracle"]],
    ["run-1", 8, ["oracle", "flawed"]],
  ]);
});

test("a file that is not a database is refused and left unchanged", () => {
  using folder = new TempFolder();
  writeFileSync(folder.at("notes.txt"), "these are my notes, not a database, and long enough to have a header");

  expect(() => new Store(folder.at("notes.txt"), NOW)).toThrow(UserError);
  expect(() => new Store(folder.at("nowhere/bench.db"), NOW)).toThrow(/Cannot open database/);
});

test("another program's database is refused and left unchanged", () => {
  using folder = new TempFolder();
  const foreign = new Database(folder.at("theirs.db"));
  foreign.exec("create table users (name text)");

  expect(() => new Store(folder.at("theirs.db"), NOW)).toThrow("it belongs to another program");
  expect(foreign.prepare("select name from sqlite_master").pluck().all()).toEqual(["users"]);
  foreign.close();
});

test("reading needs no write permission and creates no file", () => {
  using folder = new TempFolder();
  storeWithRun(folder.at("bench.db")).close();
  const store = new Store(folder.at("bench.db"), NOW, "read");

  expect(store.runs.list(5)).toHaveLength(1);
  expect(() => save(store, aKey())).toThrow(/readonly/);
  expect(() => new Store(folder.at("none.db"), NOW, "read")).toThrow("Cannot open database");
  store.close();
});

test("a run is owned by one living process at a time", () => {
  const store = storeWithRun();
  const owner = (text: string, gone: readonly string[]): { text: string; hasEnded: (text: string) => boolean } => ({
    text,
    hasEnded: (other) => gone.includes(other),
  });
  store.claimRun("run-1", owner("first", []));

  expect(() => store.claimRun("run-1", owner("second", []))).toThrow('Cannot resume run "run-1": another process is running it');
  store.claimRun("run-1", owner("second", ["first"]));
  store.endRun("run-1", "interrupted");
  store.claimRun("run-1", owner("third", []));
});

test("the cost of trials without a grade counts as spent", () => {
  const store = storeWithRun();
  const dropped = store.executions.start(aKey());
  dropped.journal.responded(1, aResponse("a"));
  store.executions.abandon(dropped.executionId, "interrupted");
  const kept = store.executions.start(aKey());
  kept.journal.responded(1, aResponse("b"));
  store.saveTrial(aTrial(aKey(), graded(true), { costUsd: 0.5, unbilledAttempts: 2 }), kept.executionId);

  expect(store.runs.arms("run-1")[0]).toMatchObject({ costUsd: 0.5, spentUsd: 1, unbilledAttempts: 2 });
});

test("a note that belongs to no step, such as a rejected first request, is part of the trajectory", () => {
  const store = storeWithRun();
  const { executionId, journal } = store.executions.start(aKey());
  journal.noted(0, { kind: "rejected", text: "refused: no" });
  const trial = store.runs.trial(store.saveTrial(aTrial(aKey(), graded(false)), executionId));
  if (!trial) throw new Error("no trial");

  expect(store.trajectories.read(trial)).toMatchObject({ steps: [], notes: [{ kind: "rejected", text: "refused: no" }] });
});

test("a database of a newer version is refused", () => {
  using folder = new TempFolder();
  const newer = new Database(folder.at("bench.db"));
  newer.pragma("user_version = 999");
  newer.pragma("application_id = 1651401576");
  newer.close();

  expect(() => new Store(folder.at("bench.db"), NOW)).toThrow("it was written by a newer bench (schema 999");
});

test("a submission is read as it was saved, with links, folders and deletions; a list of an older version is a whole one", () => {
  using folder = new TempFolder();
  const path = folder.at("bench.db");
  const store = storeWithRun(path);
  const { executionId } = store.executions.start(aKey());
  const file = { path: "a.py", bytes: Buffer.from("a"), executable: true };
  const files = [
    file,
    { path: "logs", bytes: Buffer.alloc(0), executable: false, kind: "folder" as const },
    { path: "latest", bytes: Buffer.from("v1"), executable: false, kind: "link" as const },
    { path: "gone.py", bytes: Buffer.alloc(0), executable: false, kind: "absent" as const },
  ];
  const submission = {
    stop: { kind: "completed" as const, detail: "" },
    files,
    isWhole: false,
    workingMs: 1,
    unbilledAttempts: 0,
    inputsDigest: "d",
  };

  store.executions.saveSubmission(executionId, submission);
  expect(store.executions.submission(executionId)).toEqual(submission);

  const older = new Database(path);
  older.exec("update submissions set files = json_array(json_extract(files, '$.changed[0]'))");
  older.close();
  expect(store.executions.submission(executionId)).toEqual({ ...submission, files: [file], isWhole: true });
  store.close();
});
