import { expect, test } from "vitest";
import { call, calls, type Reply, says } from "../../fixtures/turn-model.ts";
import { runTrial } from "../trial.ts";

const look = (path = "a.txt") => call("read_file", { path });
const edit = () => call("edit_file", { path: "a.txt", old_text: "one", new_text: "two" });
const failingEdit = (path = "a.txt", old = "zzz") => call("edit_file", { path, old_text: old, new_text: "two" });
const done = says("Done.");
const WAY_OUT = "Try something different, or explain the problem and stop.";

/** Every answer is a call that has not been made before. */
const neverSame = (_: unknown, index: number): Reply => calls([call("run_command", { command: `echo ${index}` })]);

test("the same call with the same result is pointed out the third time and ends the trial the fifth time", async () => {
  const { stop, steps } = await runTrial(() => calls([call("run_command", { command: "echo same; exit 1" })]));

  expect(steps.map(({ nudge }) => nudge)).toEqual([
    null,
    null,
    `This exact call has now returned the same result 3 times. ${WAY_OUT}`,
    null,
    null,
  ]);
  expect(stop).toEqual({ kind: "stuck-repeat", detail: "the same call returned the same result 5 times" });
});

test("the order of arguments does not make another call", async () => {
  const orders = [
    { path: "a.txt", start_line: 1 },
    { start_line: 1, path: "a.txt" },
  ];
  const { stop } = await runTrial((_, index) => calls([call("read_file", orders[index % 2] ?? {})]));

  expect(stop.kind).toBe("stuck-repeat");
});

test.for([
  { length: 2, steps: 10 },
  { length: 3, steps: 15 },
])("a cycle of $length calls ends the trial after five rounds", async ({ length, steps: expected }) => {
  const { stop, steps } = await runTrial((_, index) => calls([call("run_command", { command: `echo ${index % length}` })]));

  expect(stop).toEqual({ kind: "stuck-repeat", detail: `a cycle of ${length} calls returned the same result 5 times` });
  expect(steps).toHaveLength(expected);
  expect(steps.filter(({ nudge }) => nudge?.includes(WAY_OUT)).map(({ iteration }) => iteration)).toEqual([3 * length]);
});

test("running the same tests with other results is progress", async () => {
  const { stop } = await runTrial(() => calls([call("run_command", { command: "echo x >> log; wc -l log; exit 1" })]), {
    limits: { maxIterations: 12 },
  });

  expect(stop.kind).toBe("max-iterations");
});

test("the same failing tests between different edits are progress", async () => {
  const write = (content: string) => call("write_file", { path: "a.txt", content });
  const { stop } = await runTrial((_, index) => calls([write(String(index)), call("run_command", { command: "echo FAILED; exit 1" })]), {
    limits: { maxIterations: 10 },
  });

  expect(stop.kind).toBe("max-iterations");
});

test("eight times the same call in one response is pointed out before it can end the trial", async () => {
  const { stop, steps } = await runTrial([calls(Array.from({ length: 8 }, () => look())), calls([edit()]), done]);

  expect(steps[0]?.nudge).toBe(`This exact call has now returned the same result 8 times. ${WAY_OUT}`);
  expect(stop.kind).toBe("completed");
});

test("the same error on the same path is pointed out the third time and ends the trial the sixth time", async () => {
  const { stop, steps } = await runTrial((_, index) => calls([failingEdit("a.txt", `zzz${index}`)]));

  expect(steps[2]?.nudge).toBe(`The last 3 calls failed with the same error (no_match on a.txt). ${WAY_OUT}`);
  expect(stop).toEqual({ kind: "stuck-errors", detail: "no_match on a.txt, 6 times in a row" });
});

test("errors of other kinds or on other paths are counted apart", async () => {
  const files = { "a.txt": "one\n", "b.txt": "one\n" };
  const { stop } = await runTrial((_, index) => calls([failingEdit(index % 2 === 0 ? "a.txt" : "b.txt", `z${index}`)]), {
    files,
    limits: { maxIterations: 14 },
  });

  expect(stop.kind).toBe("max-iterations");
});

test("another series of errors is pointed out before it can end the trial", async () => {
  const path = (index: number): string => (index < 4 ? "a.txt" : "b.txt");
  const { stop, steps } = await runTrial((_, index) => calls([failingEdit(path(index), `z${index}`)]), {
    files: { "a.txt": "", "b.txt": "" },
  });

  expect(steps.filter(({ nudge }) => nudge?.includes(WAY_OUT)).map(({ iteration }) => iteration)).toEqual([3, 7]);
  expect(stop).toEqual({ kind: "stuck-errors", detail: "no_match on b.txt, 6 times in a row" });
});

test("failing commands alone never end a trial", async () => {
  const { stop } = await runTrial((_, index) => calls([call("run_command", { command: `echo ${index}; exit 2` })]), {
    limits: { maxIterations: 12 },
  });

  expect(stop.kind).toBe("max-iterations");
});

test("an agent that never repeats itself uses all its responses", async () => {
  const { stop, steps } = await runTrial(neverSame);

  expect(stop.kind).toBe("max-iterations");
  expect(steps).toHaveLength(20);
});
