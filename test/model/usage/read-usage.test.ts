import { expect, test } from "vitest";
import type { Usage } from "../../../src/core/model.ts";
import { usageOf } from "../../../src/model/usage/read-usage.ts";

const none: Usage = {
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  cacheWrite1hTokens: 0,
  outputTokens: 0,
  reasoningTokens: null,
  inconsistency: null,
  isKnown: true,
};

test.for([
  {
    title: "takes what the cache gave and took out of the prompt",
    raw: {
      prompt_tokens: 1000,
      completion_tokens: 50,
      total_tokens: 1050,
      prompt_tokens_details: { cached_tokens: 800, cache_write_tokens: 100 },
      completion_tokens_details: { reasoning_tokens: 30 },
    },
    usage: { ...none, inputTokens: 100, cacheReadTokens: 800, cacheWriteTokens: 100, outputTokens: 50, reasoningTokens: 30 },
  },
  {
    title: "knows DeepSeek's name for a cache hit",
    raw: { prompt_tokens: 100, completion_tokens: 5, total_tokens: 105, prompt_cache_hit_tokens: 64, prompt_cache_miss_tokens: 36 },
    usage: { ...none, inputTokens: 36, cacheReadTokens: 64, outputTokens: 5 },
  },
  {
    title: "works without details or a total",
    raw: { prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: null },
    usage: { ...none, inputTokens: 10, outputTokens: 5 },
  },
  {
    title: "counts reasoning that stands beside the output, and flags it",
    raw: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 45, completion_tokens_details: { reasoning_tokens: 30 } },
    usage: {
      ...none,
      inputTokens: 10,
      outputTokens: 35,
      reasoningTokens: 30,
      inconsistency: "a total of 45 against 10 + 5; 30 reasoning tokens beside an output of 5",
    },
  },
  {
    title: "takes more cached than sent for a cache that is counted beside the prompt, and flags it",
    raw: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, prompt_tokens_details: { cached_tokens: 20 } },
    usage: {
      ...none,
      inputTokens: 10,
      cacheReadTokens: 20,
      outputTokens: 5,
      inconsistency: "20 cached and 0 written tokens beside a prompt of 10",
    },
  },
  { title: "is null without counts", raw: { queue_time: 1 }, usage: null },
  { title: "is null for counts that are no numbers", raw: { prompt_tokens: "10", completion_tokens: -1 }, usage: null },
  { title: "is null without usage", raw: undefined, usage: null },
])("chat usage $title", ({ raw, usage }) => {
  expect(usageOf({ usage: raw })).toEqual(usage);
});

test("responses usage takes what the cache gave and took out of the input", () => {
  const raw = {
    input_tokens: 1000,
    input_tokens_details: { cached_tokens: 800, cache_write_tokens: 100 },
    output_tokens: 50,
    output_tokens_details: { reasoning_tokens: 20 },
    total_tokens: 1050,
  };
  const usage = { inputTokens: 100, cacheReadTokens: 800, cacheWriteTokens: 100, outputTokens: 50, reasoningTokens: 20 };

  expect(usageOf({ usage: raw })).toEqual({ ...none, ...usage });
});

test.for([
  {
    title: "keeps its classes and the age of what was written",
    raw: {
      input_tokens: 100,
      output_tokens: 50,
      cache_read_input_tokens: 800,
      cache_creation_input_tokens: 100,
      cache_creation: { ephemeral_5m_input_tokens: 70, ephemeral_1h_input_tokens: 30 },
      output_tokens_details: { thinking_tokens: 20 },
    },
    usage: { inputTokens: 100, cacheReadTokens: 800, cacheWriteTokens: 100, cacheWrite1hTokens: 30, outputTokens: 50, reasoningTokens: 20 },
  },
  {
    title: "takes nulls for nothing",
    raw: { input_tokens: 1, output_tokens: 2, cache_read_input_tokens: null, cache_creation_input_tokens: null, cache_creation: null },
    usage: { inputTokens: 1, outputTokens: 2 },
  },
  {
    title: "flags writes that do not add up",
    raw: {
      input_tokens: 1,
      output_tokens: 2,
      cache_creation_input_tokens: 50,
      cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 10 },
    },
    usage: {
      inputTokens: 1,
      outputTokens: 2,
      cacheWriteTokens: 50,
      cacheWrite1hTokens: 10,
      inconsistency: "cache writes of 20 by age against 50 in all",
    },
  },
])("anthropic usage $title", ({ raw, usage }) => {
  expect(usageOf({ usage: raw })).toEqual({ ...none, ...usage });
});

test("anthropic usage is null without counts", () => {
  expect([usageOf({ usage: {} }), usageOf({ usage: null }), usageOf({ usage: [] })]).toEqual([null, null, null]);
});
