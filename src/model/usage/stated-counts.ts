import { isRecord, type JsonRecord } from "../json.ts";

/** The counts of one usage record as it states them; null where it does not. */
export type StatedCounts = {
  readonly prompt: number | null;
  readonly output: number | null;
  readonly reasoning: number | null;
  readonly total: number | null;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  /** The part of `cacheWrite` written for an hour. */
  readonly cacheWrite1h: number;
  /** Whether the names are those of an API that counts cached tokens beside the prompt. */
  readonly isCacheBeside: boolean;
  /** Whether the names are those of an API that counts reasoning beside the output. */
  readonly isReasoningBeside: boolean;
  /** What contradicts itself among the counts of the cache. */
  readonly doubts: readonly string[];
};

const DETAILS = ["prompt_tokens_details", "input_tokens_details"];
const inDetails = (name: string): readonly string[] => DETAILS.map((details) => `${details}.${name}`);

// Names by which vendors and gateways state each count: OpenAI and Anthropic, Bedrock's Converse and its metrics, Gemini, Ollama, DeepSeek, LiteLLM, new-api.
const PROMPT = [
  "prompt_tokens",
  "promptTokens",
  "input_tokens",
  "inputTokens",
  "inputTokenCount",
  "input_token_count",
  "promptTokenCount",
  "prompt_token_count",
  "prompt_eval_count",
];
const OUTPUT = [
  "completion_tokens",
  "completionTokens",
  "output_tokens",
  "outputTokens",
  "outputTokenCount",
  "output_token_count",
  "candidatesTokenCount",
  "candidates_token_count",
  "eval_count",
];
const REASONING = [
  "completion_tokens_details.reasoning_tokens",
  "output_tokens_details.reasoning_tokens",
  "output_tokens_details.thinking_tokens",
  "reasoning_tokens",
  "reasoningTokens",
];
const THOUGHTS = ["thoughtsTokenCount", "thoughts_token_count"];
const TOOL_PROMPT = ["toolUsePromptTokenCount", "tool_use_prompt_token_count"];
const TOTAL = ["total_tokens", "totalTokens", "totalTokenCount", "total_token_count"];
const CACHE_READ = [
  ...["cached_tokens", "cache_read_tokens", "cache_read_input_tokens"].flatMap(inDetails),
  "cached_tokens",
  "cached_input_tokens",
  "cache_read_tokens",
  "cache_read_input_tokens",
  "prompt_cache_hit_tokens",
  "prompt_eval_cached_count",
  "cachedInputTokens",
  "cacheReadInputTokens",
  "cacheReadInputTokenCount",
  "cachedContentTokenCount",
  "cached_content_token_count",
];
const CACHE_MISS = ["prompt_cache_miss_tokens"];
const CACHE_WRITE = [
  ...["cache_write_tokens", "cache_creation_tokens", "cache_creation_input_tokens", "cached_creation_tokens"].flatMap(inDetails),
  "cache_write_tokens",
  "cache_creation_tokens",
  "cache_creation_input_tokens",
  "cache_write_input_tokens",
  "cacheWriteInputTokens",
  "cacheWriteInputTokenCount",
];
const byAge = (age: string): readonly string[] => [
  `cache_creation.ephemeral_${age}_input_tokens`,
  ...inDetails(`cache_creation_token_details.ephemeral_${age}_input_tokens`),
];
const WRITTEN_5M = [...byAge("5m"), "claude_cache_creation_5_m_tokens"];
const WRITTEN_1H = [...byAge("1h"), "claude_cache_creation_1_h_tokens"];
// Gateways that fill the names of two APIs leave 0 in those of the other.
const INCLUSIVE_PROMPT = ["prompt_tokens", "promptTokens"];
const INCLUSIVE_OUTPUT = ["completion_tokens", "completionTokens", "output_tokens"];
// Beside these names, the prompt is what was neither read from the cache nor written to it.
const SPLIT_PROMPT = ["input_tokens", "inputTokens", "inputTokenCount"];
const SPLIT_CACHE = [
  "cache_read_input_tokens",
  "cache_creation_input_tokens",
  "cache_creation",
  "cacheReadInputTokens",
  "cacheWriteInputTokens",
  "cacheReadInputTokenCount",
  "cacheWriteInputTokenCount",
];

/** The fields of a usage record that are read, by the first part of their path; those of a stream are merged. */
export const USAGE_FIELDS: readonly string[] = [
  ...new Set(
    [PROMPT, OUTPUT, REASONING, THOUGHTS, TOOL_PROMPT, TOTAL, CACHE_READ, CACHE_MISS, CACHE_WRITE, WRITTEN_5M, WRITTEN_1H]
      .flat()
      .map((path) => path.split(".")[0] ?? path),
  ),
];

/** Reads what a usage record states, whatever names it uses. A count that stands under several names counts where it is not 0. */
export function statedCounts(raw: JsonRecord): StatedCounts {
  const reads = [...new Set(valuesAt(raw, CACHE_READ).filter((count) => count > 0))];
  const cacheRead = reads.length === 0 ? 0 : Math.min(...reads);
  const thoughts = largest(raw, THOUGHTS);
  const prompt = largest(raw, PROMPT) ?? plus(largest(raw, CACHE_MISS), cacheRead);
  return {
    prompt: plus(prompt, largest(raw, TOOL_PROMPT) ?? 0),
    // Gemini leaves it out where the model has only thought.
    output: largest(raw, OUTPUT) ?? (thoughts === null ? null : 0),
    reasoning: thoughts ?? largest(raw, REASONING),
    total: largest(raw, TOTAL) || null,
    cacheRead,
    ...statedWrites(raw),
    isCacheBeside: !largest(raw, INCLUSIVE_PROMPT) && !hasAny(raw, DETAILS) && hasAny(raw, SPLIT_PROMPT) && hasAny(raw, SPLIT_CACHE),
    isReasoningBeside: thoughts !== null && !largest(raw, INCLUSIVE_OUTPUT),
    doubts: [...(reads.length > 1 ? [`${reads.join(" and ")} tokens read from the cache: the fewest count`] : []), ...doubtfulWrites(raw)],
  };
}

function statedWrites(raw: JsonRecord): Pick<StatedCounts, "cacheWrite" | "cacheWrite1h"> {
  const written1h = largest(raw, WRITTEN_1H) ?? 0;
  const parts = (largest(raw, WRITTEN_5M) ?? 0) + written1h;
  return { cacheWrite: Math.max(largest(raw, CACHE_WRITE) ?? 0, parts), cacheWrite1h: written1h };
}

function doubtfulWrites(raw: JsonRecord): readonly string[] {
  const [written5m, written1h, whole] = [largest(raw, WRITTEN_5M), largest(raw, WRITTEN_1H), largest(raw, CACHE_WRITE)];
  if (written5m === null || written1h === null || whole === null || written5m + written1h === whole) return [];
  return [`cache writes of ${written5m + written1h} by age against ${whole} in all`];
}

const hasAny = (raw: JsonRecord, names: readonly string[]): boolean => names.some((name) => raw[name] != null);

const plus = (count: number | null, more: number): number | null => (count === null ? null : count + more);

function largest(raw: JsonRecord, paths: readonly string[]): number | null {
  const counts = valuesAt(raw, paths);
  return counts.length === 0 ? null : Math.max(...counts);
}

function valuesAt(raw: JsonRecord, paths: readonly string[]): readonly number[] {
  return paths.flatMap((path) => {
    const value = path.split(".").reduce<unknown>((inner, part) => (isRecord(inner) ? inner[part] : undefined), raw);
    return countOf(value) ?? [];
  });
}

const NUMERAL = /^\d{1,20}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?$/;

/** Reads a finite amount of at least 0; some gateways write numbers as texts. Null for anything else. */
export function amountOf(value: unknown): number | null {
  const number = typeof value === "string" && NUMERAL.test(value.trim()) ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) && number >= 0 ? number : null;
}

// Far more than any answer uses; sums of such counts can still be stored exactly.
const MAX_COUNT = 1e12;

/** Reads a count of tokens; a part of a token counts as a whole one. Null for anything else. */
export function countOf(value: unknown): number | null {
  const amount = amountOf(value);
  return amount === null || amount > MAX_COUNT ? null : Math.ceil(amount);
}
