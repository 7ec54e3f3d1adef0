import { type AssistantView, promptTokens, type Usage } from "../../core/model.ts";
import type { JsonRecord } from "../json.ts";
import { type StatedCounts, statedCounts } from "./stated-counts.ts";
import { usageRecordIn } from "./usage-record.ts";

/** The usage of a response for which the provider reported none; its cost is unknown. */
const UNREPORTED_USAGE: Usage = {
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  cacheWrite1hTokens: 0,
  outputTokens: 0,
  reasoningTokens: null,
  inconsistency: null,
  isKnown: false,
};

/**
 * Reads the usage of a body of any API, by the names that it uses; null when it states none. OpenAI's prompt counts include what was read from the cache and written
 * to it, Anthropic's do not. Where the counts contradict each other, the dearer reading counts, and `inconsistency` says what does not add up.
 */
export function usageOf(body: JsonRecord): Usage | null {
  return reading(statedCounts(usageRecordIn(body)));
}

// Of Bedrock's own API, which bridges pass on.
const INPUT_HEADER = "x-amzn-bedrock-input-token-count";
const OUTPUT_HEADER = "x-amzn-bedrock-output-token-count";

/** Reads the usage that a gateway states in the headers of an answer; null when it states none. */
export function usageInHeaders(headers: Headers | null): Usage | null {
  const usage = { prompt_tokens: headers?.get(INPUT_HEADER), completion_tokens: headers?.get(OUTPUT_HEADER) };
  return reading(statedCounts(usage));
}

// Far more than a token ever stands for in a text; servers that start a stream with a count of 1 may never state the true one.
const MAX_CHARS_PER_TOKEN = 150;

/**
 * Tells usage from none: no request has an empty prompt, and an answer that says something has output, of a length that fits. Counts that cannot be are unknown, and all of
 * the usage with them.
 */
export function plausibleUsage(usage: Usage | null, view: AssistantView): Usage {
  if (usage === null) return UNREPORTED_USAGE;
  const { outputTokens } = usage;
  const prompt = promptTokens(usage);
  const chars = charsOf(view);
  if (prompt > 0 && chars <= outputTokens * MAX_CHARS_PER_TOKEN) return usage;
  const answer = outputTokens === 0 ? "an answer" : `an answer of ${chars} characters`;
  return { ...UNREPORTED_USAGE, inconsistency: `${prompt} input and ${outputTokens} output tokens for ${answer}` };
}

function charsOf({ text, reasoning, refusal, calls }: AssistantView): number {
  const inCalls = calls.map(({ name, args, rawArguments }) => {
    const value = args.kind === "ok" ? JSON.stringify(args.value) : "";
    return name.length + Math.max(value.length, rawArguments?.length ?? 0);
  });
  return inCalls.reduce((sum, chars) => sum + chars, text.length + reasoning.length + (refusal?.length ?? 0));
}

function reading(stated: StatedCounts): Usage | null {
  const counts = completed(stated);
  if (counts === null) return null;
  const { prompt, output } = counts;
  const { cacheRead, cacheWrite, reasoning } = stated;
  const cache = besidePrompt(stated, counts);
  const extra = besideOutput(stated, counts, cache);
  const doubts = [
    ...counts.doubts,
    ...(cache.isDoubtful ? [`${cacheRead} cached and ${cacheWrite} written tokens beside a prompt of ${prompt}`] : []),
    ...extra.doubts,
    ...stated.doubts,
  ];
  return {
    inputTokens: Math.max(0, prompt - cacheRead - cacheWrite + cache.beside),
    cacheReadTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
    cacheWrite1hTokens: Math.min(stated.cacheWrite1h, cacheWrite),
    outputTokens: output + extra.tokens,
    reasoningTokens: reasoning,
    inconsistency: doubts.join("; ") || null,
    isKnown: true,
  };
}

type Counts = { readonly prompt: number; readonly output: number; readonly total: number | null; readonly doubts: readonly string[] };

/** A count that is missing is what the total leaves for it. */
function completed({ prompt, output, total }: StatedCounts): Counts | null {
  if (prompt !== null && output !== null) return { prompt, output, total, doubts: [] };
  if (total === null || (prompt === null && output === null)) return null;
  const rest = Math.max(0, total - (prompt ?? output ?? 0));
  const doubts = [`a total of ${total} and no count of the ${prompt === null ? "prompt" : "output"}`];
  return { prompt: prompt ?? rest, output: output ?? rest, total, doubts };
}

type Cache = { readonly beside: number; readonly isDoubtful: boolean };

/**
 * How many tokens of the cache stand beside the prompt: all where the names say so or the prompt is too small to hold them, and what the total holds beyond prompt and output
 * where that is exactly what the cache gave or took, as with Bedrock's counts under OpenAI's names.
 */
function besidePrompt(stated: StatedCounts, { prompt, output, total }: Counts): Cache {
  const { cacheRead, cacheWrite, reasoning, isCacheBeside } = stated;
  const all = cacheRead + cacheWrite;
  const excess = total === null ? 0 : total - prompt - output;
  if (isCacheBeside) return { beside: all, isDoubtful: false };
  if (all > prompt) return { beside: all, isDoubtful: excess !== all };
  const isOfCache = excess > 0 && excess !== reasoning && [all, cacheRead, cacheWrite].includes(excess);
  return { beside: isOfCache ? excess : 0, isDoubtful: false };
}

/** How many tokens of output stand beside the count of the output: reasoning that is larger than it, and what only the total holds. */
function besideOutput(
  stated: StatedCounts,
  { prompt, output, total }: Counts,
  cache: Cache,
): { tokens: number; doubts: readonly string[] } {
  const reasoning = stated.reasoning ?? 0;
  const excess = total === null ? 0 : total - prompt - output;
  const isOfCache = cache.beside > 0 && [cache.beside, stated.cacheRead, stated.cacheWrite].includes(excess);
  const unexplained = isOfCache ? 0 : Math.max(0, excess > cache.beside ? excess - cache.beside : excess);
  if (stated.isReasoningBeside) {
    const tokens = Math.max(unexplained, reasoning);
    return { tokens, doubts: total === null || tokens === reasoning ? [] : [differing(total, [prompt, output, reasoning])] };
  }
  // The total holds reasoning, and not the prompt.
  const isBesideByTotal = reasoning > 0 && total === output + reasoning && excess < 0;
  const beside = reasoning > output || isBesideByTotal ? reasoning : 0;
  const isOff = total !== null && excess !== 0 && !isOfCache;
  const doubts = [
    ...(isOff ? [differing(total, [prompt, output])] : []),
    ...(beside > 0 ? [`${reasoning} reasoning tokens beside an output of ${output}`] : []),
  ];
  return { tokens: Math.max(unexplained, beside), doubts };
}

const differing = (total: number, parts: readonly number[]): string => `a total of ${total} against ${parts.join(" + ")}`;
