import type { DialectEntry, DialectKind } from "./entry.ts";

/** The statuses that a request itself is to blame for. */
const BAD_REQUEST = [400, 403, 404, 409, 413, 416, 422, 500];
const OWN = "general words, for hosts that nobody has met yet";

/** The statuses of a refusal: what failed inside (500) may well speak of safety, too. */
const REFUSING = [400, 403, 422, 451];

type GeneralEntry = DialectEntry & { readonly kind: DialectKind };

/** Words that hosts of any kind use, for what no entry of a host is about; the first that applies counts. */
// biome-ignore format: one entry a line
export const GENERAL: readonly GeneralEntry[] = [
  { kind: "quota", by: "any", words: ["out of credit"], source: OWN, example: [403, { message: "You are out of credits" }] },
  { kind: "quota", by: "any", words: ["recharge"], source: OWN, example: [400, { message: "Please recharge your account" }] },
  { kind: "quota", by: "any", words: ["top up"], source: OWN, example: [403, { message: "Top up your account to continue" }] },
  { kind: "quota", by: "any", on: [400, 402, 403], words: ["quota"], source: OWN, example: [403, { message: "Your quota is used up" }] },
  { kind: "quota", by: "any", on: [400, 402, 403], words: ["billing"], source: OWN, example: [403, { message: "Check your billing settings" }] },
  { kind: "quota", by: "any", on: [400, 402, 403, 429], words: ["credits", "insufficient"], source: OWN, example: [400, { message: "insufficient number of credits" }] },
  { kind: "quota", by: "any", on: [400, 402, 403, 429], words: ["spending limit"], source: OWN, example: [403, { message: "The spending limit of this project is reached" }] },
  { kind: "bad-key", by: "any", on: [400, 401, 403], words: ["api key"], source: OWN, example: [400, { message: "The API key is malformed" }] },
  { kind: "bad-key", by: "any", on: [400, 401, 403], words: ["api-key"], source: OWN, example: [403, { message: "Unknown API-Key" }] },
  { kind: "bad-key", by: "any", on: [400, 401, 403], words: ["credential"], source: OWN, example: [403, { message: "Bad credentials" }] },
  { kind: "bad-key", by: "any", on: [400, 401, 403], words: ["authenticat"], source: OWN, example: [403, { message: "Could not authenticate you" }] },
  { kind: "refusal", by: "any", on: REFUSING, words: ["content policy"], source: OWN, example: [400, { message: "The request breaks our content policy" }] },
  { kind: "refusal", by: "any", on: REFUSING, words: ["content filter"], source: OWN, example: [400, { message: "Stopped by the content filter" }] },
  { kind: "refusal", by: "any", on: REFUSING, words: ["usage polic"], source: OWN, example: [403, { message: "Violates the usage policies" }] },
  { kind: "refusal", by: "any", on: REFUSING, words: ["safety"], source: OWN, example: [400, { message: "Rejected by the safety system" }] },
  { kind: "refusal", by: "any", on: REFUSING, words: ["moderation"], source: OWN, example: [403, { message: "Rejected by moderation" }] },
  { kind: "refusal", by: "any", on: REFUSING, words: ["inappropriate"], source: OWN, example: [400, { message: "The prompt is inappropriate" }] },
  { kind: "refusal", by: "any", on: REFUSING, words: ["prohibited"], source: OWN, example: [400, { message: "Prohibited use" }] },
  { kind: "refusal", by: "any", on: REFUSING, words: ["flagged"], source: OWN, example: [403, { message: "Your prompt is flagged" }] },
  { kind: "no-tools", by: "any", on: BAD_REQUEST, words: ["tool", "not support"], source: OWN, example: [400, { message: "tools: not supported by this model" }] },
  { kind: "no-tools", by: "any", on: BAD_REQUEST, words: ["function call", "not support"], source: OWN, example: [400, { message: "Function calls are not supported" }] },
  { kind: "output-limit", by: "any", on: BAD_REQUEST, words: ["max_tokens", "exceed"], source: OWN, example: [400, { message: "max_tokens exceeds 8192" }] },
  { kind: "output-limit", by: "any", on: BAD_REQUEST, words: ["max_tokens", "too large"], source: OWN, example: [400, { message: "max_tokens: value is too large" }] },
  { kind: "output-limit", by: "any", on: BAD_REQUEST, words: ["max_tokens", "must be"], source: OWN, example: [400, { message: "max_tokens must be at most 4096" }] },
  { kind: "output-limit", by: "any", on: BAD_REQUEST, words: ["max_completion_tokens", "must be"], source: OWN, example: [400, { message: "max_completion_tokens must be at most 4096" }] },
  { kind: "output-limit", by: "any", on: BAD_REQUEST, words: ["max_output_tokens", "must be"], source: OWN, example: [400, { message: "max_output_tokens must be at most 4096" }] },
  { kind: "output-limit", by: "any", on: BAD_REQUEST, words: ["maximum", "output tokens"], source: OWN, example: [400, { message: "The maximum of output tokens is 4096" }] },
  { kind: "overflow", by: "any", on: BAD_REQUEST, words: ["context", "exceed"], source: OWN, example: [400, { message: "The context of 8192 was exceeded" }] },
  { kind: "overflow", by: "any", on: BAD_REQUEST, words: ["context", "too long"], source: OWN, example: [400, { message: "The conversation is too long for the context" }] },
  { kind: "overflow", by: "any", on: BAD_REQUEST, words: ["context", "overflow"], source: OWN, example: [500, { message: "context overflow" }] },
  { kind: "overflow", by: "any", on: BAD_REQUEST, words: ["context", "too large"], source: OWN, example: [400, { message: "the context is too large" }] },
  { kind: "overflow", by: "any", on: BAD_REQUEST, words: ["token", "exceed"], source: OWN, example: [400, { message: "Input tokens exceed 8192" }] },
  { kind: "overflow", by: "any", on: BAD_REQUEST, words: ["too many tokens"], source: OWN, example: [400, { message: "too many tokens: 9000 > 8192" }] },
  { kind: "overflow", by: "any", on: BAD_REQUEST, words: ["too many input tokens"], source: OWN, example: [400, { message: "too many input tokens" }] },
  { kind: "overflow", by: "any", on: BAD_REQUEST, words: ["prompt", "too long"], source: OWN, example: [400, { message: "The prompt was too long" }] },
  { kind: "overflow", by: "any", on: BAD_REQUEST, words: ["prompt", "exceed"], source: OWN, example: [400, { message: "prompt length exceeded" }] },
  { kind: "overflow", by: "any", on: BAD_REQUEST, words: ["input length"], source: OWN, example: [400, { message: "input length over the limit" }] },
  { kind: "overflow", by: "any", on: BAD_REQUEST, words: ["上下文"], source: OWN, example: [400, { message: "输入超过模型上下文长度" }] },
  { kind: "bad-history", by: "any", on: [400, 422], words: ["tool_call_id"], source: OWN, example: [400, { message: "tool_call_id has no match" }] },
  { kind: "bad-history", by: "any", on: [400, 422], words: ["tool_calls["], source: OWN, example: [400, { message: "bad value at messages.2.tool_calls[0]" }] },
  { kind: "bad-history", by: "any", on: [400, 422], words: ["assistant message"], source: OWN, example: [400, { message: "The assistant message must not be empty" }] },
  { kind: "bad-history", by: "any", on: [400, 422], words: ["messages", "content"], source: OWN, example: [400, { message: "messages.2: content must not be empty" }] },
  { kind: "bad-history", by: "any", on: [400, 422], words: ["reasoning_content"], source: OWN, example: [400, { message: "reasoning_content is required" }] },
  { kind: "bad-history", by: "any", on: [400, 422], words: ["surrogate"], source: OWN, example: [400, { message: "unpaired surrogate in the body" }] },
  { kind: "wrong-model", by: "any", on: BAD_REQUEST, words: ["model", "not found"], source: OWN, example: [400, { message: "Model x was not found" }] },
  { kind: "wrong-model", by: "any", on: BAD_REQUEST, words: ["model", "does not exist"], source: OWN, example: [400, { message: "This model does not exist" }] },
  { kind: "wrong-model", by: "any", on: BAD_REQUEST, words: ["model", "not available"], source: OWN, example: [400, { message: "The model is not available" }] },
  { kind: "wrong-model", by: "any", on: BAD_REQUEST, words: ["no such model"], source: OWN, example: [400, { message: "no such model" }] },
  { kind: "wrong-model", by: "any", on: BAD_REQUEST, words: ["模型不存在"], source: OWN, example: [400, { message: "模型不存在" }] },
  { kind: "wrong-parameter", by: "any", on: [400, 422], words: ["temperature"], source: OWN, example: [400, { message: "temperature: only 1 is possible" }] },
  { kind: "wrong-parameter", by: "any", on: [400, 404, 422], words: ["not support"], source: OWN, example: [400, { message: "stream_options is not supported" }] },
  { kind: "wrong-parameter", by: "any", on: [400, 422], words: ["unsupported"], source: OWN, example: [400, { message: "unsupported field" }] },
  { kind: "wrong-parameter", by: "any", on: [400, 422], words: ["deprecated"], source: OWN, example: [400, { message: "top_p is deprecated" }] },
  { kind: "wrong-parameter", by: "any", on: [400, 422], words: ["unrecognized"], source: OWN, example: [400, { message: "Unrecognized key: store" }] },
  { kind: "wrong-parameter", by: "any", on: [400, 422], words: ["unknown field"], source: OWN, example: [400, { message: "unknown field parallel_tool_calls" }] },
  { kind: "wrong-parameter", by: "any", on: [400, 422], words: ["unexpected keyword"], source: OWN, example: [400, { message: "got an unexpected keyword argument 'reasoning_effort'" }] },
  { kind: "loading", by: "any", on: [503], words: ["loading"], source: OWN, example: [503, { message: "Still loading" }] },
  { kind: "passing", by: "any", words: ["overloaded"], source: OWN, example: [400, { message: "The host is overloaded" }] },
  { kind: "passing", by: "any", words: ["try again later"], source: OWN, example: [400, { message: "Something went wrong, try again later" }] },
  { kind: "passing", by: "any", words: ["temporarily unavailable"], source: OWN, example: [400, { message: "Temporarily unavailable" }] },
];
