import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ModelSpec, Price, Usage } from "../../src/core/model.ts";
import { bundledPrice, costDoubt, costOf, limitUsd, worstCost } from "../../src/model/price.ts";
import { modelSpec } from "../fixtures/model-spec.ts";

const AT = new Date("2026-06-01T12:00:00Z");
const usage: Usage = {
  inputTokens: 100,
  cacheReadTokens: 800,
  cacheWriteTokens: 100,
  cacheWrite1hTokens: 0,
  outputTokens: 50,
  reasoningTokens: null,
  inconsistency: null,
  isKnown: true,
};
const price: Price = { input: 3, output: 15, cacheRead: 0.3, cacheWrite5m: 3.75, cacheWrite1h: 6, perRequest: 0 };
const openAi = (model: string, changes: Partial<ModelSpec> = {}): ModelSpec =>
  modelSpec({ api: "openai-responses", baseUrl: "https://api.openai.com/v1", model, ...changes });
const claude = (changes: Partial<ModelSpec> = {}): ModelSpec =>
  modelSpec({ api: "anthropic", baseUrl: "https://api.anthropic.com", model: "claude-sonnet-4-5", ...changes });

function cost(spec: ModelSpec, changes: { usage?: Usage | null; reportedUsd?: number; serviceTier?: string } = {}) {
  return costOf({ spec, usage, reportedUsd: null, serviceTier: null, at: AT, ...changes });
}

describe("the cost of a response", () => {
  test("is the sum of its classes, and what it would have been without a cache", () => {
    const result = cost(modelSpec({ price }));

    expect(result.costUsd).toBeCloseTo(0.001665, 12);
    expect(result.noCacheCostUsd).toBeCloseTo(0.00375, 12);
    expect(result).toMatchObject({ source: "models.yaml", computedUsd: result.costUsd, reportedUsd: null });
  });

  test("counts what is written for an hour at its own rate, and each request", () => {
    const result = cost(modelSpec({ price: { ...price, perRequest: 0.5 } }), { usage: { ...usage, cacheWrite1hTokens: 40 } });

    expect(result.costUsd).toBeCloseTo(0.5 + 0.0003 + 0.00024 + (60 * 3.75 + 40 * 6) / 1e6 + 0.00075, 12);
    expect(result.noCacheCostUsd).toBeCloseTo(0.50375, 12);
  });

  test("is what the price of models.yaml gives, whatever a gateway reports, with the reported figure beside it", () => {
    const result = cost(modelSpec({ price }), { reportedUsd: 0.002 });

    expect(result).toMatchObject({ source: "models.yaml", reportedUsd: 0.002 });
    expect(result.costUsd).toBeCloseTo(0.001665, 12);
    expect(result.computedUsd).toBe(result.costUsd);
  });

  test("is what a gateway reports where models.yaml says so, with our own figure beside it", () => {
    const result = cost(modelSpec({ price, costFrom: "reported" }), { reportedUsd: 0.002 });

    expect(result).toMatchObject({ costUsd: 0.002, source: "reported", reportedUsd: 0.002 });
    expect(result.computedUsd).toBeCloseTo(0.001665, 12);
    expect(cost(modelSpec({ price, costFrom: "reported" }))).toMatchObject({ source: "models.yaml", reportedUsd: null });
  });

  test("is what the provider reports rather than what the bundled list gives", () => {
    const result = cost(openAi("gpt-4o"), { reportedUsd: 0.002 });

    expect(result).toMatchObject({ costUsd: 0.002, source: "reported", reportedUsd: 0.002 });
    expect(result.computedUsd).toBeCloseTo(cost(openAi("gpt-4o")).costUsd ?? Number.NaN, 12);
  });

  test("is what a gateway reports where the usage is unknown, whatever the price", () => {
    const unknown: Usage = { ...usage, isKnown: false };

    expect(cost(modelSpec({ price }), { usage: unknown, reportedUsd: 0.002 })).toMatchObject({
      costUsd: 0.002,
      source: "reported",
      computedUsd: null,
    });
    expect(cost(modelSpec({ price }), { usage: unknown })).toMatchObject({ costUsd: null, noCacheCostUsd: null, source: "unknown" });
  });

  test("of a free model is 0 for cached tokens, too", () => {
    const free: Price = { input: 0, output: 0, cacheRead: null, cacheWrite5m: null, cacheWrite1h: null, perRequest: 0 };

    expect(cost(modelSpec({ price: free }))).toMatchObject({ costUsd: 0, source: "models.yaml" });
  });

  test.for([
    { title: "nothing where they are less than 2 % apart", reportedUsd: 0.00168, doubt: null },
    { title: "nothing about a cost that is rounded to a millionth of a dollar", reportedUsd: 0.00166, doubt: null },
    {
      title: "both where they are more than 2 % apart",
      reportedUsd: 0.002,
      doubt: "a reported cost of $0.002 against $0.001665 by the price",
    },
    { title: "both where nothing was reported to be paid", reportedUsd: 0, doubt: "a reported cost of $0 against $0.001665 by the price" },
  ])("costs of two parties: the doubt says $title", ({ reportedUsd, doubt }) => {
    expect(costDoubt(cost(modelSpec({ price }), { reportedUsd }))).toBe(doubt);
  });

  test("is known from a report alone", () => {
    expect(cost(modelSpec(), { reportedUsd: 0 })).toEqual({
      costUsd: 0,
      noCacheCostUsd: null,
      source: "reported",
      computedUsd: null,
      reportedUsd: 0,
    });
  });

  test.for([
    { title: "no price is known", spec: modelSpec(), changes: {} },
    { title: "the usage is not reported", spec: modelSpec({ price }), changes: { usage: null } },
    { title: "the model is unknown to the price list", spec: openAi("gpt-none-such"), changes: {} },
    { title: "the host is unknown, whatever the model", spec: openAi("gpt-4o", { baseUrl: "https://gateway.example/v1" }), changes: {} },
    { title: "the tier has no known factor", spec: openAi("gpt-4o"), changes: { serviceTier: "scale" } },
  ])("is unknown, not 0, when $title", ({ spec, changes }) => {
    expect(cost(spec, changes)).toEqual({ costUsd: null, noCacheCostUsd: null, source: "unknown", computedUsd: null, reportedUsd: null });
  });

  test("is unknown when a rate is missing for tokens that were used, and known when none were", () => {
    const spec = modelSpec({ price: { ...price, cacheRead: null } });

    expect(cost(spec)).toMatchObject({ costUsd: null, source: "unknown" });
    expect(cost(spec).noCacheCostUsd).toBeCloseTo(0.00375, 12);
    expect(cost(spec, { usage: { ...usage, cacheReadTokens: 0 } }).costUsd).not.toBeNull();
  });

  test.for([
    { tier: "flex", factor: 0.5 },
    { tier: "priority", factor: 2 },
    { tier: "default", factor: 1 },
  ])("of OpenAI's $tier tier is $factor of the list price", ({ tier, factor }) => {
    const list = cost(openAi("gpt-4o")).costUsd ?? Number.NaN;

    expect(cost(openAi("gpt-4o"), { serviceTier: tier }).costUsd).toBeCloseTo(list * factor, 12);
  });
});

describe("what an answer counts for under a limit", () => {
  const counted = (spec: ModelSpec, changes: { usage?: Usage; reportedUsd?: number; serviceTier?: string } = {}) => {
    const bill = { spec, usage, reportedUsd: null, serviceTier: null, at: AT, ...changes };
    return limitUsd(bill, costOf(bill));
  };

  test("is the dearer of two figures, whichever of them is the cost", () => {
    expect(counted(modelSpec({ price }), { reportedUsd: 0.002 })).toBe(0.002);
    expect(counted(modelSpec({ price }), { reportedUsd: 0.001 })).toBeCloseTo(0.001665, 12);
    expect(counted(modelSpec({ price, costFrom: "reported" }), { reportedUsd: 0.001 })).toBeCloseTo(0.001665, 12);
  });

  test("is the most that it could be where a rate or the factor of a tier is missing, and never 0", () => {
    const partial = { ...price, cacheRead: null, cacheWrite5m: null };

    expect(counted(modelSpec({ price: partial }))).toBeCloseTo((100 * 3 + 800 * 3 + 100 * 3.75 + 50 * 15) / 1e6, 12);
    expect(counted(openAi("gpt-4o"), { serviceTier: "scale" })).toBeCloseTo(2 * (counted(openAi("gpt-4o")) ?? Number.NaN), 12);
  });

  test("is unknown where the price or the usage is", () => {
    expect(counted(modelSpec())).toBeNull();
    expect(counted(modelSpec({ price }), { usage: { ...usage, isKnown: false } })).toBeNull();
  });
});

describe("the bundled price list", () => {
  test("prices OpenAI's models, whose older ones write to the cache for nothing", () => {
    expect(bundledPrice(openAi("gpt-4o-mini"), 0, AT)).toEqual({
      input: 0.15,
      output: 0.6,
      cacheRead: 0.075,
      cacheWrite5m: 0,
      cacheWrite1h: null,
      perRequest: 0,
    });
  });

  test("takes the tier of a long prompt", () => {
    const short = bundledPrice(claude(), 200_000, AT);
    const long = bundledPrice(claude(), 200_001, AT);

    expect(short).toMatchObject({ input: 3, output: 15, cacheRead: 0.3, cacheWrite5m: 3.75, cacheWrite1h: 6 });
    expect(long).toMatchObject({ input: 6, output: 22.5 });
  });

  test("knows a model behind OpenRouter and none on an unknown host", () => {
    const routed = modelSpec({ baseUrl: "https://openrouter.ai/api/v1", model: "anthropic/claude-sonnet-4.5" });

    expect(bundledPrice(routed, 0, AT)).toMatchObject({ input: 3, cacheRead: 0.3 });
    expect(bundledPrice({ ...routed, baseUrl: "http://localhost:11434/v1" }, 0, AT)).toBeNull();
  });
});

test("absent rates follow from the input rate at Anthropic and OpenAI alone", () => {
  const bare: Price = { input: 4, output: 20, cacheRead: null, cacheWrite5m: null, cacheWrite1h: null, perRequest: 0 };
  const used: Usage = {
    ...usage,
    inputTokens: 0,
    outputTokens: 0,
    cacheWriteTokens: 2_000_000,
    cacheWrite1hTokens: 1_000_000,
    cacheReadTokens: 1_000_000,
  };
  const writes: Usage = { ...used, cacheReadTokens: 0, cacheWrite1hTokens: 0 };

  expect(cost(claude({ price: bare }), { usage: used }).costUsd).toBeCloseTo(0.4 + 5 + 8, 9);
  expect(cost(openAi("gpt-5.6", { price: bare }), { usage: writes }).costUsd).toBeCloseTo(10, 9);
  expect(cost(openAi("gpt-5.1", { price: bare }), { usage: writes }).costUsd).toBe(0);
  expect(cost(modelSpec({ price: bare }), { usage: writes }).costUsd).toBeNull();
});

describe("the most that a request can cost", () => {
  const worst = (spec: ModelSpec, bodyBytes = 9000) => worstCost({ spec, bodyBytes, at: AT });

  test("is a token for every byte and a thousand more, at the dearest rate, and the longest answer", () => {
    const spec = modelSpec({ price: { ...price, perRequest: 0.5 }, maxOutputTokens: 2000 });

    expect(worst(spec).tokens).toBe(12_000);
    expect(worst(spec).costUsd).toBeCloseTo(0.5 + (10_000 * 3.75 + 2000 * 15) / 1e6, 12);
    expect(worst({ ...spec, cache: "1h" }).costUsd).toBeCloseTo(0.5 + (10_000 * 6 + 2000 * 15) / 1e6, 12);
    expect(worst({ ...spec, price: { ...price, cacheWrite5m: null } }).costUsd).toBeCloseTo((10_000 * 3 + 2000 * 15) / 1e6, 12);
  });

  test("covers a longer answer and an hour's cache that the extra body asks for", () => {
    const spec = modelSpec({ price, maxOutputTokens: 2000 });

    expect(worst({ ...spec, extraBody: { max_completion_tokens: 5000 } }).tokens).toBe(15_000);
    expect(worst({ ...spec, extraBody: { cache_control: { ttl: "1h" } } }).costUsd).toBeCloseTo((10_000 * 6 + 2000 * 15) / 1e6, 12);
  });

  test("takes the rates of a long prompt where it could be one", () => {
    const spec = claude({ maxOutputTokens: 1000 });

    expect(worst(spec, 100_000).costUsd).toBeCloseTo((101_000 * 3.75 + 1000 * 15) / 1e6, 9);
    expect(worst(spec, 300_000).costUsd).toBeCloseTo((301_000 * 7.5 + 1000 * 22.5) / 1e6, 9);
  });

  test("is twice as much at OpenAI when priority is asked for", () => {
    const plain = worst(openAi("gpt-4o")).costUsd ?? Number.NaN;

    expect(worst(openAi("gpt-4o", { extraBody: { service_tier: "priority" } })).costUsd).toBeCloseTo(plain * 2, 12);
    expect(worst(openAi("gpt-4o", { extraBody: { service_tier: "flex" } })).costUsd).toBeCloseTo(plain, 12);
  });

  test("is unknown, not 0, where the price is, and counts its tokens all the same", () => {
    expect(worst(modelSpec({ maxOutputTokens: 2000 }))).toEqual({ costUsd: null, tokens: 12_000 });
  });

  test("is never less than what a request with so much text then costs", () => {
    fc.assert(
      fc.property(fc.nat(400_000), fc.nat(100), fc.nat(100), fc.nat(16_000), (prompt, read, written, output) => {
        const cacheReadTokens = Math.floor((prompt * read) / 200);
        const cacheWriteTokens = Math.floor((prompt * written) / 200);
        const inputTokens = prompt - cacheReadTokens - cacheWriteTokens;
        const used: Usage = { ...usage, inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens: output };
        for (const spec of [claude(), openAi("gpt-4o"), openAi("gpt-5.4")]) {
          expect(cost(spec, { usage: used }).costUsd ?? 0).toBeLessThanOrEqual(worst(spec, prompt).costUsd ?? 0);
        }
      }),
    );
  });
});
