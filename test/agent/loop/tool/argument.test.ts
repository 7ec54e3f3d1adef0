import { expect, test } from "vitest";
import { checkArguments } from "../../../../src/agent/loop/tool/argument.ts";
import type { Fields } from "../../../../src/agent/loop/tool/tool.ts";
import { brokenCall, call } from "../../../fixtures/turn-model.ts";

const FIELDS: Fields = {
  name: { type: "string", description: "", required: true },
  count: { type: "integer", description: "", required: false, min: 1, max: 9 },
  all: { type: "boolean", description: "", required: false },
};

test.for([
  { sent: { name: "x" }, args: { name: "x" } },
  { sent: { name: 5, count: "5", all: "true" }, args: { name: "5", count: 5, all: true } },
  { sent: { name: false, count: 5.0, all: "false" }, args: { name: "false", count: 5, all: false } },
  { sent: { name: "", count: null, all: null }, args: { name: "" } },
  { sent: { name: "x", count: " 7 " }, args: { name: "x", count: 7 } },
  { sent: { name: "x", count: "7.0" }, args: { name: "x", count: 7 } },
])("$sent is read as $args", ({ sent, args }) => {
  expect(checkArguments(call("t", sent), FIELDS)).toEqual({ kind: "ok", args, unknownKeys: [] });
});

test.for([
  { sent: {}, problem: "name is required." },
  { sent: { name: null }, problem: "name is required." },
  { sent: { name: ["x"] }, problem: "name must be a string, got an array." },
  { sent: { name: { a: 1 } }, problem: "name must be a string, got an object." },
  { sent: { name: "x", count: 1.5 }, problem: "count must be an integer, got 1.5." },
  { sent: { name: "x", count: "1e2" }, problem: 'count must be an integer, got "1e2".' },
  { sent: { name: "x", count: "" }, problem: 'count must be an integer, got "".' },
  { sent: { name: "x", count: 10 }, problem: "count must be between 1 and 9, got 10." },
  { sent: { name: "x", count: 1e300 }, problem: "count must be an integer, got 1e+300." },
  { sent: { name: "x", all: "yes" }, problem: 'all must be a boolean, got "yes".' },
  { sent: { name: "x", all: 1 }, problem: "all must be a boolean, got 1." },
  {
    sent: { count: "no", all: "x".repeat(100) },
    problem: `name is required; count must be an integer, got "no"; all must be a boolean, got "${"x".repeat(59)}….`,
  },
])("$sent is refused", ({ sent, problem }) => {
  expect(checkArguments(call("t", sent), FIELDS)).toMatchObject({
    kind: "invalid",
    outcome: { errorKind: "invalid_arguments", text: `Error: invalid_arguments: ${problem}` },
  });
});

test("unknown keys are listed, those that every object inherits too", () => {
  const sent = JSON.parse('{"name":"x","__proto__":{"count":3},"constructor":1,"b":2}');

  expect(checkArguments(call("t", sent), FIELDS)).toEqual({
    kind: "ok",
    args: { name: "x" },
    unknownKeys: ["__proto__", "constructor", "b"],
  });
});

test("an inherited value is no argument", () => {
  expect(checkArguments(call("t", Object.create({ name: "x" })), FIELDS).kind).toBe("invalid");
});

test("a parser's message is quoted in part", () => {
  const checked = checkArguments(brokenCall("t", "{", `Bad ${"x".repeat(5000)}`), FIELDS);

  expect(checked.kind === "invalid" ? checked.outcome.text.length : 0).toBeLessThan(400);
});

test("a text that only begins like an object is no object", () => {
  const checked = checkArguments(brokenCall("t", '{"name":"x"} and more', "Unexpected token a"), FIELDS);

  expect(checked).toMatchObject({ kind: "invalid", outcome: { errorKind: "invalid_json" } });
});

test("arguments that are JSON but not an object are not called unreadable", () => {
  const sent = {
    id: "1",
    name: "t",
    args: { kind: "invalid", error: "expected a JSON object, not an array" },
    rawArguments: null,
  } as const;

  expect(checkArguments(sent, FIELDS)).toMatchObject({
    outcome: { text: "Error: invalid_arguments: expected a JSON object, not an array. Send the arguments again as one JSON object." },
  });
});
