import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_STREAM_EVENTS, OverBound } from "../../../src/model/answer/bounds.ts";
import { eventsOf } from "../../../src/model/answer/event-stream.ts";
import { BadAnswer } from "../../../src/model/protocol.ts";

const NO_TIMEOUT_MS = 60_000;

async function* each(pieces: Iterable<string>): AsyncGenerator<string> {
  yield* pieces;
}

async function listed(events: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const event of events) all.push(event);
  return all;
}

async function read(pieces: Iterable<string>): Promise<unknown[]> {
  return listed(eventsOf(each(pieces), { lineTimeoutMs: NO_TIMEOUT_MS }));
}

describe("the events of a stream", () => {
  test.for([
    { title: "data alone", text: 'data: {"a":1}\n\ndata:{"a":2}\n\n', events: [{ a: 1 }, { a: 2 }] },
    {
      title: "names, ids, comments and unknown fields",
      text: ': hi\n\nid: 1\nretry: 5\nevent: x\ndata: {"a":1}\nfoo\n\n',
      events: [{ a: 1 }],
    },
    {
      title: "carriage returns",
      text: 'data: {"a":1}\r\n\r\ndata: {"a":2}\r\rdata: {"a":3}\n\r\n',
      events: [{ a: 1 }, { a: 2 }, { a: 3 }],
    },
    { title: "data over several lines", text: 'data: {"a":\ndata: 1}\n\n', events: [{ a: 1 }] },
    { title: "pings", text: "event: ping\ndata: {}\n\n", events: [] },
    { title: "nothing after the end mark", text: 'data: {"a":1}\n\ndata: [DONE]\n\ndata: {"a":2}\n\n', events: [{ a: 1 }] },
    { title: "nothing of an event that was cut off", text: 'data: {"a":1}\n\ndata: {"a":2}\n', events: [{ a: 1 }] },
  ])("are read with $title", async ({ text, events }) => {
    expect(await read([text])).toEqual(events);
  });

  test("are the same however the stream is cut into pieces", async () => {
    const lines = fc.constantFrom('data: {"a":1}', "data: [2]", "event: x", ": c", "", "", "id: 9");
    const ends = fc.constantFrom("\n", "\r\n");
    await fc.assert(
      fc.asyncProperty(fc.array(lines), ends, fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }), async (all, end, lengths) => {
        const text = `${all.join(end)}${end}`;
        const pieces: string[] = [];
        for (let at = 0, n = 0; at < text.length; n++) {
          pieces.push(text.slice(at, at + (lengths[n % lengths.length] ?? 1)));
          at += lengths[n % lengths.length] ?? 1;
        }
        const outcome = (given: Iterable<string>) => read(given).catch((error: unknown) => String(error));
        expect(await outcome(pieces)).toEqual(await outcome([text]));
      }),
    );
  });

  test.for([
    { title: "an event named error", text: 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error"}}\n\n' },
    { title: "an error in an event", text: 'data: {"error":{"code":529}}\n\n' },
  ])("end with $title", async ({ text }) => {
    await expect(read([text])).rejects.toMatchObject({ label: "error-event", error: expect.anything() });
  });
});

test("a line in pieces of one character is gathered in linear time", async () => {
  const count = 300_000;
  const pieces = function* () {
    yield 'data: "';
    for (let n = 0; n < count; n++) yield "x";
    yield '"\n\n';
  };
  const began = performance.now();

  expect(await read(pieces())).toEqual(["x".repeat(count)]);
  expect(performance.now() - began).toBeLessThan(20_000);
});

test.for<{ title: string; pieces: () => Iterable<string> }>([
  { title: "a line without end", pieces: () => repeated("x".repeat(65_536), 400) },
  { title: "an event of lines without end", pieces: () => repeated("data: x\n".repeat(8_192), 400) },
  { title: "too many events", pieces: () => repeated("data: 1\n\n".repeat(1_000), MAX_STREAM_EVENTS / 1_000 + 1) },
  { title: "an event of too many values", pieces: () => [`data: [${"[],".repeat(200_000)}1]\n\n`] },
])("$title is refused", async ({ pieces }) => {
  await expect(read(pieces())).rejects.toBeInstanceOf(OverBound);
});

test("a stream that brings no line in time is given up, however often a byte comes", async () => {
  const drip = async function* () {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      yield "x";
    }
  };

  await expect(listed(eventsOf(drip(), { lineTimeoutMs: 50 }))).rejects.toBeInstanceOf(BadAnswer);
});

test("a timer fires while a long stream is read", async () => {
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
  }, 1);
  await read(repeated('data: {"a":1}\n\n'.repeat(5_000), 40));
  clearInterval(timer);

  expect(ticks).toBeGreaterThan(3);
});

function* repeated(text: string, times: number): Generator<string> {
  for (let n = 0; n < times; n++) yield text;
}
