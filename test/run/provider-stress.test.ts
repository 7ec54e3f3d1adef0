import { describe, expect, onTestFinished, test } from "vitest";
import { CapReached } from "../../src/core/errors.ts";
import type { ModelRejection, ModelResponse } from "../../src/core/model.ts";
import { seededDraw } from "../../src/model/scripted/mutation.ts";
import { type RunCaps, SpendingLimits } from "../../src/run/spending/spending-limits.ts";
import { Store } from "../../src/store/store.ts";
import { chatBody } from "../fixtures/model-body.ts";
import type { Reply, Script } from "../fixtures/model-server.ts";
import { anArm, aTask } from "../fixtures/record.ts";
import { saveFolderRun } from "../fixtures/trial-parts.ts";
import { timedBench } from "../model/timed-bench.ts";

const MAX_OUTPUT = 200;
const FAULTS = ["limit", "server-error", "overload", "drop", "garbled", "cut"] as const;
const PRICE = { input: 3, output: 15, cacheRead: 0.3, cacheWrite5m: 3.75, cacheWrite1h: 6, perRequest: 0 };
const LIMITS = { concurrency: 16, rpm: null, tpm: null };
const NO_CAPS: RunCaps = { maxCostUsd: null, maxTokens: null };

/** A provider that fails one request in five, and keeps its own accounts. */
class Provider {
  /** What it would send a bill for: whatever it answered in full or broke off in the middle. */
  billedUsd = 0;
  /** What its answers cost that were read. */
  answeredUsd = 0;
  answers = 0;
  faults = 0;
  /** Faults that may have been billed for all that the customer knows. */
  brokenOff = 0;
  readonly script: Script;

  constructor(seed: number) {
    this.script = async (_received, index) => {
      await new Promise((resolve) => setTimeout(resolve, seededDraw(seed, index, "time") * 4));
      const draw = seededDraw(seed, index, "fault");
      const fault = draw < 0.2 ? FAULTS[Math.floor((draw / 0.2) * FAULTS.length)] : undefined;
      return this.#reply(fault, { seed, index });
    };
  }

  #reply(fault: (typeof FAULTS)[number] | undefined, at: { seed: number; index: number }): Reply {
    const usage = usageOf(at.seed, at.index);
    const usd = (usage.prompt_tokens * PRICE.input + usage.completion_tokens * PRICE.output) / 1e6;
    if (fault === undefined || fault === "garbled" || fault === "cut") this.billedUsd += usd;
    if (fault === undefined) {
      this.answers += 1;
      this.answeredUsd += usd;
    } else {
      this.faults += 1;
      if (fault === "drop" || fault === "garbled" || fault === "cut") this.brokenOff += 1;
    }
    return fault === undefined ? { kind: "json", body: chatBody({ usage }) } : faultReply(fault);
  }
}

function usageOf(seed: number, index: number) {
  const prompt_tokens = 50 + Math.floor(seededDraw(seed, index, "prompt") * 1000);
  const completion_tokens = 1 + Math.floor(seededDraw(seed, index, "output") * MAX_OUTPUT);
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}

function faultReply(fault: (typeof FAULTS)[number]): Reply {
  const error = (status: number, headers = {}): Reply => ({ kind: "json", status, headers, body: { error: { message: fault } } });
  switch (fault) {
    case "limit":
      return error(429, { "retry-after": "1" });
    case "server-error":
      return error(500);
    case "overload":
      return error(529);
    case "drop":
      return { kind: "drop" };
    case "garbled":
      return { kind: "text", text: '{"id": "chatcmpl-1", "choices": [' };
    case "cut":
      return { kind: "partial", text: '{"id": "chatcmpl-1", ', end: "drop" };
  }
}

/** Makes many calls at once through the real adapter and the real spending limit, and tells what came of them. */
async function stress(seed: number, calls: number, caps: RunCaps) {
  const store = new Store(":memory:", () => new Date());
  const arms = [anArm("a")];
  saveFolderRun(store, [aTask()], arms);
  onTestFinished(() => store.close());
  const spendingLimits = new SpendingLimits(store.spending, { runId: "run-1", arms, caps });
  const provider = new Provider(seed);
  let draws = 0;
  const bench = await timedBench(provider.script, { price: PRICE, maxOutputTokens: MAX_OUTPUT, limits: LIMITS }, () => {
    draws += 1;
    return seededDraw(seed, draws, "jitter");
  });
  const key = { runId: "run-1", taskId: "add", armId: arms[0]?.id ?? "", attempt: 1 };
  const one = (): Promise<ModelResponse | ModelRejection | CapReached> =>
    bench.call({ spendingLimit: spendingLimits.spendingLimitFor(key, { maxCostUsd: null }) }).catch((error: unknown) => {
      if (error instanceof CapReached) return error;
      throw error;
    });
  const ends = await Promise.all(Array.from({ length: calls }, one));
  return { ends, provider, server: bench.server, spent: store.spending.spent({ runId: "run-1" }) };
}

describe.for([1, 2, 3])("against a provider that fails one request in five (seed %i)", (seed) => {
  test("every call is answered, and what was spent is what the provider counts", async () => {
    const { ends, provider, server, spent } = await stress(seed, 300, NO_CAPS);

    expect(ends.map((end) => ("kind" in end ? end.kind : end.message))).toEqual(ends.map(() => "response"));
    expect(provider.answers).toBe(300);
    expect(provider.faults).toBeGreaterThan(40);
    expect(server.received).toHaveLength(provider.answers + provider.faults);
    expect(server.mostAtOnce()).toBeLessThanOrEqual(LIMITS.concurrency);
    expect(spent.knownUsd).toBeCloseTo(provider.answeredUsd, 9);
    expect(spent.brokenOff).toBe(provider.brokenOff);
    expect(provider.billedUsd).toBeLessThan(spent.knownUsd + spent.assumedUsd);
  });

  test("a limit that a third of the calls would use is never exceeded, and is used up", async () => {
    const maxCostUsd = 0.33;
    const { ends, provider, spent } = await stress(seed, 300, { maxCostUsd, maxTokens: null });
    const answered = ends.filter((end) => !(end instanceof CapReached)).length;

    expect(answered).toBe(provider.answers);
    expect(answered).toBeLessThan(150);
    expect(ends.filter((end) => end instanceof CapReached).every(({ scope }) => scope === "run")).toBe(true);
    expect(provider.billedUsd).toBeLessThanOrEqual(maxCostUsd);
    expect(spent.knownUsd).toBeCloseTo(provider.answeredUsd, 9);
    expect(spent.knownUsd + spent.assumedUsd).toBeLessThanOrEqual(maxCostUsd + 1e-9);
    // What is left would not have been enough for one more, beside what is kept back for the requests that broke off.
    expect(spent.knownUsd + spent.assumedUsd).toBeGreaterThan(maxCostUsd - 0.05);
    expect(provider.billedUsd).toBeGreaterThan(0.7 * maxCostUsd);
  });
});
