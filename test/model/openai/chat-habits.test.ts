import { describe, expect, test } from "vitest";
import { decodeChat } from "../../../src/model/openai/chat-decode.ts";
import { collectChat } from "../../../src/model/openai/chat-stream.ts";
import { chatCall } from "../../fixtures/model-body.ts";

async function* each(chunks: readonly unknown[]): AsyncGenerator<unknown> {
  yield* chunks;
}

const chunk = (delta: object, finish: string | null = null, index = 0) => ({ id: "c", choices: [{ index, delta, finish_reason: finish }] });
const usage = { prompt_tokens: 9, completion_tokens: 5, total_tokens: 14 };
const usageChunk = { id: "c", choices: [], usage };
const ARGS = '{"path":"a.py"}';
const whole = { index: 0, id: "c1", type: "function", function: { name: "read_file", arguments: ARGS } };
const half = { index: 0, id: "c1", type: "function", function: { name: "read_file", arguments: '{"path":"' } };

const streamed = async (chunks: readonly unknown[], isDone = false) => decodeChat(await collectChat(each(chunks), () => isDone), []);
const choice = (message: object, finish_reason: string | null = "stop", index = 0) => ({
  index,
  message: { role: "assistant", content: null, ...message },
  finish_reason,
});

describe("an answer in several choices (goose#2768)", () => {
  const call = { tool_calls: [chatCall("c1", "read_file", ARGS)] };

  test("has the text of one and the calls of all", async () => {
    const body = {
      choices: [
        choice({ content: "Reading." }),
        choice(call, "tool_calls", 1),
        choice({ tool_calls: [chatCall("c2", "write_file", "{}")] }, "tool_calls", 2),
      ],
    };
    const stream = [
      chunk({ content: "Read" }),
      chunk({ tool_calls: [whole] }, null, 1),
      chunk({ content: "ing." }),
      chunk({ tool_calls: [{ ...whole, id: "c2", function: { name: "write_file", arguments: "{}" } }] }, "tool_calls", 2),
      chunk({}, "stop"),
    ];

    for (const { turn, finish, repairs } of [decodeChat(body, []), await streamed(stream)]) {
      expect(turn.view).toMatchObject({ text: "Reading.", calls: [{ name: "read_file" }, { name: "write_file" }] });
      expect({ finish, repairs }).toEqual({ finish: "tool-calls", repairs: ["the answer came in 3 choices, which were joined"] });
      expect(turn.native).toMatchObject({ content: "Reading.", tool_calls: [{ id: "c1" }, { id: "c2" }] });
    }
    // Its first choice alone would be a last word without calls.
    expect(body.choices[0]?.message).not.toHaveProperty("tool_calls");
  });

  test("has the text of the first where each is an answer of its own, and a call once that is in two", () => {
    const body = { choices: [choice({ content: "One.", ...call }), choice({ content: "Two.", ...call }, "stop", 1)] };

    expect(decodeChat(body, []).turn.view).toMatchObject({ text: "One.", calls: [{ id: "c1" }] });
  });
});

describe("the older field for one call", () => {
  test("is read, whole and streamed", async () => {
    const body = { choices: [choice({ function_call: { name: "read_file", arguments: ARGS } }, "function_call")] };
    const stream = [
      chunk({ function_call: { name: "read_file", arguments: '{"path"' } }),
      chunk({ function_call: { name: "read_file", arguments: ':"a.py"}' } }),
      chunk({}, "function_call"),
    ];

    for (const { turn, finish } of [decodeChat(body, []), await streamed(stream)]) {
      expect(turn.view.calls).toMatchObject([{ name: "read_file", args: { kind: "ok", value: { path: "a.py" } } }]);
      expect(turn.native).toMatchObject({ tool_calls: [{ type: "function", function: { name: "read_file" } }] });
      expect(finish).toBe("tool-calls");
    }
  });
});

describe("a stream without a finish reason", () => {
  test.for([
    { title: "its end mark", chunks: [chunk({ content: "Done." })], isDone: true },
    { title: "its end mark after a whole call", chunks: [chunk({ tool_calls: [whole] })], isDone: true },
    { title: "a chunk with the usage alone", chunks: [chunk({ content: "Done." }), usageChunk], isDone: false },
    {
      title: "a chunk with the usage and an empty piece (LiteLLM)",
      chunks: [chunk({ content: "Done." }), { ...chunk({}), usage }],
      isDone: false,
    },
  ])("is an answer when it ends with $title", async ({ chunks, isDone }) => {
    const { turn, finish } = await streamed(chunks, isDone);

    expect(turn.view.text + turn.view.calls.map(({ name }) => name).join()).toMatch(/Done\.|read_file/);
    expect(["other", "tool-calls"]).toContain(finish);
  });

  test.for([
    { title: "nothing", chunks: [chunk({ content: "Hel" })], isDone: false },
    { title: "a count that runs along with the pieces", chunks: [{ ...chunk({ content: "Hel" }), usage }], isDone: false },
    { title: "its end mark in the middle of a call", chunks: [chunk({ tool_calls: [half] })], isDone: true },
    { title: "the usage in the middle of a call", chunks: [chunk({ tool_calls: [half] }), usageChunk], isDone: false },
    { title: "its end mark before any word", chunks: [chunk({ role: "assistant", content: "" })], isDone: true },
  ])("is cut when it ends with $title", async ({ chunks, isDone }) => {
    await expect(streamed(chunks, isDone)).rejects.toMatchObject({ label: "truncated-stream" });
  });
});

describe("other habits of a stream", () => {
  test("content in parts (Mistral's models that reason) is put together as it comes back unstreamed", async () => {
    const thinking = (text: string) => ({ content: [{ type: "thinking", thinking: [{ type: "text", text }] }] });
    const { turn } = await streamed([
      chunk(thinking("I ")),
      chunk(thinking("think.")),
      chunk({ content: "Hel" }),
      chunk({ content: "lo." }),
      chunk({}, "stop"),
    ]);

    expect(turn.view.text).toBe("Hello.");
    expect(turn.native).toMatchObject({
      content: [
        { type: "thinking", thinking: [{ text: "I " }, { text: "think." }] },
        { type: "text", text: "Hello." },
      ],
    });
  });

  test("a whole message that is sent once more at the end is not added", async () => {
    const last = { id: "c", choices: [{ index: 0, message: { content: "Hello.", tool_calls: [whole] }, finish_reason: "stop" }] };
    const { turn } = await streamed([chunk({ content: "Hel" }), chunk({ content: "lo." }), chunk({ tool_calls: [whole] }), last]);

    expect(turn.view).toMatchObject({ text: "Hello.", calls: [{ id: "c1" }] });
  });

  test("arguments that were encoded twice are read once more, and that is said", async () => {
    const twice = { ...whole, function: { name: "read_file", arguments: JSON.stringify(ARGS) } };
    const { turn, repairs } = await streamed([chunk({ tool_calls: [twice] }), chunk({}, "tool_calls")]);

    expect(typeof JSON.parse(twice.function.arguments)).toBe("string");
    expect(turn.view.calls).toMatchObject([{ args: { kind: "ok", value: { path: "a.py" } } }]);
    expect(turn.native).toMatchObject({ tool_calls: [{ function: { arguments: ARGS } }] });
    expect(repairs).toEqual(["read_file: the arguments were JSON inside a JSON string"]);
  });

  test.for(["abort", "network_error", "insufficient_system_resource", "ERROR"])(
    "a host that ends with %s gave the answer up",
    async (finish) => {
      await expect(streamed([chunk({ content: "Hel" }), chunk({}, finish)])).rejects.toMatchObject({ name: "BadAnswer" });
    },
  );
});
