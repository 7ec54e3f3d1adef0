import { expect, test } from "vitest";
import { carriesToken, withFirstToken } from "../../../src/model/answer/first-token.ts";

const chat = (delta: object) => ({ object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason: null }] });

test.for<{ title: string; event: unknown }>([
  { title: "text", event: chat({ content: "He" }) },
  { title: "text of the second choice", event: { choices: [{ delta: {} }, { delta: { content: "He" } }] } },
  { title: "reasoning of DeepSeek", event: chat({ content: null, reasoning_content: "Let" }) },
  { title: "reasoning of OpenRouter", event: chat({ content: "", reasoning_details: [{ type: "reasoning.text", text: "Let" }] }) },
  { title: "a piece of a call", event: chat({ tool_calls: [{ index: 0, id: "c1", function: { name: "finish", arguments: "" } }] }) },
  { title: "a whole message in one chunk", event: { choices: [{ message: { role: "assistant", content: "Hello." } }] } },
  { title: "text in Responses", event: { type: "response.output_text.delta", delta: "He" } },
  { title: "a summary of reasoning in Responses", event: { type: "response.reasoning_summary_text.delta", delta: "Let" } },
  {
    title: "the name of a call in Responses",
    event: { type: "response.output_item.added", item: { type: "function_call", name: "finish" } },
  },
  { title: "a whole item in Responses", event: { type: "response.output_item.done", item: { type: "message" } } },
  { title: "a whole response", event: { type: "response.completed", response: { output: [{ type: "message" }] } } },
  { title: "text in Messages", event: { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "He" } } },
  { title: "thinking in Messages", event: { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "Let" } } },
  {
    title: "the name of a call in Messages",
    event: { type: "content_block_start", index: 1, content_block: { type: "tool_use", id: "t1", name: "finish", input: {} } },
  },
])("$title is the first token", ({ event }) => {
  expect(carriesToken(event)).toBe(true);
});

test.for<{ title: string; event: unknown }>([
  { title: "the role of the speaker", event: chat({ role: "assistant", content: "", refusal: null }) },
  { title: "no tool calls", event: chat({ tool_calls: [] }) },
  { title: "the usage at the end", event: { choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } } },
  { title: "a filter's report about the prompt", event: { choices: [], prompt_filter_results: [{ prompt_index: 0 }] } },
  { title: "a response that begins", event: { type: "response.created", response: { status: "in_progress", output: [] } } },
  { title: "an item of reasoning that begins", event: { type: "response.output_item.added", item: { type: "reasoning", summary: [] } } },
  {
    title: "a message that begins",
    event: { type: "message_start", message: { role: "assistant", content: [], usage: { input_tokens: 9 } } },
  },
  { title: "a block that begins", event: { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } } },
  { title: "a signature", event: { type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "x" } } },
  { title: "how a message ends", event: { type: "message_delta", delta: { stop_reason: "end_turn" } } },
  { title: "a ping", event: { type: "ping" } },
  { title: "no object", event: "He" },
])("$title is no token", ({ event }) => {
  expect(carriesToken(event)).toBe(false);
});

test("the first token is noticed once, before the reader gets its event", async () => {
  async function* stream(): AsyncGenerator<unknown> {
    yield chat({ role: "assistant", content: "" });
    yield chat({ content: "He" });
    yield chat({ content: "llo" });
  }
  const order: string[] = [];

  for await (const event of withFirstToken(stream(), () => order.push("first token"))) order.push(typeof event);

  expect(order).toEqual(["object", "first token", "object", "object"]);
});
