import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { UNNAMED } from "../../../src/core/held-back.ts";
import type { Outcome, TrialTotals } from "../../../src/core/trial.ts";
import type { GradedIsolation } from "../../../src/core/verdict.ts";
import { armResults } from "../../../src/store/read/arm-result.ts";
import { Store } from "../../../src/store/store.ts";
import { aKey, anArm, aRun, aSpec, aTask, aTrial, graded } from "../../fixtures/record.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";

const NOW = (): Date => new Date("2026-01-02T03:04:05.000Z");
const ERROR: Outcome = { kind: "error", source: "provider", message: "down" };
const NO_TOKENS = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 };

function storeOf(api: "openai-chat" | "scripted", path = ":memory:"): Store {
  const store = new Store(path, NOW);
  const arm = { ...anArm(), model: aSpec({ api }) };
  store.saveRun({ run: aRun({ id: "run-1", attempts: 3 }), arms: [arm], tasks: [aTask("add"), aTask("sub")] });
  return store;
}

function save(store: Store, attempt: number, totals: Partial<TrialTotals>, outcome: Outcome = graded(true)): void {
  const key = aKey({ attempt });
  store.saveTrial(aTrial(key, outcome, totals), store.executions.start(key).executionId);
}

const figures = (store: Store) => store.runs.arms("run-1")[0];
const UNKNOWN = { inputTokens: null, cacheReadTokens: null, cacheWriteTokens: null, outputTokens: null };

test("one step without a count of tokens makes the sums unknown, and never a part of them", () => {
  const store = storeOf("openai-chat");
  save(store, 1, {});
  expect(figures(store)).toMatchObject({ inputTokens: 100, outputTokens: 20, unknownUsageSteps: 0 });

  save(store, 2, { ...NO_TOKENS, unknownUsageSteps: 2 });

  expect(figures(store)).toMatchObject({ ...UNKNOWN, unknownUsageSteps: 2 });
  expect(figures(store)?.perTask[0]).toMatchObject({ uncachedTokens: null, cachedTokens: null, outputTokens: null, unknownUsageSteps: 2 });
  expect(figures(store)?.perTask[1]).toMatchObject({ uncachedTokens: 0, outputTokens: 0 });
  expect(store.runs.trials("run-1")).toMatchObject([{ outputTokens: 20 }, UNKNOWN]);
});

test("a trial of an older version that has steps and no token at all has unknown tokens", () => {
  const store = storeOf("openai-chat");
  save(store, 1, { ...NO_TOKENS, iterations: 4 });

  expect(figures(store)).toMatchObject(UNKNOWN);
  expect(store.runs.trials("run-1")).toMatchObject([UNKNOWN]);
});

test("a trial without a step used no tokens, which is known", () => {
  const store = storeOf("openai-chat");
  save(store, 1, { ...NO_TOKENS, iterations: 0 });

  expect(store.runs.trials("run-1")).toMatchObject([{ inputTokens: 0, outputTokens: 0 }]);
});

test("requests that may have been billed are counted for graded trials and for errors, apart from the known cost", () => {
  const store = storeOf("openai-chat");
  save(store, 1, { costUsd: 0.5, unbilledAttempts: 1, assumedUsd: 0.25 });
  save(store, 2, { costUsd: 0, iterations: 0, unbilledAttempts: 2, assumedUsd: 0.5 }, ERROR);

  expect(figures(store)).toMatchObject({ costUsd: 0.5, unbilledAttempts: 3, assumedUsd: 0.75 });
  expect(figures(store)?.perTask[0]).toMatchObject({ costUsd: 0.5, unbilledAttempts: 3, assumedUsd: 0.75 });
  expect(store.runs.list(1)).toMatchObject([{ costUsd: 0.5, unbilledAttempts: 3 }]);
});

test("where there is nothing but requests that may have been billed, the cost of the trial is unknown", () => {
  const store = storeOf("openai-chat");
  save(store, 1, { costUsd: 0, iterations: 0, unbilledAttempts: 1 }, ERROR);
  save(store, 2, { costUsd: 0, iterations: 0, unbilledAttempts: 0 }, ERROR);

  expect(store.runs.trials("run-1")).toMatchObject([{ costUsd: null }, { costUsd: 0 }]);
});

test("doubtful steps are counted", () => {
  const store = storeOf("openai-chat");
  save(store, 1, { doubtfulUsageSteps: 2 });
  save(store, 2, { doubtfulUsageSteps: 1 });

  expect(figures(store)?.doubtfulUsageSteps).toBe(3);
});

test("the speed is that of trials with known tokens, and the first token comes after the mean time of the streamed ones", () => {
  const store = storeOf("openai-chat");
  save(store, 1, { outputTokens: 300, modelMs: 2_000, iterations: 3, firstTokenMs: 400 });
  save(store, 2, { outputTokens: 100, modelMs: 2_000, iterations: 1, firstTokenMs: 800 });
  save(store, 3, { outputTokens: 0, unknownUsageSteps: 1, modelMs: 60_000, iterations: 5, firstTokenMs: null });

  expect(figures(store)).toMatchObject({ outputTokensPerSecond: 100, firstTokenMs: 600 });
});

test("a scripted model has no speed", () => {
  const store = storeOf("scripted");
  save(store, 1, { outputTokens: 300, modelMs: 2, firstTokenMs: 1 });

  expect(figures(store)).toMatchObject({ outputTokensPerSecond: null, firstTokenMs: null });
});

test("trials of older versions, which have no times of the model, leave the speed to the others", () => {
  using folder = new TempFolder();
  const path = folder.at("bench.db");
  const store = storeOf("openai-chat", path);
  save(store, 1, { outputTokens: 900, modelMs: 1 });
  save(store, 2, { outputTokens: 50, modelMs: 1_000 });
  const database = new Database(path);
  database.exec("update trials set model_ms = null where attempt = 1");
  database.close();

  expect(figures(store)).toMatchObject({ outputTokensPerSecond: 50, outputTokens: 950 });
  store.close();
});

test("the sums of a run come from an index alone, and its errors are found by one", () => {
  using folder = new TempFolder();
  const path = folder.at("bench.db");
  storeOf("openai-chat", path).close();
  const asked: string[] = [];
  const database = new Database(path, { verbose: (sql) => asked.push(String(sql)) });

  armResults(database, "run-1", {});

  const plans = asked
    .filter((sql) => sql.includes("sum(assumed_usd)"))
    .map((sql) => JSON.stringify(database.prepare(`explain query plan ${sql}`).all()));
  expect(plans).toEqual([
    expect.stringContaining("COVERING INDEX trials_of_report"),
    expect.stringContaining("COVERING INDEX trials_in_error"),
  ]);
  database.close();
});

test("files that were not graded are counted by trial, without those that the rule of the task does not name", () => {
  const store = storeOf("openai-chat");
  const held = (...files: readonly (readonly [path: string, reason: string])[]): Outcome => {
    const outcome = graded(true);
    if (outcome.kind === "error") return outcome;
    return { ...outcome, verdict: { ...outcome.verdict, heldBack: files.map(([path, reason]) => ({ path, reason })) } };
  };
  save(store, 1, {}, held(["conftest.py", "it configures"], ["notes.md", UNNAMED]));
  save(store, 2, {}, held(["conftest.py", "it configures"], ["pipe", "it is not a plain file"]));
  save(store, 3, {}, held(["notes.md", UNNAMED]));

  expect(figures(store)?.heldBack).toEqual({
    trials: 2,
    files: [
      { path: "conftest.py", reason: "it configures", trials: 2 },
      { path: "pipe", reason: "it is not a plain file", trials: 1 },
    ],
  });
  expect(store.runs.arms("run-1", { maxAttempt: 1 })[0]?.heldBack.trials).toBe(1);
  expect(store.runs.trials("run-1").map(({ heldBack }) => heldBack.length)).toEqual([2, 2, 1]);
});

test("tasks are counted that have a graded trial without isolation, or one in a sandbox with one user", () => {
  const store = storeOf("openai-chat");
  const isolated = (isolation: GradedIsolation | null): Outcome => {
    const outcome = graded(true);
    return outcome.kind === "error" ? outcome : { ...outcome, verdict: { ...outcome.verdict, isolation } };
  };
  save(store, 1, {}, isolated("none"));
  save(store, 2, {}, isolated("process"));
  save(store, 3, {}, isolated("process-one-user"));

  expect(figures(store)?.isolation).toEqual({ tasks: 1, none: 1, oneUser: 1 });
  expect(store.runs.trials("run-1").map(({ isolation }) => isolation)).toEqual(["none", "process", "process-one-user"]);
});

test("the tasks of a run keep the group and the tags that they had when it started", () => {
  const store = new Store(":memory:", NOW);
  const tasks = [aTask("add", { group: "calculator", tags: ["easy"] }), aTask("sub")];
  store.saveRun({ run: aRun({ id: "run-1", attempts: 3 }), arms: [{ ...anArm(), model: aSpec({ api: "scripted" }) }], tasks });
  store.saveRun({ run: aRun({ id: "run-2" }), arms: [anArm()], tasks: [aTask("add", { group: "another" })] });

  expect(figures(store)?.perTask.map(({ group, tags }) => [group, tags])).toEqual([
    ["calculator", ["easy"]],
    [null, aTask("sub").tags],
  ]);
});
