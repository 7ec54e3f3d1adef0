import { expect, test } from "vitest";
import { CapReached } from "../../src/core/errors.ts";
import type { JsonRecord } from "../../src/model/json.ts";
import { costOf } from "../../src/model/price.ts";
import { runTrial } from "../../src/run/trial.ts";
import { Store } from "../../src/store/store.ts";
import { benchModel } from "../fixtures/model-bench.ts";
import { chatCall } from "../fixtures/model-body.ts";
import { type Reply, type Script, sse } from "../fixtures/model-server.ts";
import { modelSpec } from "../fixtures/model-spec.ts";
import { anArm, aTask } from "../fixtures/record.ts";
import { folderDeps, saveFolderRun } from "../fixtures/trial-parts.ts";
import { HABIT_PRICE, type Habit, HONEST, type Truth, trueUsage } from "../fixtures/usage-habit.ts";

const WRITE = { path: "add.py", content: "def add(a, b):\n    return a + b\n" };
const MAX_OUTPUT = 1000;
const TRUTHS: readonly Truth[] = [
  { input: 1000, read: 0, written5m: 5000, written1h: 0, text: 100, reasoning: 0 },
  { input: 2000, read: 4000, written5m: 700, written1h: 30, text: 90, reasoning: 800 },
  { input: 300, read: 9000, written5m: 0, written1h: 0, text: 60, reasoning: 610 },
];

/** A provider that reports by a habit and writes down what it bills. */
class Provider {
  readonly billed: Truth[] = [];
  readonly script: Script;

  constructor({ api = "openai-chat", report, fits = () => true }: Habit, isStreamed: boolean) {
    const truths = TRUTHS.filter(fits);
    this.script = ({ body }) => {
      const messages = body["messages"] as readonly { readonly role: string }[];
      const isFirst = messages.every(({ role }) => role !== "assistant");
      const truth = truths[this.billed.length % truths.length] as Truth;
      this.billed.push(truth);
      const events = report(truth);
      return api === "anthropic" ? claudeReply(isFirst, events, isStreamed) : chatReply(isFirst, events, isStreamed);
    };
  }

  usd(): number {
    const spec = modelSpec({ price: HABIT_PRICE });
    const costs = this.billed.map((truth) =>
      costOf({ spec, usage: trueUsage(truth), reportedUsd: null, serviceTier: null, at: new Date(0) }),
    );
    return costs.reduce((sum, { costUsd }) => sum + (costUsd ?? Number.NaN), 0);
  }
}

function chatReply(isFirst: boolean, events: readonly JsonRecord[], isStreamed: boolean): Reply {
  const calls = [{ ...chatCall("c1", "write_file", JSON.stringify(WRITE)), index: 0 }];
  const message = { role: "assistant", ...(isFirst ? { content: null, tool_calls: calls } : { content: "Done." }) };
  const finish_reason = isFirst ? "tool_calls" : "stop";
  if (isStreamed) return { kind: "events", text: sse([{ choices: [{ index: 0, delta: message, finish_reason }] }, ...events, "[DONE]"]) };
  const { choices, ...rest } = events[0] ?? {};
  const [inChoice] = (choices ?? []) as readonly JsonRecord[];
  return { kind: "json", body: { choices: [{ index: 0, message, finish_reason, ...inChoice }], ...rest } };
}

function claudeReply(isFirst: boolean, events: readonly JsonRecord[], isStreamed: boolean): Reply {
  const block = isFirst ? { type: "tool_use", id: "toolu_1", name: "write_file", input: WRITE } : { type: "text", text: "Done." };
  const stop_reason = isFirst ? "tool_use" : "end_turn";
  if (!isStreamed) return { kind: "json", body: { type: "message", role: "assistant", content: [block], stop_reason, ...events[0] } };
  const [start, end] = events.length === 1 ? [{ type: "message_start", message: events[0] }, { type: "message_delta" }] : events;
  return {
    kind: "events",
    text: sse([
      start,
      { type: "content_block_start", index: 0, content_block: block },
      { ...end, delta: { stop_reason } },
      { type: "message_stop" },
    ]),
  };
}

async function bench(habit: Habit, isStreamed: boolean, maxCostUsd: number | null = null) {
  const provider = new Provider(habit, isStreamed);
  const spec = {
    price: HABIT_PRICE,
    api: habit.api ?? "openai-chat",
    stream: isStreamed,
    maxOutputTokens: MAX_OUTPUT,
    cache: "1h",
  } as const;
  const { model } = await benchModel(provider.script, spec);
  const store = new Store(":memory:", () => new Date());
  const arm = anArm("a");
  saveFolderRun(store, [aTask()], [arm], 100);
  const deps = folderDeps({ store, arms: [arm], openModel: () => model, caps: { maxCostUsd, maxTokens: null } });
  const run = (attempt: number) =>
    runTrial({ key: { runId: "run-1", taskId: "add", armId: arm.id, attempt }, task: aTask(), arm }, deps, new AbortController().signal);
  return { provider, store, run };
}

const sumOf = (truths: readonly Truth[], count: (truth: Truth) => number): number => truths.reduce((sum, truth) => sum + count(truth), 0);

const HABITS = HONEST.flatMap((habit) => {
  // Events of a stream cannot be told in a whole answer; a whole usage can be told in one event.
  const isOnlyStreamed = habit.report(TRUTHS[1] as Truth).length > 1;
  return (isOnlyStreamed ? [true] : [false, true]).map((isStreamed) => ({ ...habit, isStreamed, form: isStreamed ? "streamed" : "whole" }));
});

test.for(HABITS)("the store's tokens and dollars are those of the server's own books: $title, $form", async (habit) => {
  const { provider, store, run } = await bench(habit, habit.isStreamed);
  for (const attempt of [1, 2, 3]) await run(attempt);
  const trials = [1, 2, 3].map((id) => store.runs.trial(id));
  const stored = (field: "inputTokens" | "cacheReadTokens" | "cacheWriteTokens" | "outputTokens" | "costUsd"): number =>
    trials.reduce((sum, trial) => sum + (trial?.[field] ?? Number.NaN), 0);

  expect(provider.billed).toHaveLength(6);
  expect(stored("inputTokens")).toBe(sumOf(provider.billed, ({ input }) => input));
  expect(stored("cacheReadTokens")).toBe(sumOf(provider.billed, ({ read }) => read));
  expect(stored("cacheWriteTokens")).toBe(sumOf(provider.billed, ({ written5m, written1h }) => written5m + written1h));
  expect(stored("outputTokens")).toBe(sumOf(provider.billed, ({ text, reasoning }) => text + reasoning));
  expect(stored("costUsd")).toBeCloseTo(provider.usd(), 9);
});

test("a limit is never passed by the server's own count where reasoning is stated only in the total", async () => {
  const habit = HONEST.find(({ title }) => title === "reasoning only in the total") as Habit;
  const CAP_USD = 0.5;
  const { provider, run } = await bench(habit, false, CAP_USD);
  let stopped: unknown = null;
  for (let attempt = 1; stopped === null && attempt < 100; attempt++) await run(attempt).catch((error: unknown) => (stopped = error));
  const plainUsd = provider.usd() - sumOf(provider.billed, ({ reasoning }) => (reasoning * HABIT_PRICE.output) / 1e6);

  expect(stopped).toBeInstanceOf(CapReached);
  expect(provider.usd()).toBeLessThanOrEqual(CAP_USD);
  expect(provider.usd()).toBeGreaterThan(CAP_USD * 0.8);
  // Without the reasoning, the figure leaves room for what would pass the limit.
  expect((CAP_USD / plainUsd) * provider.usd()).toBeGreaterThan(CAP_USD * 1.3);
});
