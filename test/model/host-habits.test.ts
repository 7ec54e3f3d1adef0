import fc from "fast-check";
import { expect, test } from "vitest";
import type { Api } from "../../src/core/model.ts";
import { eventsOf } from "../../src/model/answer/event-stream.ts";
import { sniffed } from "../../src/model/answer/sniff.ts";
import { protocols } from "../../src/model/http-model.ts";

type Call = { readonly name: string; readonly args: Readonly<Record<string, unknown>> };
/** What a model said. */
type Said = { readonly text: string; readonly reasoning: string; readonly calls: readonly Call[] };
/** One choice for each habit that a host may have, taken at random. */
type Habits = Readonly<Record<"ids" | "index" | "args" | "end" | "frame" | "split" | "order", number>>;

const HABITS = fc.record({
  ids: fc.nat(2),
  index: fc.nat(2),
  args: fc.nat(3),
  end: fc.nat(2),
  frame: fc.nat(3),
  split: fc.nat(1),
  order: fc.nat(1),
});

function argumentsOf({ args }: Call, habit: number): unknown {
  const text = JSON.stringify(args);
  if (habit === 1) return args;
  return habit === 2 ? JSON.stringify(text) : text;
}

const idOf = (call: number, { ids }: Habits) => (ids === 1 ? {} : { id: ids === 2 ? "" : `id${call}` });

/** The same answer as one host or another sends it, as the events of a stream. */
const STREAMS: Readonly<Record<Exclude<Api, "scripted">, (said: Said, habits: Habits) => readonly unknown[]>> = {
  "openai-chat": ({ text, reasoning, calls }, habits) => {
    const [textChoice, callChoice] = [0, habits.split];
    const chunk = (delta: object, index: number, finish_reason: string | null = null) => ({ choices: [{ index, delta, finish_reason }] });
    const index = (call: number) => (habits.index === 0 ? { index: call } : habits.index === 1 ? { index: 0 } : {});
    const pieces = calls.map((call, at) =>
      chunk(
        { tool_calls: [{ ...index(at), ...idOf(at, habits), function: { name: call.name, arguments: argumentsOf(call, habits.args) } }] },
        callChoice,
      ),
    );
    const texts = Array.from(text, (content) => chunk({ content }, textChoice));
    const body = [
      chunk({ role: "assistant", content: "", reasoning_content: reasoning }, textChoice),
      ...(habits.order === 0 ? [...texts, ...pieces] : [...pieces, ...texts]),
    ];
    const usage = { choices: [], usage: { prompt_tokens: 9, completion_tokens: 5, total_tokens: 14 } };
    return [
      ...body,
      ...(habits.end === 0 ? [chunk({}, callChoice, calls.length > 0 ? "TOOL_CALLS" : "STOP")] : []),
      usage,
      ...(habits.end === 1 ? ["[DONE]"] : []),
    ];
  },
  "openai-responses": ({ text, reasoning, calls }, habits) => {
    const items = [
      { id: "rs", type: "reasoning", summary: [{ type: "summary_text", text: reasoning }] },
      { id: "msg", type: "message", role: "assistant", content: [{ type: "output_text", text, annotations: [] }] },
      ...calls.map((call, at) => ({
        id: `fc${at}`,
        type: "function_call",
        call_id: `id${at}`,
        name: call.name,
        arguments: argumentsOf(call, habits.args),
      })),
    ];
    const done = items.map((item, at) => ({ type: "response.output_item.done", output_index: habits.index === 1 ? 0 : at, item }));
    const left = habits.split === 1 ? items.slice(0, 2) : habits.order === 1 ? [] : items;
    const end = { type: "response.completed", response: { status: "completed", output: left } };
    return habits.end === 1 ? [...done, "[DONE]"] : [...done, end];
  },
  anthropic: ({ text, reasoning, calls }, habits) => {
    const blocks = [
      { block: { type: "thinking", thinking: "", signature: "s" }, delta: { type: "thinking_delta", thinking: reasoning } },
      { block: { type: "text", text: "" }, delta: { type: "text_delta", text } },
      ...calls.map((call, at) => ({
        block: { type: "tool_use", ...idOf(at, habits), name: call.name, input: {} },
        delta: { type: "input_json_delta", partial_json: argumentsOf(call, habits.args) },
      })),
    ];
    const events = blocks.flatMap(({ block, delta }, at) => {
      const index = habits.index === 1 ? 0 : at;
      return [
        { type: "content_block_start", index, content_block: block },
        { type: "content_block_delta", index, delta },
        { type: "content_block_stop", index },
      ];
    });
    const stop = { type: "message_delta", delta: { stop_reason: calls.length > 0 ? "tool_use" : "end_turn" }, usage: { output_tokens: 5 } };
    const end = habits.end === 0 ? [stop, { type: "message_stop" }] : habits.end === 1 ? [{ type: "message_stop" }] : [stop];
    return [{ type: "message_start", message: { role: "assistant", content: [] } }, ...events, ...end];
  },
  gemini: ({ text, reasoning, calls }, habits) => {
    const chunk = (part: object, about: object = {}) => ({
      candidates: [{ content: { parts: [part] }, ...(habits.index === 0 ? { index: 0 } : {}), ...about }],
    });
    const texts = [
      ...Array.from(reasoning, (piece) => chunk({ text: piece, thought: true })),
      ...Array.from(text, (piece) => chunk({ text: piece })),
    ];
    const pieces = calls.map((call, at) =>
      chunk({ functionCall: { ...idOf(at, habits), name: call.name, args: argumentsOf(call, habits.args === 3 ? 0 : habits.args) } }),
    );
    const body = habits.order === 0 ? [...texts, ...pieces] : [...pieces, ...texts];
    const last = habits.split === 0 ? chunk({ text: "" }, { finishReason: "STOP" }) : { candidates: [{ finishReason: "STOP" }] };
    return habits.end === 1 ? [...body, "[DONE]"] : [...body, last, { usageMetadata: { promptTokenCount: 9, totalTokenCount: 14 } }];
  },
};

/** The body as it goes over the wire. */
function framed(events: readonly unknown[], { frame }: Habits): string {
  const data = events.map((event) => (typeof event === "string" ? event : JSON.stringify(event)));
  const ending = frame === 1 ? "\n" : frame === 2 ? "\r\n\r\n" : "\n\n";
  return `${frame === 3 ? ": PROCESSING\n\n" : ""}${data.map((line) => `data: ${line}${ending}`).join("")}`;
}

async function* inPieces(text: string, length: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += length) yield text.slice(at, at + length);
}

test.for(Object.keys(STREAMS) as (keyof typeof STREAMS)[])("an answer over %s is the same whatever the habits of its host", async (api) => {
  const word = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }).map((text) => `x${text}`);
  const args = fc.dictionary(word, fc.oneof(word, fc.constant('{"a":"}\\"'), fc.integer()), { minKeys: 1, maxKeys: 2 });
  const said = fc.record({
    text: word,
    reasoning: word,
    calls: fc.array(fc.record({ name: fc.constantFrom("read_file", "write_file"), args }), { maxLength: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(said, HABITS, fc.integer({ min: 1, max: 40 }), async (given, habits, length) => {
      const protocol = protocols[api];
      const { form, pieces } = await sniffed(inPieces(framed(STREAMS[api](given, habits), habits), length));
      let isDone = false;
      const events = eventsOf(pieces, { lineTimeoutMs: 60_000, onDone: () => (isDone = true) });
      const { turn, finish } = protocol.decode(await protocol.collect(events, () => isDone), []);

      expect(form).toBe("events");
      expect(turn.view).toMatchObject({ text: given.text, reasoning: given.reasoning });
      expect(turn.view.calls.map(({ name, args: read }) => ({ name, args: read.kind === "ok" ? read.value : read.error }))).toEqual(
        given.calls,
      );
      expect(new Set(turn.view.calls.map(({ id }) => id)).size).toBe(given.calls.length);
      expect(given.calls.length > 0 ? ["tool-calls"] : ["stop", "other"]).toContain(finish);
    }),
    { numRuns: 400 },
  );
});
