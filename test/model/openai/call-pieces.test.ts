import fc from "fast-check";
import { ChatCompletionStream } from "openai/lib/ChatCompletionStream";
import { describe, expect, test } from "vitest";
import { CallPieces } from "../../../src/model/openai/call-pieces.ts";

type Piece = Record<string, unknown>;
type Joined = { readonly name: string; readonly args: unknown };

const piece = (parts: { index?: number; id?: string; name?: string | null; args?: unknown }): Piece => ({
  ...(parts.index !== undefined && { index: parts.index }),
  ...(parts.id !== undefined && { id: parts.id }),
  type: "function",
  function: { ...(parts.name !== undefined && { name: parts.name }), ...(parts.args !== undefined && { arguments: parts.args }) },
});

function joined(pieces: readonly Piece[]): readonly Joined[] {
  const calls = new CallPieces();
  for (const each of pieces) calls.add(each);
  return calls.calls().map(asJoined);
}

function asJoined(call: unknown): Joined {
  const { name, arguments: args } = (call as { function: { name: string; arguments: string } }).function;
  return { name, args: parsedOr(args) };
}

function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** What the official client makes of the pieces; an error where it fails on them. */
async function joinedBySdk(pieces: readonly Piece[]): Promise<unknown> {
  const chunk = (delta: object, finish_reason: string | null) => ({
    id: "c",
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices: [{ index: 0, delta, finish_reason }],
  });
  const lines = [...pieces.map((each) => chunk({ role: "assistant", tool_calls: [each] }, null)), chunk({}, "tool_calls")];
  const text = new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(text);
      controller.close();
    },
  });
  try {
    const message = await ChatCompletionStream.fromReadableStream(body).finalMessage();
    return (message.tool_calls ?? []).map(asJoined);
  } catch (error) {
    return error;
  }
}

const READ = { name: "read_file", args: { path: "README.md" } };
const WRITE = { name: "write_file", args: { path: "a.py", content: "x = {'a': \"b\"}\n" } };
const [readText, writeText] = [JSON.stringify(READ.args), JSON.stringify(WRITE.args)];
const TWO_READS = [READ, { name: "read_file", args: { path: "b.py" } }];

describe("the pieces of streamed calls", () => {
  test.for<{ title: string; pieces: readonly Piece[]; calls: readonly Joined[] }>([
    {
      title: "with one index for all calls, and ids (Gemini's bridge, Ollama)",
      pieces: [
        piece({ index: 0, id: "a", name: "read_file", args: readText }),
        piece({ index: 0, id: "b", name: "write_file", args: writeText }),
      ],
      calls: [READ, WRITE],
    },
    {
      title: "with one index for all calls, and no ids",
      pieces: [
        piece({ index: 0, name: "read_file", args: readText }),
        piece({ index: 0, name: "write_file", args: writeText.slice(0, 9) }),
        piece({ index: 0, args: writeText.slice(9) }),
      ],
      calls: [READ, WRITE],
    },
    {
      title: "of two calls of one tool, with one index and no ids",
      pieces: [piece({ index: 0, name: "read_file", args: readText }), piece({ index: 0, name: "read_file", args: '{"path":"b.py"}' })],
      calls: TWO_READS,
    },
    {
      title: "of two calls of one tool, with one index and one id",
      pieces: [
        piece({ index: 0, id: "call", name: "read_file", args: readText }),
        piece({ index: 0, id: "call", name: "read_file", args: '{"path":"b.py"}' }),
      ],
      calls: TWO_READS,
    },
    {
      title: "with an id that changes from piece to piece (poolsideai/pool#9)",
      pieces: [
        piece({ index: 0, id: "x1", name: "write_file", args: "" }),
        piece({ index: 0, id: "x2", args: writeText.slice(0, 20) }),
        piece({ index: 0, id: "x3", args: writeText.slice(20) }),
      ],
      calls: [WRITE],
    },
    {
      title: "with an id that changes and the name in every piece",
      pieces: [
        piece({ index: 0, id: "x1", name: "write_file", args: writeText.slice(0, 20) }),
        piece({ index: 0, id: "x2", name: "write_file", args: writeText.slice(20) }),
      ],
      calls: [WRITE],
    },
    {
      title: "with the name in every piece and no ids",
      pieces: [
        piece({ index: 0, name: "write_file", args: "" }),
        piece({ index: 0, name: "write_file", args: writeText.slice(0, 20) }),
        piece({ index: 0, name: "write_file", args: writeText.slice(20) }),
      ],
      calls: [WRITE],
    },
    {
      title: "with arguments as an object (llm-venice#45)",
      pieces: [piece({ index: 0, id: "a", name: "read_file", args: {} }), piece({ index: 0, id: "a", args: READ.args })],
      calls: [READ],
    },
    {
      title: "of a whole call that comes twice",
      pieces: [
        piece({ index: 0, id: "a", name: "read_file", args: readText }),
        piece({ index: 0, id: "a", name: "read_file", args: readText }),
      ],
      calls: [READ],
    },
    {
      title: "with an index that counts pieces",
      pieces: [
        piece({ index: 0, id: "a", name: "write_file", args: "" }),
        piece({ index: 1, args: writeText.slice(0, 20) }),
        piece({ index: 2, args: writeText.slice(20) }),
      ],
      calls: [WRITE],
    },
    {
      title: "with an index in the first piece alone",
      pieces: [piece({ index: 1, id: "a", name: "write_file", args: "" }), piece({ args: writeText })],
      calls: [WRITE],
    },
    {
      title: "that interleave by id under one index",
      pieces: [
        piece({ index: 0, id: "a", name: "read_file", args: readText.slice(0, 5) }),
        piece({ index: 0, id: "b", name: "write_file", args: writeText.slice(0, 9) }),
        piece({ index: 0, id: "a", args: readText.slice(5) }),
        piece({ index: 0, id: "b", args: writeText.slice(9) }),
      ],
      calls: [READ, WRITE],
    },
    {
      title: "of a name that comes after the id",
      pieces: [piece({ index: 0, id: "a" }), piece({ index: 0, name: "read_file" }), piece({ index: 0, args: readText })],
      calls: [READ],
    },
  ])("$title are joined to their calls", async ({ pieces, calls }) => {
    expect(joined(pieces)).toEqual(calls);
  });

  test("with one index for all calls are one call, and no valid one, to the official client", async () => {
    const pieces = [
      piece({ index: 0, id: "a", name: "read_file", args: readText }),
      piece({ index: 0, id: "b", name: "write_file", args: writeText }),
    ];

    expect(await joinedBySdk(pieces)).not.toEqual([READ, WRITE]);
    expect(joined(pieces)).toEqual([READ, WRITE]);
  });

  test("as OpenAI sends them are joined as the official client does, with indexes from anywhere and interleaved", async () => {
    const pieces = [
      piece({ index: 2, id: "a", name: "read_file", args: "" }),
      piece({ index: 5, id: "b", name: "write_file", args: "" }),
      piece({ index: 2, args: readText }),
      piece({ index: 5, args: writeText }),
    ].map(({ type: _type, ...rest }, at) => (at < 2 ? { ...rest, type: "function" } : rest));
    const dense = pieces.map((each) => ({ ...each, index: each["index"] === 2 ? 0 : 1 }));

    expect(joined(pieces)).toEqual([READ, WRITE]);
    expect(await joinedBySdk(dense)).toEqual([READ, WRITE]);
  });
});

/** What a host does to the pieces of calls; each habit leaves enough to tell them apart. */
type Habit = { readonly title: string; readonly spoil: (calls: readonly Joined[], cuts: readonly number[]) => readonly Piece[] };

function cutInto(text: string, cuts: readonly number[]): readonly string[] {
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...places].map((start, at) => text.slice(start, places[at] ?? text.length));
}

const eachPiece =
  (make: (part: { readonly call: number; readonly at: number; readonly name: string; readonly text: string }) => Piece): Habit["spoil"] =>
  (calls, cuts) =>
    calls.flatMap(({ name, args }, call) => cutInto(JSON.stringify(args), cuts).map((text, at) => make({ call, at, name, text })));

const HABITS: readonly Habit[] = [
  {
    title: "as OpenAI does",
    spoil: eachPiece(({ call, at, name, text }) => piece({ index: call, ...(at === 0 && { id: `id${call}`, name }), args: text })),
  },
  {
    title: "index 0, ids",
    spoil: eachPiece(({ call, at, name, text }) => piece({ index: 0, id: `id${call}`, ...(at === 0 && { name }), args: text })),
  },
  { title: "index 0, no ids", spoil: eachPiece(({ at, name, text }) => piece({ index: 0, ...(at === 0 && { name }), args: text })) },
  { title: "no index", spoil: eachPiece(({ call, at, name, text }) => piece({ ...(at === 0 && { id: `id${call}`, name }), args: text })) },
  {
    title: "ids that change",
    spoil: eachPiece(({ call, at, name, text }) => piece({ index: call, id: `id${call}-${at}`, ...(at === 0 && { name }), args: text })),
  },
  {
    title: "names in every piece",
    spoil: eachPiece(({ call, name, text }) => piece({ index: call, id: `id${call}`, name, args: text })),
  },
  {
    title: "whole calls",
    spoil: (calls) => calls.map(({ name, args }) => piece({ index: 0, name, args: JSON.stringify(args) })),
  },
  { title: "objects", spoil: (calls) => calls.map(({ name, args }, call) => piece({ index: 0, id: `id${call}`, name, args })) },
  {
    title: "interleaved",
    spoil(calls, cuts) {
      const all = calls.map(({ name, args }, call) =>
        cutInto(JSON.stringify(args), cuts).map((text, at) =>
          piece({ index: call, ...(at === 0 && { id: `id${call}`, name }), args: text }),
        ),
      );
      const longest = Math.max(0, ...all.map(({ length }) => length));
      return Array.from({ length: longest }, (_, at) => all.flatMap((pieces) => pieces[at] ?? [])).flat() as Piece[];
    },
  },
];

test.for(HABITS)("calls are the same however a host cuts them: $title", ({ spoil }) => {
  const args = fc.dictionary(
    fc.string({ minLength: 1 }).filter((key) => key !== "__proto__"),
    fc.oneof(fc.string(), fc.integer(), fc.constant('{"}\\"')),
    {
      minKeys: 1,
      maxKeys: 3,
    },
  );
  const calls = fc.array(fc.record({ name: fc.constantFrom("read_file", "write_file", "run_command"), args }), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(calls, fc.array(fc.nat(60), { maxLength: 3 }), (given, cuts) => {
      expect(joined(spoil(given, cuts))).toEqual(given);
    }),
    { numRuns: 300 },
  );
});

test("a call that came to no end is not whole", () => {
  const calls = new CallPieces();
  calls.add(piece({ index: 0, id: "a", name: "write_file", args: '{"path":"a.py","content":"}' }));

  expect(calls.isWhole).toBe(false);
  calls.add(piece({ index: 0, args: '"}' }));
  expect(calls.isWhole).toBe(true);
});
