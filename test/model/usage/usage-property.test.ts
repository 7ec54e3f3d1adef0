import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Usage } from "../../../src/core/model.ts";
import type { JsonRecord } from "../../../src/model/json.ts";
import { costOf } from "../../../src/model/price.ts";
import { usageOf } from "../../../src/model/usage/read-usage.ts";
import { StreamedUsage } from "../../../src/model/usage/usage-record.ts";
import { modelSpec } from "../../fixtures/model-spec.ts";
import { CONTRADICTORY, HABIT_PRICE, HONEST, trueUsage } from "../../fixtures/usage-habit.ts";

const TRUTHS = fc.record({
  input: fc.integer({ min: 1, max: 200_000 }),
  read: fc.oneof(fc.constant(0), fc.nat(200_000)),
  written5m: fc.oneof(fc.constant(0), fc.nat(50_000)),
  written1h: fc.oneof(fc.constant(0), fc.nat(50_000)),
  text: fc.integer({ min: 1, max: 30_000 }),
  reasoning: fc.oneof(fc.constant(0), fc.nat(60_000)),
});

function read(events: readonly JsonRecord[]): Usage | null {
  const [only] = events;
  if (events.length === 1 && only !== undefined) return usageOf(only);
  const usage = new StreamedUsage();
  for (const event of events) usage.add(event);
  return usageOf(usage.field());
}

const usdOf = (usage: Usage | null): number =>
  costOf({ spec: modelSpec({ price: HABIT_PRICE }), usage, reportedUsd: null, serviceTier: null, at: new Date(0) }).costUsd ?? Number.NaN;

describe("a usage that is read", () => {
  test.for(HONEST)("costs what the answer cost, whatever it used, for the habit: $title", ({ report, fits = () => true }) => {
    fc.assert(
      fc.property(TRUTHS, (truth) => {
        fc.pre(fits(truth));
        expect(usdOf(read(report(truth)))).toBeCloseTo(usdOf(trueUsage(truth)), 9);
      }),
    );
  });

  test.for(CONTRADICTORY)(
    "never costs less than the answer cost, whatever it used, for the habit: $title",
    ({ report, fits = () => true }) => {
      fc.assert(
        fc.property(TRUTHS, (truth) => {
          fc.pre(fits(truth));
          expect(usdOf(read(report(truth)))).toBeGreaterThanOrEqual(usdOf(trueUsage(truth)) - 1e-9);
        }),
      );
    },
  );

  test("has counts that can be stored, whatever a record holds", () => {
    const names = [
      "prompt_tokens",
      "input_tokens",
      "completion_tokens",
      "output_tokens",
      "total_tokens",
      "cached_tokens",
      "cache_creation_tokens",
    ];
    const values = fc.oneof(fc.nat(100), fc.constantFrom(null, "7", "x", -1, 1e300, Number.MAX_SAFE_INTEGER, 2.5, [], {}), fc.anything());
    const details = fc.dictionary(fc.constantFrom(...names, "reasoning_tokens", "__proto__"), values);
    const usages = fc.dictionary(
      fc.constantFrom(...names, "prompt_tokens_details", "completion_tokens_details"),
      fc.oneof(values, details),
    );
    fc.assert(
      fc.property(fc.array(usages, { minLength: 1, maxLength: 4 }), (records) => {
        const usage = read(records.map((record) => ({ usage: record, choices: [{ usage: record }] })));
        if (usage === null) return;
        const counts = [usage.inputTokens, usage.cacheReadTokens, usage.cacheWriteTokens, usage.cacheWrite1hTokens, usage.outputTokens];
        for (const count of counts) expect(Number.isSafeInteger(count) && count >= 0, JSON.stringify(usage)).toBe(true);
        expect(usage.cacheWrite1hTokens).toBeLessThanOrEqual(usage.cacheWriteTokens);
      }),
    );
  });
});
