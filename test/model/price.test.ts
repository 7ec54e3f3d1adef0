import { describe, expect, test } from "vitest";
import type { ModelSpec, Price, Usage } from "../../src/core/model.ts";
import { bundledPrice, costOf } from "../../src/model/price.ts";
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
    expect(result).toMatchObject({ source: "models.yaml", computedUsd: null });
  });

  test("counts what is written for an hour at its own rate, and each request", () => {
    const result = cost(modelSpec({ price: { ...price, perRequest: 0.5 } }), { usage: { ...usage, cacheWrite1hTokens: 40 } });

    expect(result.costUsd).toBeCloseTo(0.5 + 0.0003 + 0.00024 + (60 * 3.75 + 40 * 6) / 1e6 + 0.00075, 12);
    expect(result.noCacheCostUsd).toBeCloseTo(0.50375, 12);
  });

  test("is what the provider reports, with our own figure beside it", () => {
    const result = cost(modelSpec({ price }), { reportedUsd: 0.002 });

    expect(result).toMatchObject({ costUsd: 0.002, source: "reported" });
    expect(result.computedUsd).toBeCloseTo(0.001665, 12);
  });

  test("is known from a report alone", () => {
    expect(cost(modelSpec(), { reportedUsd: 0 })).toEqual({ costUsd: 0, noCacheCostUsd: null, source: "reported", computedUsd: null });
  });

  test.for([
    { title: "no price is known", spec: modelSpec(), changes: {} },
    { title: "the usage is not reported", spec: modelSpec({ price }), changes: { usage: null } },
    { title: "the model is unknown to the price list", spec: openAi("gpt-none-such"), changes: {} },
    { title: "the host is unknown, whatever the model", spec: openAi("gpt-4o", { baseUrl: "https://gateway.example/v1" }), changes: {} },
    { title: "the tier has no known factor", spec: openAi("gpt-4o"), changes: { serviceTier: "scale" } },
  ])("is unknown, not 0, when $title", ({ spec, changes }) => {
    expect(cost(spec, changes)).toEqual({ costUsd: null, noCacheCostUsd: null, source: "unknown", computedUsd: null });
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
