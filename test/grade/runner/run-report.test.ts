import { expect, test } from "vitest";
import { parseReport } from "../../../src/grade/runner/run-report.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const whole = { end: { kind: "exited", code: 1 }, finished: true, strays: 0, outOfMemory: false, tests: [] };

test("a report is read as it was written", () => {
  const tests = [{ name: "ä", status: "failed", message: "no", durationMs: 2 }];

  expect(parseReport(bytes(JSON.stringify({ ...whole, tests })))).toEqual({ ...whole, tests });
});

test("an unknown status counts as failed, and an invalid message or time is left out", () => {
  const tests = [{ name: "a", status: "PASSED", message: 5, durationMs: "soon" }];

  expect(parseReport(bytes(JSON.stringify({ ...whole, tests })))?.tests).toEqual([
    { name: "a", status: "failed", message: null, durationMs: null },
  ]);
});

test.for([
  "",
  "null",
  "[]",
  "{",
  "{}",
  JSON.stringify({ ...whole, end: null }),
  JSON.stringify({ ...whole, end: { kind: "exited", code: "1" } }),
  JSON.stringify({ ...whole, end: { kind: "vanished" } }),
  JSON.stringify({ ...whole, finished: 1 }),
  JSON.stringify({ ...whole, strays: null }),
  JSON.stringify({ ...whole, tests: {} }),
  JSON.stringify({ ...whole, tests: [{ status: "passed" }] }),
  JSON.stringify({ ...whole, tests: [null] }),
])("%s is no report", (text) => {
  expect(parseReport(bytes(text))).toBeNull();
});

test("bytes that are not text are no report", () => {
  expect(parseReport(new Uint8Array([0xff, 0xfe, 0x7b]))).toBeNull();
});

test("a report of more tests than a task can have is no report", () => {
  const tests = (count: number) => Array.from({ length: count }, (_, index) => ({ name: `t${index}`, status: "passed" }));

  expect(parseReport(bytes(JSON.stringify({ ...whole, tests: tests(20_000) })))?.tests).toHaveLength(20_000);
  expect(parseReport(bytes(JSON.stringify({ ...whole, tests: tests(20_001) })))).toBeNull();
});
