import { expect, test } from "vitest";
import type { Turn } from "../../../src/core/model.ts";
import { adviceFor } from "../../../src/model/traffic/advice.ts";
import { askedIn, blamed, sizesIn } from "../../../src/model/traffic/blame.ts";
import { modelSpec } from "../../fixtures/model-spec.ts";
import { classified } from "./dialect/wire.ts";

const FIRST = { isFirst: true, hasInvalidCalls: false, isRewritten: false };
const LATER = { isFirst: false, hasInvalidCalls: false, isRewritten: false };
const says = (message: string) => classified([400, { error: { message } }]);

const TOO_LONG = "prompt is too long: 206640 tokens > 200000 maximum";
const SUM =
  "This model's maximum context length is 16384 tokens. However, you requested 19591 tokens (9591 in the messages, 10000 in the completion).";
const WHOLE =
  "'max_tokens' or 'max_completion_tokens' is too large: 16000. This model's maximum context length is 16000 tokens and your request has 3203 input tokens (16000 > 16000 - 3203). None";
const OWN_LIMIT = "max_tokens is too large: 8192. This model supports at most 4096 completion tokens, whereas you provided 8192.";

test.for([
  { title: "a prompt that is too long", message: TOO_LONG, asked: FIRST, kind: "final" },
  { title: "a conversation that has become too long", message: TOO_LONG, asked: LATER, kind: "rejected" },
  { title: "a prompt with no room for an answer beside it", message: SUM, asked: FIRST, kind: "final" },
  { title: "a conversation that has left no room for an answer", message: SUM, asked: LATER, kind: "rejected" },
  { title: "an answer as long as the window, at first", message: WHOLE, asked: FIRST, kind: "final" },
  { title: "an answer as long as the window, later", message: WHOLE, asked: LATER, kind: "final" },
  { title: "an answer longer than the model writes, at first", message: OWN_LIMIT, asked: FIRST, kind: "final" },
  { title: "an answer longer than the model writes, later", message: OWN_LIMIT, asked: LATER, kind: "final" },
])("$title is $kind", ({ message, asked, kind }) => {
  expect(blamed(says(message), asked)).toMatchObject(kind === "final" ? { kind, scope: "arm" } : { kind, reason: "context-exhausted" });
});

test("a request that the account's tier cannot send is the configuration at first, and an error of the trial later", () => {
  const fault = classified([
    413,
    {
      error: { message: "Request too large for model on tokens per minute (TPM): Limit 6000, Requested 7000", code: "rate_limit_exceeded" },
    },
  ]);

  expect(blamed(fault, FIRST)).toMatchObject({ kind: "final", scope: "arm" });
  expect(blamed(fault, LATER)).toMatchObject({ kind: "final", scope: "trial" });
});

test("arguments that cannot be parsed are the history's where invalid ones go back, and the model's otherwise", () => {
  const fault = classified([500, { error: { message: "Failed to parse tool call arguments as JSON: unexpected end of input" } }]);

  expect(blamed(fault, { isFirst: false, hasInvalidCalls: true, isRewritten: false })).toMatchObject({ kind: "bad-history" });
  expect(blamed(fault, LATER)).toMatchObject({ kind: "rejected", reason: "bad-tool-call" });
});

test("what a host rejects without a known reason is the history's in the middle of a conversation, once", () => {
  const fault = says("nonsense");

  expect(blamed(fault, FIRST)).toMatchObject({ kind: "final", scope: "trial" });
  expect(blamed(fault, LATER)).toMatchObject({ kind: "bad-history" });
  expect(blamed(fault, { ...LATER, isRewritten: true })).toMatchObject({ kind: "final", scope: "trial" });
});

test.for([
  { title: "words that nobody knows", message: "the value at 7 is bad" },
  { title: "a field of the conversation", message: "Unknown parameter: 'input[1].encrypted_content'." },
])("a later request that is rejected with $title may be rejected for what the model said, the first one may not", ({ message }) => {
  expect(blamed(says(message), FIRST)).toMatchObject({ kind: "final" });
  expect(blamed(says(message), LATER)).toMatchObject({ kind: "bad-history" });
});

test("a parameter of the settings that is rejected later, as after a change of models.yaml, is the configuration", () => {
  const fault = says("Unsupported parameter: 'temperature' is not supported with this model.");

  expect(blamed(fault, LATER)).toMatchObject({ kind: "final", scope: "arm" });
});

test("what is asked is read from the turns", () => {
  const call = { id: "1", name: "a", args: { kind: "invalid", error: "x" }, rawArguments: "{" } as const;
  const assistant: Turn = { kind: "assistant", native: {}, view: { text: "", reasoning: "", refusal: null, calls: [call] } };

  expect(askedIn({ turns: [{ kind: "user", text: "a" }] })).toEqual(FIRST);
  expect(askedIn({ turns: [{ kind: "user", text: "a" }, assistant] })).toEqual({
    isFirst: false,
    hasInvalidCalls: true,
    isRewritten: false,
  });
});

test.for([
  { message: SUM, sizes: [16384, 9591, 10000] },
  { message: WHOLE, sizes: [16000, 3203, 16000] },
  { message: "input length and `max_tokens` exceed context limit: 190000 + 16000 > 200000, decrease", sizes: [200000, 190000, 16000] },
  {
    message:
      "This model's maximum context length is 131072 tokens. However, you requested 128000 output tokens and your prompt contains at least 3073 input tokens",
    sizes: [131072, 3073, 128000],
  },
  {
    message: "`inputs` tokens + `max_new_tokens` must be <= 1512. Given: 1000 `inputs` tokens and 1024 `max_new_tokens`",
    sizes: [1512, 1000, 1024],
  },
  { message: "the model is loaded with context length of only 7866 tokens", sizes: [7866, null, null] },
  { message: "nothing", sizes: [null, null, null] },
])("the sizes in '$message' are read", ({ message, sizes }) => {
  const { windowTokens, inputTokens, outputTokens } = sizesIn(message);
  expect([windowTokens, inputTokens, outputTokens]).toEqual(sizes);
});

test.for<{ title: string; status: number; body: unknown; says: string; changes?: Parameters<typeof modelSpec>[0] }>([
  {
    title: "an answer as long as the window",
    status: 400,
    body: { error: { message: WHOLE } },
    says: "lower max_output_tokens, now 16,000, to below 12,797: the window has 16,000 tokens, the first prompt 3,203, and the conversation grows",
  },
  {
    title: "a prompt that fits no window",
    status: 400,
    body: {
      error: {
        message:
          "This model's maximum context length is 2048 tokens. However, you requested 19000 tokens (3000 in the messages, 16000 in the completion).",
      },
    },
    says: "the first prompt is too long for this model: give it a context larger than 2,048 tokens on its server, or choose another model, and set context_window to what it has",
  },
  {
    title: "an output limit",
    status: 400,
    body: { error: { message: OWN_LIMIT } },
    says: "lower max_output_tokens, now 16,000, to what the model may write",
  },
  {
    title: "a field of another name",
    status: 400,
    body: {
      error: {
        message: "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        param: "max_tokens",
        code: "unsupported_parameter",
      },
    },
    says: "set max_tokens_field to max_completion_tokens",
  },
  {
    title: "a temperature",
    status: 400,
    body: { error: { message: "`temperature` is deprecated for this model." } },
    says: "remove temperature, now 0.2, or set it to what the model takes",
    changes: { temperature: 0.2 },
  },
  {
    title: "an effort",
    status: 400,
    body: { error: { message: "Unrecognized request argument supplied: reasoning_effort" } },
    says: "change or remove reasoning",
  },
  {
    title: "a field of extra_body",
    status: 400,
    body: { error: { message: "Unknown parameter: 'top_k'", code: "unknown_parameter" } },
    says: 'remove "top_k" from extra_body, or change it',
    changes: { extraBody: { top_k: 4 } },
  },
  {
    title: "a stream",
    status: 400,
    body: { error: { message: "This model only support stream mode, please enable the stream parameter to access the model." } },
    says: "set stream to true",
  },
  {
    title: "a role",
    status: 422,
    body: { error: { message: "messages[0].role: unknown variant `developer`, expected one of `system`, `user`" } },
    says: "set system_role to system",
    changes: { systemRole: "developer" },
  },
  {
    title: "a bad key",
    status: 400,
    body: [{ error: { message: "API key not valid. Please pass a valid API key." } }],
    says: "check the key in TEST_KEY, or name another variable in api_key_env",
  },
  {
    title: "a wrong model",
    status: 400,
    body: { error: { message: "x is not a valid model ID" } },
    says: 'check the model name "test-model-1" and the address http://127.0.0.1:9/v1: change model or base_url',
  },
  {
    title: "no tool parser",
    status: 400,
    body: { message: '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set' },
    says: "start the server at base_url http://127.0.0.1:9/v1 with --enable-auto-tool-choice and the --tool-call-parser of the model",
  },
  {
    title: "a model without tools",
    status: 400,
    body: { error: "registry.ollama.ai/library/gemma:2b does not support tools" },
    says: "the model cannot call tools here: choose one that can in model, or start the server at http://127.0.0.1:9/v1 with what it needs for tools",
  },
  {
    title: "a page",
    status: 404,
    body: "<html><body>404 Not Found</body></html>",
    says: "there is no such API at http://127.0.0.1:9/v1: check base_url, which ends before /chat/completions, and api",
  },
])("the advice on $title names the field", ({ status, body, says, changes }) => {
  expect(adviceFor(modelSpec(changes), classified([status, body]))).toBe(says);
});
