import { MessageStream } from "@anthropic-ai/sdk/lib/MessageStream";
import { describe, expect, test } from "vitest";
import { decodeAnthropic } from "../../../src/model/anthropic/decode.ts";
import { collectAnthropic } from "../../../src/model/anthropic/stream.ts";
import { messageBody } from "../../fixtures/model-body.ts";

const { content: _content, ...message } = messageBody({ stop: null });
const START = { type: "message_start", message: { ...message, content: [] } };
const END = [
  { type: "message_delta", delta: { stop_reason: "tool_use", stop_sequence: null }, usage: { output_tokens: 7 } },
  { type: "message_stop" },
];
const READ = { path: "README.md" };
const WRITE = { path: "a.py", content: "x = 1" };

const block = (index: number, content_block: object, deltas: readonly object[]): object[] => [
  { type: "content_block_start", index, content_block },
  ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
  { type: "content_block_stop", index },
];
const call = (index: number, id: string, name: string, partial_json: unknown) =>
  block(index, { type: "tool_use", id, name, input: {} }, [{ type: "input_json_delta", partial_json }]);

async function* each(events: readonly object[]): AsyncGenerator<unknown> {
  yield* events;
}

const read = async (events: readonly object[], isDone = false) => decodeAnthropic(await collectAnthropic(each(events), () => isDone), []);
const callsOf = ({ turn }: Awaited<ReturnType<typeof read>>) =>
  turn.view.calls.map(({ name, args }) => ({ name, args: args.kind === "ok" ? args.value : args.error }));

/** What the official client makes of the events. */
async function readBySdk(events: readonly object[]): Promise<unknown> {
  const text = new TextEncoder().encode(events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(text);
      controller.close();
    },
  });
  try {
    const { content } = await MessageStream.fromReadableStream(body).finalMessage();
    return content.flatMap((each) => (each.type === "tool_use" ? [{ name: each.name, args: each.input }] : []));
  } catch (error) {
    return error;
  }
}

describe("a streamed message", () => {
  const calls = [
    { name: "read_file", args: READ },
    { name: "write_file", args: WRITE },
  ];

  test("as Anthropic sends it is read as the official client does", async () => {
    const events = [
      START,
      ...call(0, "t1", "read_file", JSON.stringify(READ)),
      ...call(1, "t2", "write_file", JSON.stringify(WRITE)),
      ...END,
    ];

    expect(await readBySdk(events)).toEqual(calls);
    expect(callsOf(await read(events))).toEqual(calls);
  });

  test("with one index for all blocks keeps them apart, which the official client does not", async () => {
    const events = [
      START,
      ...call(0, "t1", "read_file", JSON.stringify(READ)),
      ...call(0, "t2", "write_file", JSON.stringify(WRITE)),
      ...END,
    ];

    expect(await readBySdk(events)).not.toEqual(calls);
    expect(callsOf(await read(events))).toEqual(calls);
  });

  test.for<{ title: string; events: readonly object[] }>([
    { title: "arguments as an object in a piece", events: call(0, "t1", "read_file", READ) },
    { title: "the input in the block's first event", events: block(0, { type: "tool_use", id: "t1", name: "read_file", input: READ }, []) },
    { title: "arguments that were encoded twice", events: call(0, "t1", "read_file", JSON.stringify(JSON.stringify(READ))) },
    { title: "an id that the API would not take back", events: call(0, "functions.read_file:0", "read_file", JSON.stringify(READ)) },
  ])("is read with $title", async ({ events }) => {
    const { turn } = await read([START, ...events, ...END]);

    expect(turn.view.calls).toMatchObject([
      { id: expect.stringMatching(/^[\w-]+$/), name: "read_file", args: { kind: "ok", value: READ } },
    ]);
    expect(turn.native).toMatchObject([{ type: "tool_use", id: turn.view.calls[0]?.id, input: READ }]);
  });

  test("is read when a text comes without the event that begins its block", async () => {
    const { turn } = await read([START, { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hello." } }, ...END]);

    expect(turn.view.text).toBe("Hello.");
  });

  test.for([
    { title: "its own last event", events: [{ type: "message_stop" }], isDone: false },
    { title: "an end mark", events: [], isDone: true },
  ])("without a stop reason is an answer when it ends with $title", async ({ events, isDone }) => {
    expect(callsOf(await read([START, ...call(0, "t1", "read_file", JSON.stringify(READ)), ...events], isDone))).toEqual([
      { name: "read_file", args: READ },
    ]);
  });

  test("without a stop reason is cut when its end mark comes in the middle of a call", async () => {
    const open = call(0, "t1", "read_file", '{"path":').slice(0, -1);

    await expect(read([START, ...open], true)).rejects.toMatchObject({ label: "truncated-stream" });
  });
});
