import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Price, Usage } from "../../../src/core/model.ts";
import type { JsonRecord } from "../../../src/model/json.ts";
import { costOf } from "../../../src/model/price.ts";
import { usageOf } from "../../../src/model/usage/read-usage.ts";
import { StreamedUsage } from "../../../src/model/usage/usage-record.ts";
import { modelSpec } from "../../fixtures/model-spec.ts";

/** What an answer really used; reasoning is beside `text`, and both are output. */
type Truth = {
  readonly input: number;
  readonly read: number;
  readonly written5m: number;
  readonly written1h: number;
  readonly text: number;
  readonly reasoning: number;
};

/** A way of reporting, as events of which a whole answer has one. `fits` leaves out truths that it cannot tell from others. */
type Habit = {
  readonly title: string;
  readonly report: (truth: Truth) => readonly JsonRecord[];
  readonly fits?: (truth: Truth) => boolean;
};

const price: Price = { input: 1, output: 10, cacheRead: 0.1, cacheWrite5m: 1.25, cacheWrite1h: 2, perRequest: 0 };
const written = ({ written5m, written1h }: Truth): number => written5m + written1h;
const prompt = (truth: Truth): number => truth.input + truth.read + written(truth);
const output = ({ text, reasoning }: Truth): number => text + reasoning;

const details = (truth: Truth): JsonRecord => ({
  prompt_tokens_details: {
    cached_tokens: truth.read,
    cache_creation_tokens: written(truth),
    cache_creation_token_details: { ephemeral_5m_input_tokens: truth.written5m, ephemeral_1h_input_tokens: truth.written1h },
  },
});
const reasons = ({ reasoning }: Truth): JsonRecord => ({ completion_tokens_details: { reasoning_tokens: reasoning } });
const openAi = (truth: Truth): JsonRecord => ({
  prompt_tokens: prompt(truth),
  completion_tokens: output(truth),
  total_tokens: prompt(truth) + output(truth),
  ...details(truth),
  ...reasons(truth),
});
const claude = (truth: Truth): JsonRecord => ({
  input_tokens: truth.input,
  cache_read_input_tokens: truth.read,
  cache_creation_input_tokens: written(truth),
  cache_creation: { ephemeral_5m_input_tokens: truth.written5m, ephemeral_1h_input_tokens: truth.written1h },
});
const whole = (usage: (truth: Truth) => JsonRecord): Habit["report"] => {
  return (truth) => [{ usage: usage(truth) }];
};
const isNoPartOfCache = (truth: Truth): boolean => ![truth.read, written(truth), truth.read + written(truth)].includes(truth.reasoning);
const asTexts = (record: JsonRecord): JsonRecord =>
  JSON.parse(JSON.stringify(record), (_, value) => (typeof value === "number" ? String(value) : value));
const share =
  (part: number): Habit["report"] =>
  (truth) => [{ usage: { ...openAi(truth), completion_tokens: Math.floor(output(truth) * part), total_tokens: 0 } }];

const HONEST: readonly Habit[] = [
  { title: "OpenAI's", report: whole(openAi) },
  { title: "OpenAI's without a total", report: whole((truth) => ({ ...openAi(truth), total_tokens: null })) },
  { title: "numbers as texts", report: whole((truth) => asTexts(openAi(truth))) },
  { title: "Anthropic's", report: whole((truth) => ({ ...claude(truth), output_tokens: output(truth) })) },
  {
    title: "Anthropic's events with a later 0",
    report: (truth) => [
      { type: "message_start", message: { usage: { ...claude(truth), output_tokens: 1 } } },
      {
        type: "message_delta",
        usage: { input_tokens: 0, cache_read_input_tokens: null, cache_creation_input_tokens: 0, output_tokens: output(truth) },
      },
    ],
  },
  {
    title: "reasoning beside the output, with a total",
    report: whole((truth) => ({ ...openAi(truth), completion_tokens: truth.text })),
  },
  {
    title: "reasoning beside the output, without a total",
    report: whole((truth) => ({ ...openAi(truth), completion_tokens: truth.text, total_tokens: null })),
    fits: ({ reasoning, text }) => reasoning === 0 || reasoning > text,
  },
  {
    title: "reasoning only in the total",
    report: whole((truth) => ({ ...openAi(truth), completion_tokens: truth.text, completion_tokens_details: null })),
    fits: isNoPartOfCache,
  },
  {
    title: "the cache beside the prompt, with a total",
    report: whole((truth) => ({ ...openAi(truth), prompt_tokens: truth.input })),
    fits: isNoPartOfCache,
  },
  {
    title: "the cache beside a prompt that is too small for it",
    report: whole((truth) => ({ ...openAi(truth), prompt_tokens: truth.input, total_tokens: null })),
    fits: (truth) => truth.read + written(truth) > truth.input || truth.read + written(truth) === 0,
  },
  {
    title: "Gemini's names",
    report: (truth) => [
      {
        usageMetadata: {
          promptTokenCount: prompt(truth),
          cachedContentTokenCount: truth.read,
          candidatesTokenCount: truth.text,
          thoughtsTokenCount: truth.reasoning,
          totalTokenCount: prompt(truth) + output(truth),
        },
      },
    ],
    fits: (truth) => written(truth) === 0,
  },
  {
    title: "cumulative counts in every chunk, and zeros in the last",
    report: (truth) => [0.3, 0.6, 1].flatMap((part) => share(part)(truth)).concat({ usage: { prompt_tokens: 0, completion_tokens: 0 } }),
  },
  { title: "in the choice", report: (truth) => [{ choices: [{ index: 0, usage: openAi(truth) }] }] },
  {
    title: "in x_groq, and zeros in usage",
    report: (truth) => [{ usage: { prompt_tokens: 0, completion_tokens: 0 }, x_groq: { usage: openAi(truth) } }],
  },
  {
    title: "the counts of each choice, in chunks of its own",
    report: (truth) =>
      [truth.text, truth.reasoning].map((tokens, index) => ({
        choices: [{ index, usage: { ...openAi(truth), completion_tokens: tokens, completion_tokens_details: null, total_tokens: null } }],
      })),
    fits: ({ text, reasoning }) => text !== reasoning && reasoning > 0,
  },
];

/** Habits that leave out or contradict something: what is read may be dearer than the truth, and is never cheaper. */
const CONTRADICTORY: readonly Habit[] = [
  {
    title: "a total that leaves the reasoning out",
    report: whole((truth) => ({ ...openAi(truth), total_tokens: prompt(truth) + truth.text })),
  },
  {
    title: "a total that leaves the cache out",
    report: whole((truth) => ({ ...openAi(truth), total_tokens: truth.input + output(truth) })),
  },
  {
    title: "a cache that is counted in the prompt and in the total once more",
    report: whole((truth) => ({ ...openAi(truth), total_tokens: prompt(truth) + output(truth) + truth.read })),
    fits: ({ read }) => read > 0,
  },
  {
    title: "two counts of what was read from the cache",
    report: whole((truth) => ({ ...openAi(truth), cache_read_input_tokens: truth.read * 2 })),
  },
  {
    title: "reasoning within the output, and a total that counts it twice",
    report: whole((truth) => ({ ...openAi(truth), total_tokens: prompt(truth) + output(truth) + truth.reasoning })),
  },
  { title: "no count of the output", report: whole((truth) => ({ ...openAi(truth), completion_tokens: null })) },
];

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
  costOf({ spec: modelSpec({ price }), usage, reportedUsd: null, serviceTier: null, at: new Date(0) }).costUsd ?? Number.NaN;

function trueUsage(truth: Truth): Usage {
  return {
    inputTokens: truth.input,
    cacheReadTokens: truth.read,
    cacheWriteTokens: written(truth),
    cacheWrite1hTokens: truth.written1h,
    outputTokens: output(truth),
    reasoningTokens: truth.reasoning,
    inconsistency: null,
    isKnown: true,
  };
}

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
