import { describe, expect, test } from "vitest";
import type { ModelSpec, Turn } from "../../../src/core/model.ts";
import { encodeChat } from "../../../src/model/openai/chat-encode.ts";
import { modelRequest } from "../../fixtures/model-bench.ts";
import { modelSpec } from "../../fixtures/model-spec.ts";

const tools = [{ name: "read_file", description: "Read.", parameters: { type: "object", properties: {} } }];
const native = {
  role: "assistant",
  content: null,
  tool_calls: ["a", "b"].map((id) => ({ id, type: "function", function: { name: "read_file", arguments: "{}" } })),
  reasoning_content: "",
};
const turns: Turn[] = [
  { kind: "user", text: "Do it." },
  { kind: "assistant", native, view: { text: "", reasoning: "", refusal: null, calls: [] } },
  {
    kind: "tool",
    results: [
      { callId: "a", name: "read_file", text: "one", isError: false },
      { callId: "b", name: "read_file", text: "Error: not_found", isError: true },
    ],
  },
];
const encode = (spec: Partial<ModelSpec> = {}, request = modelRequest({ turns, tools })) =>
  encodeChat(modelSpec({ baseUrl: "https://api.example/v1", ...spec }), request);

describe("a body of Chat Completions", () => {
  test("holds the conversation as it is, and nothing that was not asked for", () => {
    expect(encode()).toEqual({
      model: "test-model-1",
      messages: [
        { role: "system", content: "You write code." },
        { role: "user", content: "Do it." },
        native,
        { role: "tool", tool_call_id: "a", content: "one" },
        { role: "tool", tool_call_id: "b", content: "Error: not_found" },
      ],
      tools: [{ type: "function", function: tools[0] }],
      max_tokens: 16_000,
    });
  });

  test("says what the entry declares", () => {
    const body = encode({
      maxTokensField: "max_completion_tokens",
      maxOutputTokens: 5,
      systemRole: "developer",
      parallelToolCalls: false,
      temperature: 0,
      reasoning: { effort: "low" },
      stream: true,
      extraBody: { provider: { order: ["x"] } },
    });

    expect(body).toMatchObject({
      messages: expect.arrayContaining([{ role: "developer", content: "You write code." }]),
      max_completion_tokens: 5,
      parallel_tool_calls: false,
      temperature: 0,
      reasoning_effort: "low",
      stream: true,
      stream_options: { include_usage: true },
      provider: { order: ["x"] },
    });
    expect(body).not.toHaveProperty("max_tokens");
  });

  test("without tools has no field of theirs", () => {
    const body = encode({ parallelToolCalls: true }, modelRequest());

    expect(body).not.toHaveProperty("tools");
    expect(body).not.toHaveProperty("parallel_tool_calls");
  });

  test.for<{ title: string; spec: Partial<ModelSpec>; fields: object }>([
    {
      title: "OpenRouter",
      spec: { baseUrl: "https://openrouter.ai/api/v1", reasoning: { effort: "high" } },
      fields: { reasoning: { effort: "high" } },
    },
    {
      title: "Ollama",
      spec: { baseUrl: "http://localhost:11434/v1", reasoning: { effort: "low" } },
      fields: { reasoning: { effort: "low" } },
    },
    {
      title: "more than an effort",
      spec: { reasoning: { effort: "low", max_tokens: 9 } },
      fields: { reasoning: { effort: "low", max_tokens: 9 } },
    },
  ])("gives reasoning as an object to $title", ({ spec, fields }) => {
    expect(encode(spec)).toMatchObject(fields);
    expect(encode(spec)).not.toHaveProperty("reasoning_effort");
  });

  test("names the trial to OpenAI's cache, in 64 characters at most, and to no other host's", () => {
    const openAi = { baseUrl: "https://api.openai.com/v1" };
    const long = modelRequest({ cacheKey: "run/".repeat(30) });

    expect(encode(openAi)).toMatchObject({ prompt_cache_key: "run/task/1" });
    expect(encode(openAi, long)["prompt_cache_key"]).toMatch(/^[0-9a-f]{64}$/);
    expect(encode({ ...openAi, cache: "off" })).not.toHaveProperty("prompt_cache_key");
    expect(encode()).not.toHaveProperty("prompt_cache_key");
  });

  test("marks what Anthropic's models behind OpenRouter shall cache", () => {
    const routed = { baseUrl: "https://openrouter.ai/api/v1", model: "anthropic/claude-sonnet-4.6" };
    const marked = (cache_control: object) => [
      { role: "system", content: [{ type: "text", text: "You write code.", cache_control }] },
      { role: "user", content: [{ type: "text", text: "Do it." }] },
      native,
      { role: "tool", tool_call_id: "a", content: [{ type: "text", text: "one" }] },
      { role: "tool", tool_call_id: "b", content: [{ type: "text", text: "Error: not_found", cache_control }] },
    ];

    expect(encode(routed)["messages"]).toEqual(marked({ type: "ephemeral" }));
    expect(encode({ ...routed, cache: "1h" })["messages"]).toEqual(marked({ type: "ephemeral", ttl: "1h" }));
    expect(JSON.stringify(encode({ ...routed, cache: "off" }))).not.toContain("cache_control");
    expect(JSON.stringify(encode({ ...routed, model: "openai/gpt-5.4" }))).not.toContain("cache_control");
  });
});
