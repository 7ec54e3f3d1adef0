import { describe, expect, test } from "vitest";
import { collectChat } from "../../../src/model/openai/chat-stream.ts";

async function* stream(deltas: readonly object[], finish: string | null = "tool_calls", last: object[] = []): AsyncGenerator<unknown> {
  for (const delta of deltas) yield { id: "c", model: "m", choices: [{ index: 0, delta, finish_reason: null }] };
  if (finish !== null) yield { choices: [{ index: 0, delta: {}, finish_reason: finish }] };
  yield* last;
}
const piece = (index: number | undefined, id: string | undefined, name: string | undefined, args: string) => ({
  tool_calls: [
    {
      ...(index !== undefined && { index }),
      ...(id !== undefined && { id, type: "function" }),
      function: { ...(name && { name }), arguments: args },
    },
  ],
});
const messageOf = (body: unknown): Record<string, unknown> =>
  (body as { choices: { message: Record<string, unknown> }[] }).choices[0]?.message ?? {};

describe("a streamed Chat Completion", () => {
  test("is put together with its text, reasoning and usage", async () => {
    const deltas = [
      { role: "assistant", content: "" },
      { reasoning_content: "I " },
      { reasoning_content: "think." },
      { content: "Hel" },
      { content: "lo." },
    ];
    const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
    const body = await collectChat(stream(deltas, "stop", [{ choices: [], usage, provider: "p" }]));

    expect(body).toMatchObject({ id: "c", model: "m", provider: "p", usage, choices: [{ finish_reason: "stop" }] });
    expect(messageOf(body)).toEqual({ role: "assistant", content: "Hello.", reasoning_content: "I think." });
  });

  test("keeps an empty reasoning", async () => {
    expect(messageOf(await collectChat(stream([{ content: "x", reasoning_content: "" }], "stop")))).toHaveProperty("reasoning_content", "");
  });

  test.for([
    {
      title: "by their index",
      pieces: [
        piece(0, "a", "f", ""),
        piece(1, "b", "g", '{"x"'),
        piece(0, undefined, undefined, "{}"),
        piece(1, undefined, undefined, ":1}"),
      ],
    },
    {
      title: "by their id, when all have one index",
      pieces: [piece(0, "a", "f", "{}"), piece(0, "b", "g", '{"x"'), piece(0, "b", undefined, ":1}")],
    },
    { title: "by their id, without any index", pieces: [piece(undefined, "a", "f", "{}"), piece(undefined, "b", "g", '{"x":1}')] },
    {
      title: "by repeated ids and names of nothing",
      pieces: [
        piece(0, "a", "f", "{}"),
        piece(1, "b", "g", '{"x"'),
        { tool_calls: [{ index: 1, id: "", function: { name: "", arguments: ":1}" } }] },
      ],
    },
  ])("tells its calls apart $title", async ({ pieces }) => {
    expect(messageOf(await collectChat(stream(pieces)))["tool_calls"]).toMatchObject([
      { id: "a", type: "function", function: { name: "f", arguments: "{}" } },
      { id: "b", type: "function", function: { name: "g", arguments: '{"x":1}' } },
    ]);
  });

  test("keeps whole calls without ids apart", async () => {
    const calls = messageOf(await collectChat(stream([piece(undefined, undefined, "f", "{}"), piece(undefined, undefined, "g", "{}")])))[
      "tool_calls"
    ];

    expect(calls).toMatchObject([{ function: { name: "f" } }, { function: { name: "g" } }]);
  });

  test("joins OpenRouter's reasoning details and keeps Google's signatures", async () => {
    const deltas = [
      { reasoning_details: [{ type: "reasoning.text", index: 0, text: "I " }] },
      { reasoning_details: [{ type: "reasoning.text", index: 0, text: "think.", signature: "s" }] },
      { reasoning_details: [{ type: "reasoning.encrypted", index: 1, data: "abc" }] },
      {
        tool_calls: [
          { index: 0, id: "a", extra_content: { google: { thought_signature: "sig" } }, function: { name: "f", arguments: "{}" } },
        ],
      },
    ];

    expect(messageOf(await collectChat(stream(deltas)))).toMatchObject({
      reasoning_details: [
        { type: "reasoning.text", index: 0, text: "I think.", signature: "s" },
        { type: "reasoning.encrypted", index: 1, data: "abc" },
      ],
      tool_calls: [{ extra_content: { google: { thought_signature: "sig" } } }],
    });
  });

  test("is no answer without a finish reason", async () => {
    await expect(collectChat(stream([{ content: "Hel" }], null))).rejects.toMatchObject({ label: "truncated-stream" });
  });

  test("brings an error of the upstream along", async () => {
    const failed = { choices: [{ index: 0, delta: {}, finish_reason: "error", error: { code: 502, message: "gone" } }] };

    expect(await collectChat(stream([{ content: "Hel" }], null, [failed]))).toMatchObject({
      choices: [{ finish_reason: "error", error: { code: 502 } }],
    });
  });
});
