import type { Api } from "../../src/core/model.ts";
import { decodeAnthropic } from "../../src/model/anthropic/decode.ts";
import { collectAnthropic } from "../../src/model/anthropic/stream.ts";
import { decodeChat } from "../../src/model/openai/chat-decode.ts";
import { collectChat } from "../../src/model/openai/chat-stream.ts";
import { decodeResponses } from "../../src/model/openai/responses-decode.ts";
import { collectResponses } from "../../src/model/openai/responses-stream.ts";
import type { Protocol } from "../../src/model/protocol.ts";
import { chatBody, chatCall, messageBody, outputCall, outputMessage, responsesBody } from "../fixtures/model-body.ts";

/** A good answer of one API that has all there can be in it, whole and as events; and what reads it. */
export type Golden = {
  readonly api: Exclude<Api, "scripted">;
  readonly body: unknown;
  readonly events: readonly unknown[];
  readonly decode: Protocol["decode"];
  readonly collect: (events: AsyncIterable<unknown>) => Promise<unknown>;
};

const ARGS = '{"path":"a.py","content":"x = 1"}';
const CHAT_USAGE = {
  prompt_tokens: 900,
  completion_tokens: 50,
  total_tokens: 950,
  prompt_tokens_details: { cached_tokens: 800, cache_write_tokens: 50 },
  completion_tokens_details: { reasoning_tokens: 20 },
  cost: 0.01,
  is_byok: true,
  cost_details: { upstream_inference_cost: 0.02 },
};

const chunk = (delta: object, finish: string | null = null, more: object = {}): object => ({
  id: "c1",
  model: "m",
  provider: "p",
  choices: [{ index: 0, delta, finish_reason: finish }],
  ...more,
});

const CHAT: Golden = {
  api: "openai-chat",
  body: {
    ...chatBody({
      finish: "tool_calls",
      message: {
        content: "Text.",
        reasoning_content: "Thought.",
        reasoning_details: [{ type: "reasoning.text", text: "Thought.", index: 0 }],
        tool_calls: [chatCall("id1", "write_file", ARGS), chatCall("id2", "read_file", '{"path":"b.py"}')],
      },
      usage: CHAT_USAGE,
    }),
    provider: "p",
  },
  events: [
    chunk({
      role: "assistant",
      content: "",
      reasoning_content: "Tho",
      reasoning_details: [{ type: "reasoning.text", text: "Tho", index: 0 }],
    }),
    chunk({ reasoning_content: "ught.", reasoning_details: [{ type: "reasoning.text", text: "ught.", index: 0 }] }),
    chunk({ content: "Text." }),
    chunk({ tool_calls: [{ index: 0, id: "id1", type: "function", function: { name: "write_file", arguments: ARGS.slice(0, 9) } }] }),
    chunk({ tool_calls: [{ index: 0, function: { arguments: ARGS.slice(9) } }] }),
    chunk({ tool_calls: [{ index: 1, id: "id2", type: "function", function: { name: "read_file", arguments: "{}" } }] }),
    chunk({}, "tool_calls"),
    { id: "c1", choices: [], usage: CHAT_USAGE },
    "[DONE]",
  ],
  decode: decodeChat,
  collect: collectChat,
};

const RESPONSE = responsesBody({
  output: [
    {
      id: "rs_1",
      type: "reasoning",
      summary: [{ type: "summary_text", text: "Thought." }],
      encrypted_content: "xyz",
      status: "completed",
    },
    outputMessage("Text."),
    outputCall("id1", "write_file", ARGS),
  ],
  usage: {
    input_tokens: 900,
    input_tokens_details: { cached_tokens: 800, cache_write_tokens: 50 },
    output_tokens: 50,
    output_tokens_details: { reasoning_tokens: 20 },
    total_tokens: 950,
  },
});

const RESPONSES: Golden = {
  api: "openai-responses",
  body: RESPONSE,
  events: [
    { type: "response.created", sequence_number: 0, response: { ...RESPONSE, output: [], status: "in_progress" } },
    { type: "response.output_text.delta", sequence_number: 1, item_id: "msg_1", output_index: 1, content_index: 0, delta: "Text." },
    { type: "response.output_item.done", sequence_number: 2, output_index: 1, item: RESPONSE.output[1] },
    { type: "response.output_item.done", sequence_number: 3, output_index: 2, item: RESPONSE.output[2] },
    { type: "response.completed", sequence_number: 4, response: RESPONSE },
  ],
  decode: decodeResponses,
  collect: collectResponses,
};

const CALL_BLOCK = { type: "tool_use", id: "id1", name: "write_file", input: JSON.parse(ARGS), caller: { type: "direct" } } as const;
const MESSAGE = messageBody({
  stop: "tool_use",
  content: [
    { type: "thinking", thinking: "Thought.", signature: "sig" },
    { type: "redacted_thinking", data: "xyz" },
    { type: "text", text: "Text.", citations: null },
    CALL_BLOCK,
  ],
  usage: {
    input_tokens: 100,
    cache_read_input_tokens: 800,
    cache_creation_input_tokens: 100,
    cache_creation: { ephemeral_5m_input_tokens: 60, ephemeral_1h_input_tokens: 40 },
    output_tokens: 50,
    output_tokens_details: { thinking_tokens: 20 },
  },
});

const ANTHROPIC: Golden = {
  api: "anthropic",
  body: MESSAGE,
  events: [
    { type: "message_start", message: { ...MESSAGE, content: [], stop_reason: null } },
    { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "", signature: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "Thought." } },
    { type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "sig" } },
    { type: "content_block_stop", index: 0 },
    { type: "content_block_start", index: 1, content_block: { type: "text", text: "", citations: null } },
    { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "Text." } },
    { type: "content_block_start", index: 2, content_block: { ...CALL_BLOCK, input: {} } },
    { type: "content_block_delta", index: 2, delta: { type: "input_json_delta", partial_json: ARGS.slice(0, 9) } },
    { type: "content_block_delta", index: 2, delta: { type: "input_json_delta", partial_json: ARGS.slice(9) } },
    { type: "message_delta", delta: { stop_reason: "tool_use", stop_sequence: null }, usage: { output_tokens: 50 } },
    { type: "message_stop" },
  ],
  decode: decodeAnthropic,
  collect: collectAnthropic,
};

/** A golden answer of each API. */
export const GOLDEN: readonly Golden[] = [CHAT, RESPONSES, ANTHROPIC];
