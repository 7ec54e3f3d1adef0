import { expect, test } from "vitest";
import { readEvents, reportedTest } from "../../../src/grade/runner/run-report.ts";
import type { StepExit, StepResult } from "../../../src/grade/runner/step.ts";

const RULE = { passed: 0, failed: 1 };
const END = { kind: "end" };
const ONE = { kind: "test", name: "a", status: "passed", message: null, durationMs: 1 };

function step(events: StepResult["events"], exit: StepExit = { kind: "exited", code: 0 }, strays = 0): StepResult {
  return { exit, durationMs: 5, events, strays, reports: [], log: "" };
}

test("a test is read as it was reported", () => {
  expect(reportedTest({ name: "ä", status: "failed", message: "no", durationMs: 2 })).toEqual({
    name: "ä",
    status: "failed",
    message: "no",
    durationMs: 2,
  });
});

test.for([Number.NaN, Number.POSITIVE_INFINITY, -1, "soon", null, undefined])("a duration of %s is unknown", (durationMs) => {
  expect(reportedTest({ name: "a", status: "PASSED", message: 5, durationMs })).toEqual({
    name: "a",
    status: "failed",
    message: null,
    durationMs: null,
  });
});

test("names that are too long to keep stay different", () => {
  const long = "x".repeat(2_001);
  const names = [`${long}a`, `${long}b`, "x".repeat(2_000)].map((name) => reportedTest({ name }).name);

  expect(new Set(names).size).toBe(3);
  expect(names[2]).toBe("x".repeat(2_000));
  for (const name of names) expect(name.length).toBeLessThanOrEqual(2_000);
});

test("half of a surrogate pair becomes a character that can be stored", () => {
  expect(reportedTest({ name: "a\ud800", message: "\udc00" })).toMatchObject({ name: "a\ufffd", message: "\ufffd" });
});

test("a run of several steps is finished when each reached its end", () => {
  expect(readEvents([step([ONE, END]), step([END])], 2, RULE)).toEqual({
    tests: [{ name: "a", status: "passed", message: null, durationMs: 1 }],
    finished: true,
    strays: 0,
    contradiction: null,
    shapes: null,
  });
});

test.for([
  { title: "a step is missing", results: [step([ONE, END])] },
  { title: "a step did not reach its end", results: [step([ONE, END]), step([ONE], { kind: "exited", code: 1 })] },
  { title: "a step was killed", results: [step([ONE, END]), step([ONE], { kind: "signalled", signal: "SIGKILL" })] },
  { title: "a step ran out of time", results: [step([ONE, END]), step([ONE], { kind: "timed-out" })] },
])("a run is not finished when $title", ({ results }) => {
  expect(readEvents(results, 2, RULE)).toMatchObject({ finished: false, contradiction: null });
});

test.for([
  { title: "status 1 although nothing failed", result: step([ONE, END], { kind: "exited", code: 1 }) },
  { title: "status 0 although a test failed", result: step([{ ...ONE, status: "failed" }, END]) },
  { title: "another status", result: step([{ ...ONE, status: "failed" }, END], { kind: "exited", code: 3 }) },
  { title: "status 0 before its end", result: step([]) },
  { title: "a signal after its end", result: step([ONE, END], { kind: "signalled", signal: "SIGKILL" }) },
])("$title contradicts the report", ({ result }) => {
  expect(readEvents([result], 1, RULE).contradiction).not.toBeNull();
});

test("more tests than a task can have are not a whole run", () => {
  const tests = Array.from({ length: 20_001 }, (_, index) => ({ ...ONE, name: `t${index}` }));

  expect(readEvents([step([...tests, END])], 1, RULE)).toMatchObject({ finished: false });
  expect(readEvents([step([...tests.slice(1), END])], 1, RULE)).toMatchObject({ finished: true });
});

test("a place that was ever seen with an object of its own may have one, whatever order the shapes come in", () => {
  const shapes = (found: object) => ({ kind: "shapes", shapes: found });

  expect(
    readEvents([step([shapes({ "a.f()": "data", "a.g()": "own" }), shapes({ "a.f()": "own", "a.g()": "data", "a.h()": 1 }), END])], 1, RULE)
      .shapes,
  ).toEqual({ "a.f()": "own", "a.g()": "own" });
});
