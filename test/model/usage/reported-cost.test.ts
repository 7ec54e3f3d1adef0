import { describe, expect, test } from "vitest";
import type { ModelResponse, Price } from "../../../src/core/model.ts";
import { usageInHeaders } from "../../../src/model/usage/read-usage.ts";
import { reportedCostIn, reportedCostInHeaders } from "../../../src/model/usage/reported-cost.ts";
import { benchModel, modelRequest } from "../../fixtures/model-bench.ts";
import { chatBody } from "../../fixtures/model-body.ts";

const price: Price = { input: 1, output: 10, cacheRead: 0.1, cacheWrite5m: 1.25, cacheWrite1h: 2, perRequest: 0 };
const LITELLM = "x-litellm-response-cost";

describe("a cost that is stated", () => {
  test.for([
    { title: "nothing", body: {}, usd: null },
    { title: "a cost of 0", body: { usage: { cost: 0 } }, usd: 0 },
    { title: "a negative cost", body: { usage: { cost: -0.1 } }, usd: null },
    { title: "a cost that no answer has", body: { usage: { cost: 1e300 } }, usd: null },
    { title: "a cost that is no number", body: { usage: { cost: "free", total_cost: Number.NaN } }, usd: null },
    { title: "a cost as a text of Python's", body: { usage: { cost: "1.05e-05" } }, usd: 0.000_010_5 },
    { title: "a cost beside the usage", body: { cost: 0.25 }, usd: 0.25 },
    { title: "two costs, of which the dearer counts", body: { usage: { cost: 0.01, total_cost: 0.02 } }, usd: 0.02 },
    { title: "a fee without the upstream's charge to the user's own key", body: { usage: { cost: 0.01, is_byok: true } }, usd: null },
  ])("is $usd for $title", ({ body, usd }) => {
    expect(reportedCostIn(body)).toBe(usd);
  });

  test.for([
    { headers: {}, usd: null },
    { headers: { [LITELLM]: "0.00042" }, usd: 0.000_42 },
    { headers: { [LITELLM]: "1.05e-05" }, usd: 0.000_010_5 },
    { headers: { [LITELLM]: "None" }, usd: null },
    { headers: { [LITELLM]: "-1" }, usd: null },
    { headers: { "llm_provider-x-litellm-response-cost": "0.3", [LITELLM]: "0.1" }, usd: 0.3 },
  ])("is $usd in the headers $headers", ({ headers, usd }) => {
    expect(reportedCostInHeaders(new Headers(headers))).toBe(usd);
  });
});

test("tokens are read from Bedrock's headers", () => {
  const headers = new Headers({ "x-amzn-bedrock-input-token-count": "16", "x-amzn-bedrock-output-token-count": "337" });

  expect(usageInHeaders(headers)).toMatchObject({ inputTokens: 16, outputTokens: 337, isKnown: true });
  expect([usageInHeaders(new Headers()), usageInHeaders(null)]).toEqual([null, null]);
});

describe("an answer through a gateway", () => {
  const ask = async (headers: Readonly<Record<string, string>>, body: object, changes: object): Promise<ModelResponse> => {
    const { model } = await benchModel([{ kind: "json", headers, body }], changes);
    return (await model.generate(modelRequest())) as ModelResponse;
  };
  const body = chatBody({ usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 } });

  test("costs what the price gives, and says that the gateway's header differs", async () => {
    const { cost, usage } = await ask({ [LITELLM]: "0.00268" }, body, { price });

    expect(cost).toMatchObject({ costUsd: 0.002, computedUsd: 0.002, reportedUsd: 0.002_68, source: "models.yaml" });
    expect(usage).toMatchObject({ inputTokens: 1000, inconsistency: "a reported cost of $0.00268 against $0.002 by the price" });
  });

  test("costs what the header says where the entry says so or has no price", async () => {
    const chosen = await ask({ [LITELLM]: "0.00201" }, body, { price, costFrom: "reported" });
    const unpriced = await ask({ [LITELLM]: "0.00201" }, body, {});

    expect(chosen.cost).toMatchObject({ costUsd: 0.002_01, computedUsd: 0.002, source: "reported" });
    expect(chosen.usage.inconsistency).toBeNull();
    expect(unpriced.cost).toMatchObject({ costUsd: 0.002_01, computedUsd: null, source: "reported" });
  });

  test.for([{ usage: null }, { usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } }])(
    "has its tokens from the headers where the body has none: %j",
    async (none) => {
      const headers = { "x-amzn-bedrock-input-token-count": "16", "x-amzn-bedrock-output-token-count": "337" };
      const { usage } = await ask(headers, { ...body, ...none }, {});

      expect(usage).toMatchObject({ inputTokens: 16, outputTokens: 337, isKnown: true });
    },
  );

  test("counts under a limit with the dearer figure, whichever is its cost", async () => {
    const settled: unknown[] = [];
    const spendingLimit = {
      reserve: async () => ({ maxOutputTokens: 16_000, assumedUsd: 1, settle: (used: unknown) => settled.push(used) }),
    };
    for (const [reported, changes] of [
      ["0.005", { price }],
      ["0.001", { price, costFrom: "reported" }],
    ] as const) {
      const { model } = await benchModel([{ kind: "json", headers: { [LITELLM]: reported }, body }], changes);
      await model.generate(modelRequest({ spendingLimit: spendingLimit as never }));
    }

    expect(settled).toMatchObject([
      { costUsd: 0.005, billing: "known" },
      { costUsd: 0.002, billing: "known" },
    ]);
  });
});
