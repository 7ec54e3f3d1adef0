import type { Finish } from "../../core/model.ts";

/**
 * What hosts and bridges say about the end of an answer, in the letters of none of them: their words are compared in lower case, without a prefix, and by their beginning,
 * because some add details (`content_filter: PROHIBITED_CONTENT`). The first line that fits counts.
 */
const MEANINGS: readonly (readonly [Finish, readonly string[]])[] = [
  // Mistral and TGI end with model_length where the window is full.
  ["context", ["model_context_window_exceeded", "model_length", "context_length", "context_window"]],
  ["length", ["length", "max_tokens", "max_token", "max_output_tokens", "max_completion_tokens", "max_length", "token_limit"]],
  [
    "refusal",
    [
      "content_filter",
      "content-filter",
      "contentfilter",
      "refusal",
      // Google's own words, as its bridges pass them on.
      "safety",
      "recitation",
      "prohibited_content",
      "blocklist",
      "spii",
      "image_safety",
      "model_armor",
      // Bedrock, Zhipu, Cohere.
      "guardrail_intervened",
      "sensitive",
      "error_toxic",
    ],
  ],
  ["tool-calls", ["tool_call", "tool-call", "tool_use", "function_call"]],
  ["pause", ["pause_turn"]],
  ["stop", ["stop", "stopped", "end_turn", "eos", "completed", "complete"]],
];
const PREFIX = "finish_reason_";

/** The meaning of a finish reason by itself; null for one that is not known. Whether calls came with it is the caller's to weigh. */
export function finishMeaning(raw: string): Finish | null {
  const word = raw.trim().toLowerCase();
  const plain = word.startsWith(PREFIX) ? word.slice(PREFIX.length) : word;
  return MEANINGS.find(([, words]) => words.some((known) => isWord(plain, known)))?.[0] ?? null;
}

/** Whether a reason is a known word, its plural, or that word with something after it. */
function isWord(plain: string, known: string): boolean {
  return plain.startsWith(known) && !/^[a-rt-z]/.test(plain.slice(known.length));
}

/** The meaning of a finish reason together with what came: calls are run whatever the host calls the end, unless the answer was cut or filtered. */
export function finishOf(raw: string, { hasCalls, hasRefusal }: { readonly hasCalls: boolean; readonly hasRefusal: boolean }): Finish {
  const meaning = finishMeaning(raw);
  if (meaning === "length" || meaning === "context" || meaning === "refusal" || meaning === "pause") return meaning;
  if (hasCalls) return "tool-calls";
  if (hasRefusal) return "refusal";
  return meaning === "stop" ? "stop" : "other";
}
