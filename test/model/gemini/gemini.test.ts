import { describe, expect, test } from "vitest";
import type { ModelSpec, ToolSchema, Turn } from "../../../src/core/model.ts";
import { decodeGemini } from "../../../src/model/gemini/decode.ts";
import { encodeGemini } from "../../../src/model/gemini/encode.ts";
import { geminiAddress } from "../../../src/model/gemini/gemini.ts";
import { collectGemini } from "../../../src/model/gemini/stream.ts";
import { readCatalogue } from "../../../src/model/probe/catalogue.ts";
import { geminiBody, geminiCall, geminiChunk } from "../../fixtures/gemini-body.ts";
import { modelRequest } from "../../fixtures/model-bench.ts";
import { modelSpec } from "../../fixtures/model-spec.ts";

const HELLO: Turn = { kind: "user", text: "Do it." };
const spec = (changes: Partial<ModelSpec> = {}) => modelSpec({ api: "gemini", model: "gemini-2.5-pro", ...changes });
const bodyOf = (turns: readonly Turn[], changes: Partial<ModelSpec> = {}, tools: readonly ToolSchema[] = []) =>
  encodeGemini(spec(changes), modelRequest({ turns, tools }));

async function* eventsOf(events: readonly unknown[]): AsyncGenerator<unknown> {
  yield* events;
}

describe("a request to Gemini", () => {
  test("has the system prompt, the turns, the tools with their schemas and the length of the answer", () => {
    const parameters = { type: "object", properties: { path: { type: "string" } }, additionalProperties: false };

    expect(bodyOf([HELLO], { temperature: 0.5 }, [{ name: "read_file", description: "Reads.", parameters }])).toEqual({
      contents: [{ role: "user", parts: [{ text: "Do it." }] }],
      systemInstruction: { parts: [{ text: "You write code." }] },
      tools: [{ functionDeclarations: [{ name: "read_file", description: "Reads.", parametersJsonSchema: parameters }] }],
      generationConfig: { temperature: 0.5, maxOutputTokens: 16_000 },
    });
  });

  test.for([
    { reasoning: { effort: "low" }, sent: { thinkingLevel: "low" } },
    { reasoning: { thinkingBudget: 512, includeThoughts: true }, sent: { thinkingBudget: 512, includeThoughts: true } },
  ])("has the settings of thinking: $reasoning", ({ reasoning, sent }) => {
    expect(bodyOf([HELLO], { reasoning })).toMatchObject({ generationConfig: { thinkingConfig: sent } });
  });

  test.for(["generationConfig", "generation_config"])("has what extra_body adds in %s, but not another length of the answer", (field) => {
    const extraBody = { [field]: { topK: 5, maxOutputTokens: 99_999 }, safetySettings: [] };

    expect(bodyOf([HELLO], { extraBody, maxOutputTokens: 100 })).toMatchObject({
      generationConfig: { topK: 5, maxOutputTokens: 100 },
      safetySettings: [],
    });
  });

  test("answers each call under its name, with its id where the provider gave one, and with signatures as they came", () => {
    const parts = [
      { text: "I think.", thought: true },
      { text: "Reading." },
      { ...geminiCall("read_file", { path: "a.py" }, "fc_9"), thoughtSignature: "sig" },
      geminiCall("read_file", { path: "b.py" }),
    ];
    const { turn } = decodeGemini(geminiBody({ parts }), [HELLO]);
    const results = turn.view.calls.map(({ id, name }, index) => ({ callId: id, name, text: `r${index}`, isError: index === 1 }));

    const { contents } = bodyOf([HELLO, turn, { kind: "tool", results }]) as { contents: unknown[] };

    expect(turn.view).toMatchObject({ text: "Reading.", reasoning: "I think.", calls: [{ id: "fc_9" }, { id: "call_1_2" }] });
    expect(contents.slice(1)).toEqual([
      {
        role: "model",
        parts: [
          { text: "Reading." },
          { functionCall: { id: "fc_9", name: "read_file", args: { path: "a.py" } }, thoughtSignature: "sig" },
          { functionCall: { name: "read_file", args: { path: "b.py" } } },
        ],
      },
      {
        role: "user",
        parts: [
          { functionResponse: { id: "fc_9", name: "read_file", response: { output: "r0" } } },
          { functionResponse: { name: "read_file", response: { error: "r1" } } },
        ],
      },
    ]);
  });

  test.for([
    { baseUrl: "https://generativelanguage.googleapis.com/v1beta", model: "gemini-2.5-pro", root: "/v1beta" },
    { baseUrl: "https://generativelanguage.googleapis.com/", model: "models/gemini-2.5-pro", root: "/v1beta" },
    { baseUrl: "https://generativelanguage.googleapis.com/v1", model: "gemini-2.5-pro", root: "/v1" },
  ])("goes to the model's own path below $baseUrl", ({ baseUrl, model, root }) => {
    const at = `https://generativelanguage.googleapis.com${root}/models/gemini-2.5-pro`;

    expect(geminiAddress({ baseUrl, model }, false)).toBe(`${at}:generateContent`);
    expect(geminiAddress({ baseUrl, model }, true)).toBe(`${at}:streamGenerateContent?alt=sse`);
  });
});

describe("an answer of Gemini", () => {
  test.for([
    { finish: "MAX_TOKENS", meaning: "length" },
    { finish: "SAFETY", meaning: "refusal" },
    { finish: "RECITATION", meaning: "refusal" },
    { finish: "PROHIBITED_CONTENT", meaning: "refusal" },
    { finish: "MALFORMED_FUNCTION_CALL", meaning: "other" },
    { finish: "OTHER", meaning: "other" },
    { finish: "STOP", meaning: "stop" },
  ])("that ended with $finish is read as $meaning", ({ finish, meaning }) => {
    expect(decodeGemini(geminiBody({ finish }), []).finish).toBe(meaning);
  });

  test("is none without candidates, unless its prompt was blocked", () => {
    expect(() => decodeGemini({ usageMetadata: { promptTokenCount: 1, totalTokenCount: 1 } }, [])).toThrow("no candidates");
    expect(decodeGemini({ promptFeedback: { blockReason: "SAFETY" } }, [])).toMatchObject({
      finish: "refusal",
      turn: { view: { refusal: "SAFETY" } },
    });
  });

  test("that is streamed is put together: texts joined, thoughts apart, signatures where they were", async () => {
    const chunks = [
      geminiChunk([{ text: "I ", thought: true }]),
      geminiChunk([{ text: "think.", thought: true }]),
      geminiChunk([{ text: "Read" }]),
      geminiChunk([{ text: "ing." }, geminiCall("read_file", { path: "a.py" })]),
      geminiChunk([{ text: "", thoughtSignature: "sig" }], "STOP"),
    ];

    const body = await collectGemini(eventsOf(chunks));

    expect(body).toMatchObject({
      candidates: [
        {
          content: {
            role: "model",
            parts: [
              { text: "I think.", thought: true },
              { text: "Reading." },
              geminiCall("read_file", { path: "a.py" }),
              { text: "", thoughtSignature: "sig" },
            ],
          },
          finishReason: "STOP",
        },
      ],
      modelVersion: "gemini-2.5-pro",
    });
  });

  test("that is streamed and has no finish reason has broken off", async () => {
    await expect(collectGemini(eventsOf([geminiChunk([{ text: "Hel" }])]))).rejects.toThrow("without a finish reason");
  });
});

test("the models that Google's own list offers are read with their windows", async () => {
  const asked: string[] = [];
  const listed = await readCatalogue(spec({ baseUrl: "https://generativelanguage.googleapis.com" }), async (url) => {
    asked.push(url.href);
    return { kind: "read", body: { models: [{ name: "models/gemini-2.5-pro", inputTokenLimit: 1_048_576 }] } };
  });

  expect(asked).toEqual(["https://generativelanguage.googleapis.com/v1beta/models?pageSize=1000"]);
  expect(listed).toEqual({ kind: "listed", models: [{ id: "gemini-2.5-pro", contextWindow: 1_048_576, isServed: true }] });
});
