import { describe, expect, test } from "vitest";
import { decodeResponses } from "../../../src/model/openai/responses-decode.ts";
import { collectResponses } from "../../../src/model/openai/responses-stream.ts";
import { outputCall, outputMessage, responsesBody } from "../../fixtures/model-body.ts";

async function* each(events: readonly unknown[]): AsyncGenerator<unknown> {
  yield* events;
}

const read = async (events: readonly unknown[], isDone = false) => decodeResponses(await collectResponses(each(events), () => isDone), []);
const CREATED = { type: "response.created", response: { ...responsesBody({ output: [] }), status: "in_progress" } };
const READ = { path: "README.md" };
const call = outputCall("c1", "read_file", JSON.stringify(READ));
const done = (output_index: number, item: unknown) => ({ type: "response.output_item.done", output_index, item });
const completed = (output: unknown[], fields: object = {}) => ({
  type: "response.completed",
  response: { ...responsesBody({ output: output as never }), ...fields },
});

describe("a streamed response", () => {
  test.for<{ title: string; events: readonly unknown[] }>([
    {
      title: "a last event that leaves the calls out",
      events: [done(0, outputMessage("Reading.")), done(1, call), completed([outputMessage("Reading.")])],
    },
    { title: "a last event with nothing", events: [done(1, call), done(0, outputMessage("Reading.")), completed([])] },
    { title: "one place for all items", events: [done(0, outputMessage("Reading.")), done(0, call), completed([])] },
    {
      title: "pieces alone",
      events: [
        { type: "response.output_item.added", output_index: 0, item: { id: "m", type: "message", role: "assistant", content: [] } },
        { type: "response.output_text.delta", output_index: 0, item_id: "m", delta: "Read" },
        { type: "response.output_text.delta", output_index: 0, item_id: "m", delta: "ing." },
        {
          type: "response.output_item.added",
          output_index: 1,
          item: { id: "f", type: "function_call", call_id: "c1", name: "read_file", arguments: "" },
        },
        { type: "response.function_call_arguments.delta", output_index: 1, item_id: "f", delta: JSON.stringify(READ).slice(0, 6) },
        { type: "response.function_call_arguments.delta", output_index: 1, item_id: "f", delta: JSON.stringify(READ).slice(6) },
        completed([]),
      ],
    },
  ])("is read with $title", async ({ events }) => {
    const { turn, finish } = await read([CREATED, ...events]);

    expect(turn.view).toMatchObject({ text: "Reading.", calls: [{ id: "c1", name: "read_file", args: { kind: "ok", value: READ } }] });
    expect(finish).toBe("tool-calls");
  });

  test("without a last event is an answer when its end mark comes after whole items, and cut otherwise", async () => {
    expect((await read([CREATED, done(0, call)], true)).turn.view.calls).toHaveLength(1);
    await expect(read([CREATED, done(0, call)])).rejects.toMatchObject({ label: "truncated-stream" });
    await expect(read([CREATED, { type: "response.output_item.added", output_index: 0, item: call }], true)).rejects.toMatchObject({
      label: "truncated-stream",
    });
  });

  test("that was cut is so, whatever its status says (LiteLLM)", async () => {
    const cut = { status: "completed", incomplete_details: { reason: "max_output_tokens" } };

    expect((await read([completed([outputMessage("Hel")], cut)])).finish).toBe("length");
  });
});

test.for([
  { title: "an object", given: READ, noted: false },
  { title: "JSON inside a JSON string", given: JSON.stringify(JSON.stringify(READ)), noted: true },
])("arguments that are $title are read", ({ given, noted }) => {
  const { turn, repairs } = decodeResponses(responsesBody({ output: [{ ...call, arguments: given } as never] }), []);

  expect(turn.view.calls).toMatchObject([{ args: { kind: "ok", value: READ } }]);
  expect(turn.native).toMatchObject([{ arguments: JSON.stringify(READ) }]);
  expect(repairs).toHaveLength(noted ? 1 : 0);
});
