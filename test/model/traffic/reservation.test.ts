import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CapReached } from "../../../src/core/errors.ts";
import type { ModelSpec } from "../../../src/core/model.ts";
import type { Demand, Reservation, SpendingLimit, Used } from "../../../src/core/spending.ts";
import { benchModel, modelRequest } from "../../fixtures/model-bench.ts";
import { chatBody } from "../../fixtures/model-body.ts";
import type { Reply } from "../../fixtures/model-server.ts";

/** A spending limit that lets everything through, or what `refuse` throws, and writes down what it is told. */
class OpenLimit implements SpendingLimit {
  readonly reserved: Demand[] = [];
  readonly settled: Used[][] = [];
  readonly #refuse: (count: number) => Promise<void>;

  constructor(refuse: (count: number) => Promise<void> = async () => {}) {
    this.#refuse = refuse;
  }

  async reserve(demand: Demand): Promise<Reservation> {
    await this.#refuse(this.reserved.length);
    const used: Used[] = [];
    this.reserved.push(demand);
    this.settled.push(used);
    return { maxOutputTokens: demand.outputTokens, assumedUsd: 0.5, settle: (what) => used.push(what) };
  }

  /** What each reservation was settled with; each of them once. */
  get used(): readonly (Used | undefined)[] {
    for (const calls of this.settled) expect(calls).toHaveLength(1);
    return this.settled.map(([first]) => first);
  }
}

const hello: Reply = { kind: "json", body: chatBody() };
const failed = (status: number, code = "", headers: Record<string, string> = {}): Reply => ({
  kind: "json",
  status,
  headers,
  body: { error: { message: "no", code } },
});
const spec: Partial<ModelSpec> = {
  maxOutputTokens: 100,
  price: { input: 3, output: 15, cacheRead: 0.3, cacheWrite5m: 3.75, cacheWrite1h: 6, perRequest: 0 },
};
const answerUsd = (12 * 3 + 5 * 15) / 1e6;
const ANSWER: Used = { costUsd: expect.closeTo(answerUsd, 12), tokens: 17, billing: "known", outputTokens: 5, isCut: false };
const NOTHING: Used = { costUsd: 0, tokens: 0, billing: "none" };
const UNKNOWN: Used = { costUsd: null, tokens: null, billing: "maybe" };

describe("what a request may cost", () => {
  test("is reserved before it is sent, from its text and the longest answer", async () => {
    const spendingLimit = new OpenLimit();
    const { model, server } = await benchModel([hello], spec);
    await model.generate(modelRequest({ spendingLimit }));
    const bytes = Number(server.received[0]?.headers["content-length"]);

    expect(spendingLimit.reserved).toEqual([
      {
        prompt: { tokens: bytes + 1000, costUsd: expect.closeTo(((bytes + 1000) * 3.75) / 1e6, 12) },
        outputTokens: 100,
        minOutputTokens: 16,
        usdPerOutputToken: expect.closeTo(15 / 1e6, 12),
      },
    ]);
    expect(spendingLimit.used).toEqual([ANSWER]);
  });

  test.for<{ title: string; reply: Reply; used: Used }>([
    { title: "nothing for a limit", reply: failed(429), used: NOTHING },
    { title: "nothing for a time-out of the host", reply: failed(408), used: NOTHING },
    { title: "nothing for a server error", reply: failed(500), used: NOTHING },
    { title: "nothing for a model that is not available", reply: failed(503), used: NOTHING },
    { title: "nothing for an overload", reply: failed(529), used: NOTHING },
    { title: "unknown after a gateway's time-out", reply: failed(504), used: UNKNOWN },
    {
      title: "unknown after a server error that states a use",
      reply: { kind: "json", status: 500, body: { error: { message: "no" }, usage: { prompt_tokens: 12, completion_tokens: 5 } } },
      used: UNKNOWN,
    },
    { title: "unknown after a cut connection", reply: { kind: "drop" }, used: UNKNOWN },
    { title: "unknown after a garbled answer", reply: { kind: "text", text: '{"id": ' }, used: UNKNOWN },
    { title: "unknown after an answer that breaks off", reply: { kind: "partial", text: '{"id": ', end: "drop" }, used: UNKNOWN },
    {
      title: "unknown after an error in disguise",
      reply: { kind: "json", body: { error: { code: 503, message: "no host" } } },
      used: UNKNOWN,
    },
  ])("comes out as $title, and is reserved anew for the next try", async ({ reply, used }) => {
    const spendingLimit = new OpenLimit();
    const { model } = await benchModel([reply, hello], spec);
    await model.generate(modelRequest({ spendingLimit }));

    expect(spendingLimit.used).toEqual([used, ANSWER]);
    expect(spendingLimit.reserved[1]).toEqual(spendingLimit.reserved[0]);
  });

  test.for([
    { title: "a rejection", reply: failed(400, "context_length_exceeded") },
    { title: "a bad key", reply: failed(401) },
    { title: "a spent quota", reply: failed(429, "insufficient_quota") },
  ])("comes out as nothing for $title", async ({ reply }) => {
    const spendingLimit = new OpenLimit();
    const { model } = await benchModel([reply], spec);
    await model.generate(modelRequest({ spendingLimit })).catch(() => {});

    expect(spendingLimit.used).toEqual([NOTHING]);
  });

  test("is unknown for an answer whose cost or usage is", async () => {
    const priceless = new OpenLimit();
    await (await benchModel([hello], { ...spec, price: null })).model.generate(modelRequest({ spendingLimit: priceless }));
    expect(priceless.reserved[0]?.prompt.costUsd).toBeNull();
    expect(priceless.used).toEqual([{ ...ANSWER, costUsd: null }]);

    const silent = new OpenLimit();
    const { model } = await benchModel([{ kind: "json", body: { ...chatBody(), usage: undefined } }], spec);
    await model.generate(modelRequest({ spendingLimit: silent }));
    expect(silent.used).toEqual([UNKNOWN]);
  });

  test("is what the provider reports, even when that is more than the worst", async () => {
    const spendingLimit = new OpenLimit();
    const usage = { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17, cost: 9 };
    const { model } = await benchModel([{ kind: "json", body: chatBody({ usage }) }], spec);
    await model.generate(modelRequest({ spendingLimit }));

    expect(spendingLimit.used).toEqual([{ ...ANSWER, costUsd: 9 }]);
  });

  test("is unknown when the call is stopped while it is under way", async () => {
    const spendingLimit = new OpenLimit();
    const stop = new AbortController();
    const { model } = await benchModel(() => {
      setImmediate(() => stop.abort(new Error("the user left")));
      return { kind: "stall" };
    }, spec);

    await expect(model.generate(modelRequest({ spendingLimit, signal: stop.signal }))).rejects.toThrow("the user left");
    expect(spendingLimit.used).toEqual([UNKNOWN]);
  });

  test("is nothing when the call is stopped before the request is sent", async () => {
    const stop = new AbortController();
    const spendingLimit = new OpenLimit(async () => stop.abort(new Error("the user left")));
    const { model, server } = await benchModel([hello], spec);

    await expect(model.generate(modelRequest({ spendingLimit, signal: stop.signal }))).rejects.toThrow("the user left");
    expect(spendingLimit.used).toEqual([NOTHING]);
    expect(server.received).toHaveLength(0);
  });
});

describe("a spending limit", () => {
  test("that refuses ends the call with what it throws, and the place and the minute are free for the next", async () => {
    const refusal = new CapReached("run", "the cap is reached");
    const spendingLimit = new OpenLimit(() => Promise.reject(refusal));
    const { model, server, clock } = await benchModel([hello], { ...spec, limits: { concurrency: 1, rpm: 1, tpm: null } });

    expect(await model.generate(modelRequest({ spendingLimit })).catch((thrown: unknown) => thrown)).toBe(refusal);
    expect(await model.generate(modelRequest())).toMatchObject({ kind: "response" });
    expect(clock.sleeps).toEqual([]);
    expect(server.received).toHaveLength(1);
  });

  test("that refuses the second try ends the call too", async () => {
    const refusal = new CapReached("trial", "the cap is reached");
    const spendingLimit = new OpenLimit(async (count) => {
      if (count === 1) throw refusal;
    });
    const { model, server } = await benchModel([failed(500), hello], spec);

    expect(await model.generate(modelRequest({ spendingLimit })).catch((thrown: unknown) => thrown)).toBe(refusal);
    expect(spendingLimit.used).toEqual([NOTHING]);
    expect(server.received).toHaveLength(1);
  });

  test("that keeps a call waiting does so while the clock of the trial stands still", async () => {
    const told: string[] = [];
    const spendingLimit = new OpenLimit(async () => {
      told.push("reserves");
    });
    const { model } = await benchModel([hello], spec);
    await model.generate(modelRequest({ spendingLimit, onWait: (isWaiting) => told.push(isWaiting ? "waits" : "works") }));

    expect(told).toEqual(["waits", "reserves", "works"]);
  });

  test("whose books fail fails the call, and the place is free for the next", async () => {
    const spendingLimit: SpendingLimit = {
      reserve: async ({ outputTokens }) => ({
        maxOutputTokens: outputTokens,
        assumedUsd: null,
        settle: () => {
          throw new Error("the disk is full");
        },
      }),
    };
    const { model } = await benchModel([hello], { ...spec, limits: { concurrency: 1, rpm: null, tpm: null } });

    await expect(model.generate(modelRequest({ spendingLimit }))).rejects.toThrow("the disk is full");
    expect(await model.generate(modelRequest())).toMatchObject({ kind: "response" });
  });

  test("is notified of every request exactly once, whatever happens", async () => {
    const replies = fc.array(
      fc.constantFrom<Reply>(
        hello,
        hello,
        failed(429),
        failed(500),
        failed(529, "overloaded_error", { "retry-after": "3" }),
        failed(400, "context_length_exceeded"),
        failed(401),
        { kind: "drop" },
        { kind: "text", text: "{" },
        { kind: "partial", text: "{", end: "drop" },
      ),
      { minLength: 1, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(replies, fc.nat(12), fc.nat(12), async (script, refusedAt, stoppedAt) => {
        const stop = new AbortController();
        const spendingLimit = new OpenLimit(async (count) => {
          if (count > 0 && count === refusedAt) throw new CapReached("run", "the cap is reached");
        });
        const { model, server } = await benchModel(
          (_received, index) => {
            if (index > 0 && index === stoppedAt) stop.abort(new Error("stopped"));
            return script[index % script.length] ?? hello;
          },
          { ...spec, limits: { concurrency: 3, rpm: null, tpm: null } },
        );
        await Promise.allSettled(Array.from({ length: 5 }, () => model.generate(modelRequest({ spendingLimit, signal: stop.signal }))));

        expect(spendingLimit.used.length).toBeGreaterThanOrEqual(server.received.length);
        await server.close();
      }),
      { numRuns: 30 },
    );
  });
});
