import { describe, expect, test } from "vitest";
import type { ModelSpec, Turn } from "../../src/core/model.ts";
import type { Demand, Reservation, SpendingLimit, Used } from "../../src/core/spending.ts";
import { benchModel, modelRequest } from "../fixtures/model-bench.ts";
import { chatBody } from "../fixtures/model-body.ts";
import type { Reply } from "../fixtures/model-server.ts";

const SPEC: Partial<ModelSpec> = {
  maxTokensField: "max_completion_tokens",
  maxOutputTokens: 16_000,
  price: { input: 3, output: 15, cacheRead: null, cacheWrite5m: null, cacheWrite1h: null, perRequest: 0.01 },
};

/** Affords answers of so many tokens, and keeps what it is asked and told. */
class Affords implements SpendingLimit {
  readonly demands: Demand[] = [];
  readonly used: Used[] = [];
  readonly #outputTokens: number;

  constructor(outputTokens: number) {
    this.#outputTokens = outputTokens;
  }

  async reserve(demand: Demand): Promise<Reservation> {
    this.demands.push(demand);
    return {
      maxOutputTokens: Math.min(this.#outputTokens, demand.outputTokens),
      assumedUsd: 0.25,
      settle: (used) => this.used.push(used),
    };
  }
}

const cut: Reply = {
  kind: "json",
  body: chatBody({ finish: "length", usage: { prompt_tokens: 12, completion_tokens: 700, total_tokens: 712 } }),
};

describe("a request under a spending limit", () => {
  test("asks for the answer that its entry asks for as long as the limit affords it", async () => {
    const spendingLimit = new Affords(16_000);
    const { model, server } = await benchModel([cut], SPEC);
    const answer = await model.generate(modelRequest({ spendingLimit }));

    expect(server.received[0]?.body["max_completion_tokens"]).toBe(16_000);
    expect(answer).toMatchObject({ kind: "response", finish: "length" });
    expect(answer).not.toHaveProperty("loweredTo");
    expect(spendingLimit.used).toEqual([expect.objectContaining({ outputTokens: 700, isCut: false, billing: "known" })]);
  });

  test("asks for a shorter answer where the limit affords no more, and an answer that ends there was cut by the limit", async () => {
    const spendingLimit = new Affords(700);
    const { model, server } = await benchModel([cut], SPEC);
    const answer = await model.generate(modelRequest({ spendingLimit }));

    expect(server.received[0]?.body["max_completion_tokens"]).toBe(700);
    expect(answer).toMatchObject({ kind: "response", finish: "cap", finishRaw: "length", loweredTo: 700 });
    expect(spendingLimit.used).toEqual([expect.objectContaining({ outputTokens: 700, isCut: true })]);
  });

  test("lowers a length that the extra body sets, too, and leaves the rest of it", async () => {
    const spendingLimit = new Affords(700);
    const { model, server } = await benchModel([cut], { ...SPEC, extraBody: { max_tokens: 20_000, top_p: 0.5 } });
    await model.generate(modelRequest({ spendingLimit }));

    expect(spendingLimit.demands[0]?.outputTokens).toBe(20_000);
    expect(server.received[0]?.body).toMatchObject({ max_completion_tokens: 700, max_tokens: 700, top_p: 0.5 });
  });

  test("tells what an attempt that broke off is assumed to have cost", async () => {
    const spendingLimit = new Affords(16_000);
    const { model } = await benchModel([{ kind: "drop" }, { kind: "json", body: chatBody() }], SPEC);
    const answer = await model.generate(modelRequest({ spendingLimit }));

    expect(answer.attempts).toMatchObject([
      { billing: "maybe", assumedUsd: 0.25 },
      { billing: "known", assumedUsd: 0 },
    ]);
  });
});

describe("the most that a prompt can have", () => {
  const turns: Turn[] = [{ kind: "user", text: "x".repeat(40_000) }];

  async function promptOf(request: Partial<Parameters<typeof modelRequest>[0]>): Promise<number> {
    const spendingLimit = new Affords(16_000);
    const { model } = await benchModel([{ kind: "json", body: chatBody() }], SPEC);
    await model.generate(modelRequest({ spendingLimit, ...request }));
    return spendingLimit.demands[0]?.prompt.tokens ?? 0;
  }

  test("is a token for every byte while nothing is known of the conversation", async () => {
    expect(await promptOf({ turns })).toBeGreaterThan(40_000);
  });

  test("is what the provider counted last and a token for every byte that was added since", async () => {
    const added: Turn = { kind: "user", text: "y".repeat(500) };
    const tokens = await promptOf({ turns: [...turns, added], lastPrompt: { turns, tokens: 10_000 } });

    expect(tokens).toBeGreaterThan(10_500);
    expect(tokens).toBeLessThan(11_000);
  });

  test("counts a turn that was masked since as added", async () => {
    const masked: Turn = { kind: "user", text: "z".repeat(300) };
    const tokens = await promptOf({ turns: [masked], lastPrompt: { turns, tokens: 10_000 } });

    expect(tokens).toBeLessThan(10_000);
    expect(await promptOf({ turns: [...turns, masked], lastPrompt: { turns, tokens: 10_000 } })).toBeGreaterThan(10_300);
  });
});

test.for<{ title: string; changes: Partial<ModelSpec>; least: number }>([
  { title: "16 tokens", changes: {}, least: 16 },
  { title: "a thinking budget and 16 tokens", changes: { reasoning: { budget_tokens: 4000 } }, least: 4016 },
  { title: "a budget inside thinking", changes: { reasoning: { thinking: { type: "enabled", budget_tokens: 2000 } } }, least: 2016 },
  { title: "a budget in the extra body", changes: { extraBody: { thinking: { budget_tokens: 3000 } } }, least: 3016 },
  { title: "a reasoning maximum of a gateway", changes: { reasoning: { max_tokens: 1000 } }, least: 1016 },
  { title: "no more than the whole length", changes: { maxOutputTokens: 10 }, least: 10 },
])("the shortest answer that a provider takes is $title", async ({ changes, least }) => {
  const spendingLimit = new Affords(16_000);
  const { model } = await benchModel([{ kind: "json", body: chatBody() }], { ...SPEC, ...changes });
  await model.generate(modelRequest({ spendingLimit }));

  expect(spendingLimit.demands[0]?.minOutputTokens).toBe(least);
});
