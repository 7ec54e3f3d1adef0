import { describe, expect, test } from "vitest";
import type { Turn } from "../../../src/core/model.ts";
import { chatFinish, decodeChat } from "../../../src/model/openai/chat-decode.ts";
import { BadAnswer } from "../../../src/model/protocol.ts";
import { chatBody, chatCall } from "../../fixtures/model-body.ts";

const asTurn = (native: unknown, ids: string[]): Turn => ({
  kind: "assistant",
  native,
  view: {
    text: "",
    reasoning: "",
    refusal: null,
    calls: ids.map((id) => ({ id, name: "x", args: { kind: "ok", value: {} }, rawArguments: "{}" })),
  },
});

describe("an answer of Chat Completions", () => {
  test("goes back with its calls and without what other hosts reject", () => {
    const message = {
      content: null,
      refusal: null,
      annotations: [],
      audio: null,
      function_call: null,
      tool_calls: [chatCall("c1", "read_file", '{"path":"a"}')],
    };
    const { turn, finish } = decodeChat(chatBody({ message: message as never, finish: "tool_calls" }), []);

    expect(turn.native).toEqual({ role: "assistant", content: null, tool_calls: [chatCall("c1", "read_file", '{"path":"a"}')] });
    expect(turn.view.calls).toEqual([
      { id: "c1", name: "read_file", args: { kind: "ok", value: { path: "a" } }, rawArguments: '{"path":"a"}' },
    ]);
    expect(finish).toBe("tool-calls");
  });

  test.for([
    { field: "reasoning_content", value: "I think.", reasoning: "I think." },
    { field: "reasoning_content", value: "", reasoning: "" },
    { field: "reasoning", value: "I think.", reasoning: "I think." },
    { field: "reasoning_text", value: "I think.", reasoning: "I think." },
    { field: "reasoning_details", value: [{ type: "reasoning.encrypted", data: "abc", id: "r1" }], reasoning: "" },
  ])("takes $field $value back as it came", ({ field, value, reasoning }) => {
    const { turn } = decodeChat(chatBody({ message: { [field]: value } }), []);

    expect(turn.native).toEqual({ role: "assistant", content: "Hello.", [field]: value });
    expect(turn.view.reasoning).toBe(reasoning);
  });

  test("keeps Google's signatures inside its calls", () => {
    const call = { ...chatCall("c1", "read_file", "{}"), extra_content: { google: { thought_signature: "sig" } } };
    const { turn } = decodeChat(chatBody({ message: { tool_calls: [call] } }), []);

    expect(turn.native).toMatchObject({ tool_calls: [call] });
  });

  test("replaces arguments that cannot be read, in what goes back", () => {
    const { turn } = decodeChat(chatBody({ message: { tool_calls: [chatCall("c1", "read_file", '{"path": "a')] } }), []);

    expect(turn.native).toMatchObject({ tool_calls: [{ function: { arguments: '{"_invalid":"{\\"path\\": \\"a"}' } }] });
    expect(turn.view.calls[0]).toMatchObject({ args: { kind: "invalid" }, rawArguments: '{"path": "a' });
  });

  test("has a unique id for every call, also in what is sent back", () => {
    const calls = [
      chatCall("", "a", "{}"),
      chatCall("x", "b", "{}"),
      chatCall("x", "c", "{}"),
      chatCall("old", "d", "{}"),
      chatCall("call_2_6", "e", "{}"),
      chatCall("", "f", "{}"),
    ];
    const { turn } = decodeChat(chatBody({ message: { tool_calls: calls } }), [asTurn({}, ["old"])]);
    const ids = ["call_2_1", "x", "call_2_3", "call_2_4", "call_2_6", "call_2_6_again"];

    expect(turn.view.calls.map(({ id }) => id)).toEqual(ids);
    expect(turn.native).toMatchObject({ tool_calls: ids.map((id) => ({ id })) });
  });

  test("may be in parts", () => {
    const content = [
      { type: "thinking", thinking: "hm" },
      { type: "text", text: "Hel" },
      { type: "text", text: "lo." },
    ];
    const { turn } = decodeChat(chatBody({ message: { content: content as never } }), []);

    expect(turn.view.text).toBe("Hello.");
    expect(turn.native).toMatchObject({ content });
  });

  test("reports the host that served it and its cost", () => {
    const usage = { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17, cost: 0.002 };
    const body = { ...chatBody({ usage }), provider: "Anthropic" };

    expect(decodeChat(body, [])).toMatchObject({
      reportedUsd: 0.002,
      served: { model: "gpt-4o-2024-08-06", provider: "Anthropic", responseId: "chatcmpl-1", serviceTier: "default" },
    });
  });

  test("costs what the upstream charges on top, with a key of one's own there", () => {
    const usage = { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17, cost: 0.001, is_byok: true };
    const told = decodeChat(chatBody({ usage: { ...usage, cost_details: { upstream_inference_cost: 0.02 } } }), []);

    expect(told.reportedUsd).toBeCloseTo(0.021, 12);
    expect(decodeChat(chatBody({ usage }), []).reportedUsd).toBeNull();
  });

  test("may be a refusal in words", () => {
    const { turn, finish } = decodeChat(chatBody({ message: { content: null, refusal: "I cannot help." } }), []);

    expect({ refusal: turn.view.refusal, finish }).toEqual({ refusal: "I cannot help.", finish: "refusal" });
  });

  test.for([
    { title: "an error", body: { error: { message: "no" } }, label: "error-in-success" },
    { title: "no choices", body: { id: "x", choices: [] }, label: "no-choices" },
    { title: "no message", body: { choices: [{ finish_reason: "stop" }] }, label: "no-choices" },
    {
      title: "an upstream's error",
      body: { choices: [{ message: {}, finish_reason: "error", error: { code: 502 } }] },
      label: "error-finish",
    },
    {
      title: "a host without resources",
      body: { choices: [{ message: {}, finish_reason: "insufficient_system_resource" }] },
      label: "insufficient_system_resource",
    },
    { title: "an array", body: [], label: "no-answer" },
    { title: "text", body: "hello", label: "no-answer" },
  ])("is none when it is $title", ({ body, label }) => {
    expect(() => decodeChat(body, [])).toThrow(expect.objectContaining({ name: BadAnswer.name, label }));
  });
});

test.for([
  ["stop", false, "stop"],
  ["stop", true, "tool-calls"],
  ["tool_calls", true, "tool-calls"],
  ["tool_calls", false, "other"],
  ["function_call", true, "tool-calls"],
  ["length", true, "length"],
  ["length", false, "length"],
  ["content_filter", false, "refusal"],
  ["content_filter", true, "refusal"],
  ["model_context_window_exceeded", false, "context"],
  ["something_new", true, "tool-calls"],
  ["something_new", false, "other"],
  ["", false, "other"],
] as const)("finish %s with calls: %s means %s", ([raw, hasCalls, finish]) => {
  expect(chatFinish(raw, hasCalls, false)).toBe(finish);
});
