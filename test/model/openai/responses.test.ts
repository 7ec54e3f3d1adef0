import type { ResponseOutputItem } from "openai/resources/responses/responses";
import { describe, expect, test } from "vitest";
import type { ModelSpec, Turn } from "../../../src/core/model.ts";
import { decodeResponses } from "../../../src/model/openai/responses-decode.ts";
import { encodeResponses } from "../../../src/model/openai/responses-encode.ts";
import { collectResponses } from "../../../src/model/openai/responses-stream.ts";
import { BadAnswer } from "../../../src/model/protocol.ts";
import { modelRequest } from "../../fixtures/model-bench.ts";
import { outputCall, outputMessage, responsesBody } from "../../fixtures/model-body.ts";
import { modelSpec } from "../../fixtures/model-spec.ts";

const tools = [{ name: "read_file", description: "Read.", parameters: { type: "object", properties: {} } }];
const reasoning: ResponseOutputItem = {
  id: "rs_1",
  type: "reasoning",
  summary: [{ type: "summary_text", text: "I think." }],
  encrypted_content: "gAAAA",
};
const encode = (spec: Partial<ModelSpec>, turns: readonly Turn[]) =>
  encodeResponses(modelSpec({ api: "openai-responses", model: "gpt-5.4", ...spec }), modelRequest({ turns, tools }));

describe("a body of Responses", () => {
  test("holds the whole conversation and stores nothing", () => {
    const { turn } = decodeResponses(responsesBody({ output: [reasoning, outputCall("c1", "read_file", '{"path":"a"}')] }), []);
    const turns: Turn[] = [
      { kind: "user", text: "Do it." },
      turn,
      { kind: "tool", results: [{ callId: "c1", name: "read_file", text: "one", isError: false }] },
    ];

    expect(encode({ baseUrl: "https://api.openai.com/v1" }, turns)).toEqual({
      model: "gpt-5.4",
      instructions: "You write code.",
      input: [
        { type: "message", role: "user", content: "Do it." },
        { type: "reasoning", summary: [{ type: "summary_text", text: "I think." }], encrypted_content: "gAAAA" },
        { type: "function_call", call_id: "c1", name: "read_file", arguments: '{"path":"a"}' },
        { type: "function_call_output", call_id: "c1", output: "one" },
      ],
      tools: [{ type: "function", name: "read_file", description: "Read.", parameters: tools[0]?.parameters, strict: false }],
      max_output_tokens: 16_000,
      store: false,
      include: ["reasoning.encrypted_content"],
      prompt_cache_key: "run/task/1",
    });
  });

  test("says what the entry declares", () => {
    const spec = {
      reasoning: { effort: "high", summary: "auto" },
      parallelToolCalls: true,
      temperature: 1,
      stream: true,
      cache: "off",
    } as const;
    const body = encode({ ...spec, extraBody: { store: true } }, []);

    expect(body).toMatchObject({ reasoning: spec.reasoning, parallel_tool_calls: true, temperature: 1, stream: true, store: true });
    expect(body).not.toHaveProperty("prompt_cache_key");
  });

  test("sends the key of the cache to OpenAI alone: a gateway refuses it for models of others", () => {
    expect(encode({}, [])).not.toHaveProperty("prompt_cache_key");
  });

  test.for(["gpt-4o", "gpt-4o-mini", "gpt-4.1"])("does not ask %s, which does not reason, for its reasoning", (model) => {
    expect(encode({ model }, [])).not.toHaveProperty("include");
  });
});

describe("an answer of Responses", () => {
  test("has its text, reasoning and calls", () => {
    const output = [reasoning, outputMessage("Reading."), outputCall("c1", "read_file", '{"path":"a"}')];
    const { turn, finish } = decodeResponses(responsesBody({ output }), []);

    expect(turn.view).toEqual({
      text: "Reading.",
      reasoning: "I think.",
      refusal: null,
      calls: [{ id: "c1", name: "read_file", args: { kind: "ok", value: { path: "a" } }, rawArguments: '{"path":"a"}' }],
    });
    expect(finish).toBe("tool-calls");
  });

  test("goes back with ids for its calls and arguments that can be read", () => {
    const output = [outputCall("", "f", "{}"), outputCall("c1", "g", '{"path": "a')];
    const { turn } = decodeResponses(responsesBody({ output }), []);

    expect(turn.native).toEqual([
      { type: "function_call", call_id: "call_1_1", name: "f", arguments: "{}" },
      { type: "function_call", call_id: "c1", name: "g", arguments: '{"_invalid":"{\\"path\\": \\"a"}' },
    ]);
  });

  test.for([
    { title: "completed", body: responsesBody(), finish: "stop", raw: "completed" },
    {
      title: "cut off",
      body: responsesBody({ status: "incomplete", reason: "max_output_tokens" }),
      finish: "length",
      raw: "incomplete:max_output_tokens",
    },
    { title: "cut off for no reason", body: responsesBody({ status: "incomplete" }), finish: "length", raw: "incomplete" },
    {
      title: "filtered",
      body: responsesBody({ status: "incomplete", reason: "content_filter" }),
      finish: "refusal",
      raw: "incomplete:content_filter",
    },
    {
      title: "failed by a filter",
      body: responsesBody({ status: "failed", reason: "content_filter" }),
      finish: "refusal",
      raw: "failed:content_filter",
    },
    {
      title: "steered",
      body: { ...responsesBody({ status: "incomplete" }), incomplete_details: { reason: "steered" } },
      finish: "other",
      raw: "incomplete:steered",
    },
    {
      title: "cut off within a call",
      body: responsesBody({ status: "incomplete", reason: "max_output_tokens", output: [outputCall("c", "f", "{")] }),
      finish: "length",
      raw: "incomplete:max_output_tokens",
    },
    {
      title: "a refusal",
      body: responsesBody({
        output: [{ id: "m", type: "message", role: "assistant", status: "completed", content: [{ type: "refusal", refusal: "No." }] }],
      }),
      finish: "refusal",
      raw: "completed",
    },
  ])("that is $title ends with $finish", ({ body, finish, raw }) => {
    expect(decodeResponses(body, [])).toMatchObject({ finish, finishRaw: raw });
  });

  test.for([
    {
      title: "failed",
      body: responsesBody({ status: "failed", error: { code: "server_error", message: "oops" } }),
      label: "error-in-success",
    },
    { title: "failed without a reason", body: responsesBody({ status: "failed" }), label: "status-failed" },
    { title: "still queued", body: { ...responsesBody(), status: "queued" }, label: "status-queued" },
    { title: "without output", body: { id: "x" }, label: "no-output" },
    { title: "text", body: "x", label: "no-answer" },
  ])("is none when it is $title", ({ body, label }) => {
    expect(() => decodeResponses(body, [])).toThrow(expect.objectContaining({ name: BadAnswer.name, label }));
  });
});

describe("a streamed response", () => {
  async function* events(...list: unknown[]): AsyncGenerator<unknown> {
    yield* list;
  }

  test("that is incomplete keeps its usage and why", async () => {
    const response = responsesBody({ status: "incomplete", reason: "max_output_tokens" });

    expect(await collectResponses(events({ type: "response.created" }, { type: "response.incomplete", response }))).toEqual(response);
  });

  test("has the status of its last event when it states none", async () => {
    const { status: _status, ...response } = responsesBody();

    expect(await collectResponses(events({ type: "response.incomplete", response }))).toMatchObject({ status: "incomplete" });
  });

  test("takes items from their own events when the last one has none", async () => {
    const [first, second] = [outputMessage("Hello."), outputCall("c", "f", "{}")];
    const body = await collectResponses(
      events(
        { type: "response.output_item.done", output_index: 1, item: second },
        { type: "response.output_item.done", output_index: 0, item: first },
        { type: "response.completed", response: responsesBody({ output: [] }) },
      ),
    );

    expect(body["output"]).toEqual([first, second]);
  });

  test("with an error event is no answer, and says which error", async () => {
    const error = { type: "error", code: "rate_limit_exceeded", message: "slow down" };

    await expect(collectResponses(events(error))).rejects.toMatchObject({ label: "error-event", error });
  });

  test("without an end is no answer", async () => {
    await expect(collectResponses(events({ type: "response.created" }))).rejects.toMatchObject({ label: "truncated-stream" });
  });
});
