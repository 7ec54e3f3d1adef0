import { expect, test } from "vitest";
import type { Finish } from "../../../src/core/model.ts";
import { brokenCall, call, calls, type Reply, rejects, response, says } from "../../fixtures/turn-model.ts";
import { resultTexts, runTrial } from "../trial.ts";

const look = () => call("read_file", { path: "a.txt" });
const edit = () => call("edit_file", { path: "a.txt", old_text: "one", new_text: "two" });
const done = says("Done.");

const ARGUMENT_ERRORS: readonly { title: string; raw: string; error?: string; expected: string }[] = [
  {
    title: "text that is not JSON",
    raw: '{"path": "a.tx',
    error: "Unterminated string in JSON at position 14.",
    expected: "Error: invalid_json: Unterminated string in JSON at position 14. Send the arguments again as one JSON object.",
  },
  { title: "an array", raw: '["a.txt"]', expected: "Error: invalid_arguments: the arguments must be one JSON object, got an array." },
  { title: "a string", raw: '"a.txt"', expected: 'Error: invalid_arguments: the arguments must be one JSON object, got "a.txt".' },
  { title: "null", raw: "null", expected: "Error: invalid_arguments: the arguments must be one JSON object, got null." },
  { title: "nothing for a tool that needs something", raw: "", expected: "Error: invalid_arguments: path is required." },
  { title: "an object followed by stray quotes", raw: '{"path":"a.txt"}"\' \n', expected: "1\tone" },
];

test.for(ARGUMENT_ERRORS)("arguments that are $title get their own answer", async ({ raw, error, expected }) => {
  const trial = await runTrial([calls([brokenCall("read_file", raw, error)]), done]);

  expect(resultTexts(trial)).toEqual([expected]);
});

test("arguments that break the schema are listed field by field", async () => {
  const bad = call("read_file", { start_line: "x", end_line: 0 });
  const trial = await runTrial([calls([bad]), done]);

  expect(resultTexts(trial)).toEqual([
    'Error: invalid_arguments: path is required; start_line must be an integer, got "x"; end_line must be at least 1, got 0.',
  ]);
  expect(trial.steps[0]?.actions[0]).toMatchObject({ decision: "not-run", errorKind: "invalid_arguments", tier: "read" });
});

test("a tool that does not exist is answered with those that do", async () => {
  const trial = await runTrial([calls([call("bash", { command: "ls" })]), done], { profile: "no-exec" });

  expect(resultTexts(trial)).toEqual([
    "Error: unknown_tool: 'bash'. Available tools: read_file, write_file, edit_file, list_directory, search_files, find_references",
  ]);
});

test("an empty response is dropped, and the model is asked to continue", async () => {
  const { model, steps, stop } = await runTrial([calls([edit()]), says(" \n"), done]);

  expect(model.requests[2]?.turns.map(({ kind }) => kind)).toEqual(["user", "assistant", "tool", "user"]);
  const shown = "Your last response was empty. Continue with a tool call, or reply with a short final message if the task is done.";
  expect(model.requests[2]?.turns.at(-1)).toEqual({ kind: "user", text: shown });
  expect(steps[1]).toMatchObject({ actions: [], nudge: shown });
  expect(stop.kind).toBe("completed");
});

test("calls of a response that hit the output limit are not run", async () => {
  const cut = calls([edit(), brokenCall("write_file", '{"path":"a.txt","con')], { finish: "length" });
  const trial = await runTrial([cut, done], { spec: { maxOutputTokens: 4096 } });

  const text =
    "Error: truncated_call: your response hit the output limit of 4096 tokens while this call was being written, so nothing was run. Write large files in smaller pieces.";
  expect(resultTexts(trial)).toEqual([text, text]);
  expect(trial.steps[0]?.actions.map(({ decision }) => decision)).toEqual(["not-run", "not-run"]);
  expect(trial.journal.entries.filter(({ kind }) => kind === "tool-finished")).toHaveLength(2);
});

test("text that hit the output limit gets the same answer and does not end the trial", async () => {
  const { model, stop } = await runTrial([calls([edit()]), says("I was going to", { finish: "length" }), done], {
    spec: { maxOutputTokens: 4096 },
  });

  expect(model.requests[2]?.turns.at(-1)).toEqual({
    kind: "user",
    text: "Your response hit the output limit of 4096 tokens and was cut off, so nothing was run. Write large files in smaller pieces.",
  });
  expect(stop.kind).toBe("completed");
});

test("a response that hit the output limit before its first word is dropped", async () => {
  const { model } = await runTrial([says("", { finish: "length" }), done]);

  expect(model.requests[1]?.turns.map(({ kind }) => kind)).toEqual(["user", "user"]);
});

test("only the first eight calls of a turn are executed", async () => {
  const trial = await runTrial([calls(Array.from({ length: 10 }, look)), done]);

  const texts = resultTexts(trial);
  expect(texts.slice(0, 8)).toEqual(Array.from({ length: 8 }, () => "1\tone"));
  const late = "Error: too_many_calls: only the first 8 tool calls of a turn are executed. Call this tool again.";
  expect(texts.slice(8)).toEqual([late, late]);
});

const REFUSALS: readonly { title: string; reply: Reply; detail: string }[] = [
  { title: "a finish of refusal", reply: says("I will not.", { finish: "refusal" }), detail: "I will not." },
  {
    title: "a refusal beside the text",
    reply: { ...says(""), turn: { kind: "assistant", native: {}, view: { text: "", reasoning: "", refusal: "No.", calls: [] } } },
    detail: "No.",
  },
  { title: "a rejected request", reply: rejects("refused", "content policy"), detail: "content policy" },
];

test.for(REFUSALS)("$title ends the trial", async ({ reply, detail }) => {
  const { stop, model } = await runTrial([calls([edit()]), reply, done]);

  expect(stop).toEqual({ kind: "refused", detail });
  expect(model.requests).toHaveLength(2);
});

test("a pause sends the turn back unchanged and is no iteration", async () => {
  const pause = says("Let me see.", { finish: "pause" });
  const { model, stop, steps } = await runTrial([pause, calls([edit()]), done], { limits: { maxIterations: 2 } });

  expect(model.requests[1]?.turns.at(-1)).toEqual(pause.turn);
  expect(stop.kind).toBe("completed");
  expect(steps.map(({ nudge }) => nudge)).toEqual([null, "[harness] 1 model response remains.", null]);
});

test("a provider that only pauses cannot keep a trial going forever", async () => {
  const { stop, steps } = await runTrial([says("…", { finish: "pause" })], { limits: { maxIterations: 4 } });

  expect(stop.kind).toBe("max-iterations");
  expect(steps).toHaveLength(9);
});

test("a call that the provider could not read is a protocol error, and the model hears of it", async () => {
  const { model, stop, steps, unbilledAttempts, journal } = await runTrial([
    calls([edit()]),
    rejects("bad-tool-call", "<function=edit"),
    done,
  ]);

  expect(model.requests[2]?.turns.at(-1)).toEqual({
    kind: "user",
    text: "Error: invalid_json: your tool call could not be read: <function=edit\nSend the call again, its arguments as one JSON object.",
  });
  expect(stop.kind).toBe("completed");
  expect(steps).toHaveLength(2);
  expect(unbilledAttempts).toBe(1);
  expect(journal.notes("rejected")).toEqual(["bad-tool-call: <function=edit"]);
});

const PROTOCOL_BREAKS: readonly { title: string; reply: () => Reply }[] = [
  { title: "unreadable arguments", reply: () => calls([brokenCall("read_file", "{")]) },
  { title: "arguments that break the schema", reply: () => calls([call("read_file", {})]) },
  { title: "unknown tools", reply: () => calls([call("bash", {})]) },
  { title: "empty responses", reply: () => says("") },
  { title: "calls the provider could not read", reply: () => rejects("bad-tool-call", "bad") },
];

test.for(PROTOCOL_BREAKS)("three responses in a row with $title end the trial", async ({ reply }) => {
  const { stop, model } = await runTrial(() => reply());

  expect(stop.kind).toBe("protocol-errors");
  expect(model.requests).toHaveLength(3);
});

test("one good call among broken ones starts the count again", async () => {
  const broken = () => calls([brokenCall("read_file", "{"), call("bash", {})]);
  const mixed = () => calls([brokenCall("read_file", "{"), look()]);
  const { stop } = await runTrial([broken(), broken(), mixed(), broken(), broken(), done]);

  expect(stop.kind).toBe("completed");
});

test("eight broken calls in one response are one protocol error", async () => {
  const { stop, steps } = await runTrial([calls(Array.from({ length: 8 }, () => brokenCall("read_file", "{"))), calls([edit()]), done]);

  expect(stop.kind).toBe("completed");
  expect(steps).toHaveLength(3);
});

test.for<Finish>(["other", "stop", "tool-calls"])("a finish of %s with calls runs them, and without calls ends", async (finish) => {
  const trial = await runTrial([response("", [edit()], { finish, finishRaw: "odd" }), says("Done.", { finish, finishRaw: "odd" })]);

  expect(resultTexts(trial)[0]).toContain("Edited a.txt");
  expect(trial.stop.kind).toBe("completed");
  expect(trial.journal.notes("finish")).toEqual(finish === "other" ? Array.from({ length: 2 }, () => "unknown finish reason: odd") : []);
});
