import type { Usage } from "../core/model.ts";
import { countIn, isRecord, recordIn } from "./json.ts";

/** The usage of a response for which the provider reported none; its cost is unknown. */
export const UNREPORTED_USAGE: Usage = {
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  cacheWrite1hTokens: 0,
  outputTokens: 0,
  reasoningTokens: null,
  inconsistency: null,
  isKnown: false,
};

/** Reads the `usage` of Chat Completions, whose prompt count includes tokens read from and written to the cache; null when there is none. */
export function chatUsage(raw: unknown): Usage | null {
  if (!isRecord(raw)) return null;
  const details = recordIn(raw, "prompt_tokens_details");
  return inclusiveUsage({
    prompt: countIn(raw, "prompt_tokens"),
    cacheRead: countIn(details, "cached_tokens") ?? countIn(raw, "prompt_cache_hit_tokens"),
    cacheWrite: countIn(details, "cache_write_tokens"),
    output: countIn(raw, "completion_tokens"),
    reasoning: countIn(recordIn(raw, "completion_tokens_details"), "reasoning_tokens"),
    total: countIn(raw, "total_tokens"),
  });
}

/** Reads the `usage` of Responses, counted like that of Chat Completions; null when there is none. */
export function responsesUsage(raw: unknown): Usage | null {
  if (!isRecord(raw)) return null;
  const details = recordIn(raw, "input_tokens_details");
  return inclusiveUsage({
    prompt: countIn(raw, "input_tokens"),
    cacheRead: countIn(details, "cached_tokens"),
    cacheWrite: countIn(details, "cache_write_tokens"),
    output: countIn(raw, "output_tokens"),
    reasoning: countIn(recordIn(raw, "output_tokens_details"), "reasoning_tokens"),
    total: countIn(raw, "total_tokens"),
  });
}

/** Reads the `usage` of Anthropic Messages, whose classes are disjoint as they come; null when there is none. */
export function anthropicUsage(raw: unknown): Usage | null {
  if (!isRecord(raw)) return null;
  const inputTokens = countIn(raw, "input_tokens");
  const outputTokens = countIn(raw, "output_tokens");
  if (inputTokens === null || outputTokens === null) return null;

  const created = recordIn(raw, "cache_creation");
  const written5m = countIn(created, "ephemeral_5m_input_tokens");
  const written1h = countIn(created, "ephemeral_1h_input_tokens");
  const cacheWriteTokens = countIn(raw, "cache_creation_input_tokens") ?? (written5m ?? 0) + (written1h ?? 0);
  const reasoningTokens = countIn(recordIn(raw, "output_tokens_details"), "thinking_tokens");
  const parts = (written5m ?? 0) + (written1h ?? 0);
  const doubts = [
    written5m !== null &&
      written1h !== null &&
      parts !== cacheWriteTokens &&
      `cache writes of ${parts} by age against ${cacheWriteTokens} in all`,
    (reasoningTokens ?? 0) > outputTokens && `${reasoningTokens} reasoning tokens in an output of ${outputTokens}`,
  ];
  return {
    inputTokens,
    cacheReadTokens: countIn(raw, "cache_read_input_tokens") ?? 0,
    cacheWriteTokens,
    cacheWrite1hTokens: Math.min(written1h ?? 0, cacheWriteTokens),
    outputTokens,
    reasoningTokens,
    inconsistency: joined(doubts),
    isKnown: true,
  };
}

type InclusiveCounts = {
  readonly prompt: number | null;
  readonly cacheRead: number | null;
  readonly cacheWrite: number | null;
  readonly output: number | null;
  readonly reasoning: number | null;
  readonly total: number | null;
};

function inclusiveUsage(counts: InclusiveCounts): Usage | null {
  const { prompt, output, reasoning, total } = counts;
  if (prompt === null || output === null) return null;

  const cacheReadTokens = counts.cacheRead ?? 0;
  const cacheWriteTokens = counts.cacheWrite ?? 0;
  const inputTokens = prompt - cacheReadTokens - cacheWriteTokens;
  const doubts = [
    inputTokens < 0 && `${cacheReadTokens} cached and ${cacheWriteTokens} written tokens in a prompt of ${prompt}`,
    total !== null && total !== prompt + output && `a total of ${total} against ${prompt} + ${output}`,
    (reasoning ?? 0) > output && `${reasoning} reasoning tokens in an output of ${output}`,
  ];
  return {
    inputTokens: Math.max(0, inputTokens),
    cacheReadTokens,
    cacheWriteTokens,
    cacheWrite1hTokens: 0,
    outputTokens: output,
    reasoningTokens: reasoning,
    inconsistency: joined(doubts),
    isKnown: true,
  };
}

function joined(doubts: readonly (string | false)[]): string | null {
  return doubts.filter((doubt) => doubt !== false).join("; ") || null;
}
