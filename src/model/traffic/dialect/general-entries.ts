import type { DialectEntry, DialectKind } from "./entry.ts";

/** The statuses that a request itself is to blame for. */
const BAD_REQUEST = [400, 403, 404, 409, 413, 416, 422, 500];
const OWN = "general words, for hosts that nobody has met yet";

/** The statuses of what an account may not do. */
const ACCOUNT = [400, 401, 402, 403, 429];
/** The statuses of a refusal: what failed inside (500) may well speak of safety, too. */
const REFUSING = [400, 403, 422, 451];

type GeneralEntry = DialectEntry & { readonly kind: DialectKind };

/** Words that hosts of any kind use, for what no entry of a host is about; the first that applies counts. */
// biome-ignore format: one entry a line
export const GENERAL: readonly GeneralEntry[] = [
  { kind: "malformed-call", by: "any", on: [500], words: ["tool call"], anyOf: ["pars", "decod", "json", "unexpected", "invalid"], source: OWN, example: [500, { message: "unexpected tool call token" }] },
  { kind: "malformed-call", by: "any", on: [400, 422, 500], words: ["tool call validation failed"], source: OWN, example: [400, { message: "tool call validation failed: parameters for tool edit_file did not match schema" }] },
  { kind: "malformed-call", by: "vLLM, of gpt-oss", on: [400, 500], anyOf: ["harmonyerror", "unexpected tokens remaining in message header"], source: "vllm-project/vllm: openai-harmony", example: [500, { message: "HarmonyError: unexpected tokens remaining in message header" }] },
  { kind: "quota", by: "any", on: ACCOUNT, words: ["credit"], anyOf: ["out of", "insufficient", "no credit", "not enough", "no remaining", "exhausted", "deplet", "used up", "run out"], source: OWN, example: [401, { message: "You have run out of credits" }] },
  { kind: "quota", by: "any", on: ACCOUNT, words: ["balance"], anyOf: ["insufficient", "not enough", "low", "no balance", "negative", "zero", "exhausted"], source: OWN, example: [400, { message: "account balance not enough" }] },
  { kind: "quota", by: "any", on: ACCOUNT, anyOf: ["recharge", "top up", "top-up", "past due", "overdue", "unpaid", "arrear", "spend limit", "spending limit", "spending cap", "payment required", "out of funds", "余额", "欠费"], source: OWN, example: [403, { message: "This account is past due" }] },
  { kind: "quota", by: "any", on: [400, 402, 403], anyOf: ["quota", "billing", "payment"], source: OWN, example: [403, { message: "Your quota is used up" }] },
  { kind: "bad-key", by: "any", on: [400, 401, 403], anyOf: ["api key", "api-key", "apikey", "api_key", "credential", "authenticat", "invalid token", "access token", "bearer"], source: OWN, example: [400, { message: "Invalid token" }] },
  { kind: "refusal", by: "any", on: REFUSING, anyOf: ["content policy", "content filter", "content_filter", "usage polic", "safety", "safeguard", "moderation", "inappropriate", "prohibited", "flagged", "harmful", "sensitivecontent", "sensitive content", "sensitive information", "content you provided", "violence", "违规", "不合规", "违法"], source: OWN, example: [400, { message: "Rejected by the safety system" }] },
  { kind: "no-tools", by: "any", on: BAD_REQUEST, anyOf: ["tools: not supported", "tools is not supported", "tools` is not supported", "tools' is not supported", "tools are not supported", "function calling is not", "tool calling is not", "tool use is not", "function calls are not", "not support tool", "not support function", "not support the requested tools"], source: OWN, example: [400, { message: "`tools` is not supported for this model" }] },
  { kind: "output-limit", by: "any", on: BAD_REQUEST, anyOf: ["max_tokens", "max_completion_tokens", "max_output_tokens", "max_new_tokens", "maxoutputtokens", "max output tokens", "maximum output tokens", "maximum of output tokens"], words: ["exceed"], source: OWN, example: [400, { message: "max output tokens 65536 exceeds model limit 16384" }] },
  { kind: "output-limit", by: "any", on: BAD_REQUEST, anyOf: ["max_tokens: ", "max_tokens must", "max_tokens up to", "max_tokens should", "max_tokens parameter is too", "max_tokens value", "max_tokens is too", "max_new_tokens must", "max_new_tokens should", "max_completion_tokens must", "max_completion_tokens': expected", "max_completion_tokens should", "max_output_tokens must", "max_output_tokens should", "maximum output tokens", "maximum of output tokens"], source: OWN, example: [400, { message: "max_tokens: 40000 > 8192, which is the maximum value for claude-3-5-haiku" }] },
  { kind: "no-room", by: "Together, older", on: BAD_REQUEST, words: ["requested generation length"], source: "lightning and other hosts of open models", example: [400, { message: "Requested generation length 16000 is not possible! The provided prompt is 3000 tokens long, so generating 16000 tokens requires a sequence length of 19000" }] },
  { kind: "overflow", by: "any", on: BAD_REQUEST, words: ["context"], anyOf: ["exceed", "too long", "too large", "overflow", "too small", "larger than", "longer than", "does not fit"], source: OWN, example: [400, { message: "The conversation is too long for the context" }] },
  { kind: "overflow", by: "any", on: BAD_REQUEST, words: ["token"], anyOf: ["exceed", "too many", "too long", "larger than", "longer than", "more than max", "over the limit", "at most"], source: OWN, example: [400, { message: "The number of input tokens is larger than the model can handle (32000)" }] },
  { kind: "overflow", by: "any", on: BAD_REQUEST, anyOf: ["prompt was too long", "prompt too long", "prompt length", "prompt exceed", "input length", "input exceed", "input size", "sequence length", "n_ctx", "kv slot", "conversation is too long", "上下文", "输入长度", "超出长度", "超过长度"], source: OWN, example: [400, { message: "Your request exceeds the model's maximum input size of 32k" }] },
  { kind: "bad-history", by: "any", on: [400, 422], anyOf: ["tool_call_id", "tool_calls[", "tool_use_id", "assistant message", "reasoning_content", "thought_signature", "surrogate", "could not parse the json body", "messages: ", "value is not callable", "roles must alternate"], source: OWN, example: [400, { message: "The assistant message must not be empty" }] },
  { kind: "bad-history", by: "any", on: [400, 422], words: ["messages", "content"], source: OWN, example: [400, { message: "messages.2: content must not be empty" }] },
  { kind: "bad-history", by: "any", on: [500], words: ["jinja", "roles must alternate"], source: OWN, example: [500, { message: "Jinja Exception: Conversation roles must alternate" }] },
  { kind: "wrong-model", by: "any", on: BAD_REQUEST, words: ["model"], anyOf: ["not found", "not exist", "no such", "unknown model", "not a valid model", "not available", "model is required", "has been retired", "decommissioned", "has been deprecated", "is deprecated and"], source: OWN, example: [400, { message: "foo is not a valid model" }] },
  { kind: "wrong-model", by: "any", on: BAD_REQUEST, anyOf: ["模型不存在", "no such model"], source: OWN, example: [400, { message: "模型不存在" }] },
  { kind: "wrong-parameter", by: "any", on: [400, 422], anyOf: ["temperature", "top_p", "reasoning_effort", "reasoning.effort", "reasoning effort", "thinking", "stream_options", "parallel_tool_calls", "extra fields", "additional properties"], source: OWN, example: [400, { message: "reasoning_effort must be one of low, medium, high" }] },
  { kind: "wrong-model", by: "any", on: [400, 404, 422], words: ["model"], anyOf: ["is not supported", "not supported:", "unsupported model"], source: OWN, example: [400, { message: "Model gpt-9 is not supported" }] },
  { kind: "wrong-parameter", by: "any", on: [400, 404, 422], anyOf: ["not support", "unsupported", "not allowed", "not permitted", "deprecated", "unrecognized", "unknown field", "unknown parameter", "unexpected keyword", "unexpected field"], source: OWN, example: [400, { message: "got an unexpected keyword argument 'store'" }] },
  { kind: "loading", by: "any", on: [500, 503], anyOf: ["loading model", "model is loading", "still loading", "loading the model"], source: OWN, example: [500, { message: "model is loading" }] },
  { kind: "passing", by: "any", anyOf: ["overloaded", "try again later", "temporarily unavailable", "upstream request failed", "upstream error", "internal error"], source: OWN, example: [400, { message: "Upstream request failed" }] },
];
