import type { ContentBlock, RawMessageStreamEvent } from "@anthropic-ai/sdk/resources/messages";
import { describe, expect, test } from "vitest";
import type { ModelSpec, Turn } from "../../../src/core/model.ts";
import { decodeAnthropic } from "../../../src/model/anthropic/decode.ts";
import { encodeAnthropic } from "../../../src/model/anthropic/encode.ts";
import { collectAnthropic } from "../../../src/model/anthropic/stream.ts";
import { BadAnswer } from "../../../src/model/protocol.ts";
import { benchModel, modelRequest } from "../../fixtures/model-bench.ts";
import { messageBody } from "../../fixtures/model-body.ts";
import { modelSpec } from "../../fixtures/model-spec.ts";

const tools = ["read_file", "run_command"].map((name) => ({ name, description: "Does.", parameters: { type: "object" } }));
const thinking: ContentBlock = { type: "thinking", thinking: "I think.", signature: "sig" };
const redacted: ContentBlock = { type: "redacted_thinking", data: "abc" };
const text = (words: string): ContentBlock => ({ type: "text", text: words, citations: null });
const toolUse = (id: string, input: unknown): ContentBlock => ({
  type: "tool_use",
  id,
  name: "read_file",
  input,
  caller: { type: "direct" },
});
const HOST = "https://api.anthropic.com";
const encode = (spec: Partial<ModelSpec>, turns: readonly Turn[]) =>
  encodeAnthropic(modelSpec({ api: "anthropic", model: "claude-x", baseUrl: HOST, ...spec }), modelRequest({ turns, tools }));
const ephemeral = { type: "ephemeral" };

describe("a body of Messages", () => {
  const content = [thinking, redacted, text("Reading."), toolUse("t1", { path: "a" }), toolUse("t2", { path: "b" })];
  const { turn } = decodeAnthropic(messageBody({ content, stop: "tool_use" }), []);
  const turns: Turn[] = [
    { kind: "user", text: "Rules." },
    { kind: "user", text: "Do it." },
    turn,
    {
      kind: "tool",
      results: [
        { callId: "t1", name: "read_file", text: "one", isError: false },
        { callId: "t2", name: "read_file", text: "Error: not_found", isError: true },
      ],
    },
    { kind: "user", text: "Go on." },
  ];

  test("holds the blocks of the model as they came, and results before words in one turn of the user", () => {
    expect(encode({}, turns)).toEqual({
      model: "claude-x",
      max_tokens: 16_000,
      cache_control: ephemeral,
      system: [{ type: "text", text: "You write code.", cache_control: ephemeral }],
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "Rules." },
            { type: "text", text: "Do it." },
          ],
        },
        { role: "assistant", content },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "t1", content: "one" },
            { type: "tool_result", tool_use_id: "t2", content: "Error: not_found", is_error: true },
            { type: "text", text: "Go on." },
          ],
        },
      ],
      tools: [
        { name: "read_file", description: "Does.", input_schema: { type: "object" } },
        { name: "run_command", description: "Does.", input_schema: { type: "object" }, cache_control: ephemeral },
      ],
    });
  });

  test.for([
    { cache: "5m", mark: { type: "ephemeral", ttl: "5m" } },
    { cache: "1h", mark: { type: "ephemeral", ttl: "1h" } },
  ] as const)("caches for $cache when it is told to", ({ cache, mark }) => {
    expect(encode({ cache }, turns)).toMatchObject({ cache_control: mark, system: [{ cache_control: mark }] });
  });

  test("caches nothing when caching is off, and has a plain text for its system prompt then", () => {
    const body = encode({ cache: "off" }, turns);

    expect(JSON.stringify(body)).not.toContain("cache_control");
    expect(body["system"]).toBe("You write code.");
  });

  test("marks its last block for hosts that resemble Anthropic, never a block of the model", () => {
    const body = encode({ baseUrl: "https://gateway.example" }, turns);
    const open = encode({ baseUrl: "https://gateway.example" }, turns.slice(0, 3));

    expect(body).not.toHaveProperty("cache_control");
    expect(body["messages"]).toMatchObject([{}, {}, { content: [{}, {}, { type: "text", cache_control: ephemeral }] }]);
    expect(JSON.stringify(open["messages"]).match(/cache_control/g)).toHaveLength(1);
    expect(open["messages"]).toMatchObject([
      { content: [{}, { text: "Do it.", cache_control: ephemeral }] },
      { role: "assistant", content },
    ]);
  });

  test.for([
    { reasoning: { effort: "high" }, fields: { thinking: { type: "adaptive" }, output_config: { effort: "high" } } },
    { reasoning: { budget_tokens: 2048 }, fields: { thinking: { type: "enabled", budget_tokens: 2048 } } },
    { reasoning: { thinking: { type: "disabled" } }, fields: { thinking: { type: "disabled" } } },
    {
      reasoning: { effort: "low", thinking: { type: "between_tools" }, output_config: { format: null }, service_tier: "auto" },
      fields: { thinking: { type: "between_tools" }, output_config: { format: null, effort: "low" }, service_tier: "auto" },
    },
  ])("asks for reasoning $reasoning", ({ reasoning, fields }) => {
    expect(encode({ reasoning }, [])).toMatchObject(fields);
  });

  test("says what the entry declares", () => {
    const body = encode({ temperature: 0.5, parallelToolCalls: false, stream: true, extraBody: { top_k: 4 } }, []);

    expect(body).toMatchObject({
      temperature: 0.5,
      stream: true,
      top_k: 4,
      tool_choice: { type: "auto", disable_parallel_tool_use: true },
    });
    expect(encode({ parallelToolCalls: true }, [])).not.toHaveProperty("tool_choice");
  });
});

describe("an answer of Messages", () => {
  test("has its text, reasoning and calls, and goes back as it came", () => {
    const content = [thinking, redacted, text(""), text("Reading."), toolUse("t1", { path: "a" })];
    const { turn, finish } = decodeAnthropic(messageBody({ content, stop: "tool_use" }), []);

    expect(turn.view).toEqual({
      text: "Reading.",
      reasoning: "I think.",
      refusal: null,
      calls: [{ id: "t1", name: "read_file", args: { kind: "ok", value: { path: "a" } }, rawArguments: null }],
    });
    expect(turn.native).toEqual([thinking, redacted, text("Reading."), toolUse("t1", { path: "a" })]);
    expect(finish).toBe("tool-calls");
  });

  test("goes back with ids for its calls and objects for their input", () => {
    const content = [toolUse("", { path: "a" }), toolUse("t", '{"path": "a'), toolUse("t", [1])];
    const { turn } = decodeAnthropic(messageBody({ content, stop: "tool_use" }), []);

    expect(turn.native).toMatchObject([
      { id: "call_1_1", input: { path: "a" } },
      { id: "t", input: { _invalid: '{"path": "a' } },
      { id: "call_1_3", input: { _invalid: "[1]" } },
    ]);
    expect(turn.view.calls.map(({ args }) => args.kind)).toEqual(["ok", "invalid", "invalid"]);
  });

  test.for([
    ["end_turn", false, "stop"],
    ["stop_sequence", false, "stop"],
    ["max_tokens", true, "length"],
    ["tool_use", true, "tool-calls"],
    ["tool_use", false, "other"],
    ["end_turn", true, "tool-calls"],
    ["pause_turn", false, "pause"],
    ["refusal", false, "refusal"],
    ["model_context_window_exceeded", false, "context"],
    ["content_filter", false, "refusal"],
    ["something_new", true, "tool-calls"],
    ["something_new", false, "other"],
  ] as const)("that stops for %s with calls: %s ends with %s", ([stop, hasCalls, finish]) => {
    const body = messageBody({ content: hasCalls ? [toolUse("t", {})] : [text("x")], stop: stop as "end_turn" });

    expect(decodeAnthropic(body, [])).toMatchObject({ finish, finishRaw: stop });
  });

  test("that refuses says of what kind", () => {
    const body = messageBody({
      stop: "refusal",
      stopDetails: { type: "refusal", category: "cyber", explanation: "It looks like an attack." },
    });

    expect(decodeAnthropic(body, []).turn.view.refusal).toBe("cyber: It looks like an attack.");
    expect(decodeAnthropic(messageBody({ stop: "refusal" }), []).turn.view.refusal).toBe("the model refused");
  });

  test("reports its tier, and its speed where that has a price", () => {
    expect(decodeAnthropic(messageBody(), []).served.serviceTier).toBe("standard");
    expect(decodeAnthropic(messageBody({ usage: { speed: "fast" } }), []).served.serviceTier).toBe("fast");
  });

  test.for([
    { title: "an error", body: { type: "error", error: { type: "api_error" } }, label: "error-in-success" },
    { title: "without content", body: { id: "x" }, label: "no-content" },
    { title: "null", body: null, label: "no-answer" },
  ])("is none when it is $title", ({ body, label }) => {
    expect(() => decodeAnthropic(body, [])).toThrow(expect.objectContaining({ name: BadAnswer.name, label }));
  });
});

describe("a streamed message", () => {
  const { content: _content, ...message } = messageBody({
    stop: null,
    usage: { input_tokens: 9, cache_read_input_tokens: 4, output_tokens: 1 },
  });
  const start = { type: "message_start", message: { ...message, content: [] } } satisfies RawMessageStreamEvent;
  const block = (index: number, content_block: ContentBlock, deltas: object[]): object[] => [
    { type: "content_block_start", index, content_block },
    ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
    { type: "content_block_stop", index },
  ];
  const end = (stop_reason: string): object[] => [
    { type: "message_delta", delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 7, cache_read_input_tokens: null } },
    { type: "message_stop" },
  ];
  async function* events(...list: object[]): AsyncGenerator<unknown> {
    yield* [start, ...list];
  }

  test("is put together with thinking, signature, text, input and usage", async () => {
    const body = await collectAnthropic(
      events(
        ...block(0, { type: "thinking", thinking: "", signature: "" }, [
          { type: "thinking_delta", thinking: "I " },
          { type: "thinking_delta", thinking: "think." },
          { type: "signature_delta", signature: "sig" },
        ]),
        ...block(1, redacted, []),
        ...block(2, text(""), [{ type: "text_delta", text: "Hello." }]),
        ...block(3, toolUse("t1", {}), [
          { type: "input_json_delta", partial_json: "" },
          { type: "input_json_delta", partial_json: '{"path"' },
          { type: "input_json_delta", partial_json: ':"a"}' },
        ]),
        ...end("tool_use"),
      ),
    );

    expect(body["content"]).toEqual([thinking, redacted, text("Hello."), toolUse("t1", { path: "a" })]);
    expect(body).toMatchObject({ stop_reason: "tool_use", usage: { input_tokens: 9, cache_read_input_tokens: 4, output_tokens: 7 } });
  });

  test("does not take a call that was cut off for a whole one", async () => {
    const cut = block(0, toolUse("t1", {}), [{ type: "input_json_delta", partial_json: '{"path":"a.py","content":"x' }]);
    const { turn, finish } = decodeAnthropic(await collectAnthropic(events(...cut, ...end("max_tokens"))), []);

    expect(finish).toBe("length");
    expect(turn.view.calls[0]?.args.kind).toBe("invalid");
  });

  test("has empty input for a call without arguments", async () => {
    const body = await collectAnthropic(events(...block(0, toolUse("t1", {}), []), ...end("tool_use")));

    expect(body["content"]).toMatchObject([{ input: {} }]);
  });

  test("without a stop reason is no answer", async () => {
    await expect(collectAnthropic(events(...block(0, text(""), [])))).rejects.toMatchObject({ label: "truncated-stream" });
  });

  test("with an error event is tried again", async () => {
    const overloaded = 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"busy"}}\n\n';
    const { model } = await benchModel(
      [
        { kind: "events", text: overloaded },
        { kind: "json", body: messageBody() },
      ],
      { api: "anthropic", stream: true },
    );

    expect(await model.generate(modelRequest())).toMatchObject({
      kind: "response",
      attempts: [{ status: 200, fault: "error-529 overloaded_error" }, { fault: null }],
    });
  });
});

test.for([
  { anthropicVersion: null, sent: "2023-06-01" },
  { anthropicVersion: "2024-01-01", sent: "2024-01-01" },
])("a host that resembles Anthropic is sent version $sent", async ({ anthropicVersion, sent }) => {
  const { model, server } = await benchModel([{ kind: "json", body: messageBody() }], { api: "anthropic", anthropicVersion });
  await model.generate(modelRequest());

  expect(server.received[0]?.headers["anthropic-version"]).toBe(sent);
});

test("a base URL with its version folder leads to the same place", async () => {
  const { model, server } = await benchModel([{ kind: "json", body: messageBody() }], { api: "anthropic" });
  const other = await benchModel([{ kind: "json", body: messageBody() }], { api: "anthropic", baseUrl: `${model.spec.baseUrl}/v1/` });
  await other.model.generate(modelRequest());

  expect(server.received[0]?.path).toBe("/v1/messages");
});
