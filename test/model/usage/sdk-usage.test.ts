import { MessageStream } from "@anthropic-ai/sdk/lib/MessageStream";
import { expect, test } from "vitest";
import { collectAnthropic } from "../../../src/model/anthropic/stream.ts";
import { usageOf } from "../../../src/model/usage/read-usage.ts";
import { messageBody } from "../../fixtures/model-body.ts";

const EMPTY = { ...messageBody(), content: [], stop_reason: null };
const BLOCK = { type: "content_block_start", index: 0, content_block: { type: "text", text: "Hello.", citations: null } };

function events(started: object, ended: object): readonly object[] {
  const usage = { ...messageBody().usage, ...started };
  return [
    { type: "message_start", message: { ...EMPTY, usage } },
    BLOCK,
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null, stop_details: null, container: null }, usage: ended },
    { type: "message_stop" },
  ];
}

async function* each(list: readonly object[]): AsyncGenerator<unknown> {
  yield* list;
}

/** What Anthropic's own client makes of the events. */
async function bySdk(list: readonly object[]): Promise<{ readonly input: number; readonly output: number }> {
  const lines = list.map((event) => `${JSON.stringify(event)}\n`).join("");
  const { usage } = await MessageStream.fromReadableStream(new Blob([lines]).stream()).finalMessage();
  return { input: usage.input_tokens, output: usage.output_tokens };
}

async function byUs(list: readonly object[]): Promise<{ readonly input: number; readonly output: number }> {
  const usage = usageOf(await collectAnthropic(each(list)));
  return { input: usage?.inputTokens ?? Number.NaN, output: usage?.outputTokens ?? Number.NaN };
}

test.for([
  { title: "only the output at the end", ended: { output_tokens: 15 } },
  { title: "all counts once more", ended: { input_tokens: 25, output_tokens: 15 } },
  { title: "an input that has grown", ended: { input_tokens: 10_682, output_tokens: 510 } },
])("a stream's usage is what Anthropic's client makes of it: $title", async ({ ended }) => {
  const stream = events({ input_tokens: 25, output_tokens: 1 }, ended);

  expect(await byUs(stream)).toEqual(await bySdk(stream));
});

test("a later 0, which Anthropic's client takes, does not replace a count", async () => {
  const stream = events({ input_tokens: 12_000, output_tokens: 1 }, { input_tokens: 0, output_tokens: 100 });

  expect(await bySdk(stream)).toEqual({ input: 0, output: 100 });
  expect(await byUs(stream)).toEqual({ input: 12_000, output: 100 });
});
