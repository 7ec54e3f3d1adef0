import fc from "fast-check";
import { expect, test } from "vitest";
import { readArguments, readInput } from "../../src/model/tool-call.ts";

test.for([
  { title: "an object", raw: '{"path":"a.py"}', value: { path: "a.py" }, replay: '{"path":"a.py"}' },
  { title: "an object with space around it", raw: ' {"a": 1} \n', value: { a: 1 }, replay: ' {"a": 1} \n' },
  { title: "nothing at all", raw: "", value: {}, replay: "{}" },
  { title: "an object and a stray quote", raw: '{"a":"b"}"', value: { a: "b" }, replay: '{"a":"b"}' },
  { title: "an object and stray quotes and space", raw: '{"a":{}} \'"` \n', value: { a: {} }, replay: '{"a":{}}' },
])("arguments may be $title", ({ raw, value, replay }) => {
  expect(readArguments(raw)).toEqual({ args: { kind: "ok", value }, replayText: replay, keptText: raw, repair: null });
});

test.for([
  { title: "cut off", raw: '{"path":"a.p' },
  { title: "two objects", raw: '{"a":1}{"b":2}' },
  { title: "prose", raw: "I will read a.py" },
  { title: "an array", raw: '["a.py"]' },
  { title: "a string", raw: '"a.py"' },
  { title: "null", raw: "null" },
])("arguments that are $title are invalid and go back as an object", ({ raw }) => {
  const { args, replayText } = readArguments(raw);

  expect(args).toMatchObject({ kind: "invalid", error: expect.stringMatching(/./) });
  expect(JSON.parse(replayText)).toEqual({ _invalid: raw });
});

test("invalid arguments go back shortened, never with half a character", () => {
  const { replayText } = readArguments(`${"x".repeat(499)}😀${"y".repeat(5000)}`);

  expect(JSON.parse(replayText)).toEqual({ _invalid: "x".repeat(499) });
});

test("whatever a model writes, what goes back is a JSON object", () => {
  const texts = fc.oneof(
    fc.string(),
    fc.json(),
    fc.json().map((json) => `${json}"`),
    fc.json().map((json) => json.slice(0, -1)),
  );
  fc.assert(
    fc.property(texts, (raw) => {
      const { args, replayText } = readArguments(raw);
      const replayed = JSON.parse(replayText);
      expect(typeof replayed === "object" && replayed !== null && !Array.isArray(replayed)).toBe(true);
      if (args.kind === "ok") expect(replayed).toEqual(args.value);
    }),
  );
});

test.for([
  { input: { a: 1 }, kind: "ok", replay: { a: 1 } },
  { input: '{"a":1}', kind: "ok", replay: { a: 1 } },
  { input: '{"a":', kind: "invalid", replay: { _invalid: '{"a":' } },
  { input: [1], kind: "invalid", replay: { _invalid: "[1]" } },
  { input: undefined, kind: "invalid", replay: { _invalid: "null" } },
])("an input of $input is $kind", ({ input, kind, replay }) => {
  const read = readInput(input);

  expect(read.args.kind).toBe(kind);
  expect(read.replay).toEqual(replay);
});

test.for([
  { title: "too long", raw: `{"path":"a","content":"${"x".repeat(3_000_000)}"}` },
  { title: "too deep", raw: `{"a":${"[".repeat(300)}${"]".repeat(300)}}` },
  { title: "of too many values", raw: `{"a":[${"[],".repeat(60_000)}1]}` },
])("arguments that are $title are JSON, but the model is told that they are invalid, and only their beginning is kept", ({ raw }) => {
  const { args, replayText, keptText } = readArguments(raw);

  expect(JSON.parse(raw)).toBeTypeOf("object");
  expect(args).toMatchObject({ kind: "invalid", error: expect.stringMatching(/too (long|many)/) });
  expect([replayText.length, keptText.length].every((length) => length < 1_500)).toBe(true);
});
