import { expect, test } from "vitest";
import type { Turn } from "../../../src/core/model.ts";
import { call, calls, type Reply, rejects, says, usage } from "../../fixtures/turn-model.ts";
import { runTrial } from "../trial.ts";

const print = (index: number) => call("run_command", { command: `seq ${index + 1} 200; exit ${index % 2}` });
const done = says("Done.");
const overflow = () => rejects("context-exhausted", "prompt is too long");

const texts = (turns: readonly Turn[] | undefined): string[] =>
  (turns ?? []).flatMap((turn) => (turn.kind === "tool" ? turn.results.map(({ text }) => text) : []));

test("old results are masked in one batch when the window is filled to its share, the last six stay", async () => {
  const reply = (_: unknown, index: number): Reply =>
    index < 12 ? calls([print(index)], { usage: usage(index === 11 ? 700 : 100, 10) }) : done;
  const { model, journal } = await runTrial(reply, { spec: { contextWindow: 1000 }, maskAtShare: 0.6 });

  const before = texts(model.requests[11]?.turns);
  const after = texts(model.requests[12]?.turns);
  expect(before.every((text) => text.startsWith("exit code: "))).toBe(true);
  expect(after).toHaveLength(12);
  expect(after.slice(0, 6)).toEqual(
    before.slice(0, 6).map((text, index) => `[run_command output omitted: exit code ${index % 2}, ${Buffer.byteLength(text)} bytes]`),
  );
  expect(after.slice(6, 11)).toEqual(before.slice(6));
  expect(journal.notes("compaction")[0]).toMatch(/^masked 6 old tool results, [\d ]+ bytes$/);
});

test("the task and the model's own turns are never masked", async () => {
  const reply = (_: unknown, index: number): Reply => (index < 14 ? calls([print(index)], { usage: usage(900, 10) }) : done);
  const { model } = await runTrial(reply, { spec: { contextWindow: 1000 } });

  const kept = (turns: readonly Turn[] | undefined) => turns?.filter(({ kind }) => kind !== "tool");
  const [sent, last] = [kept(model.requests[9]?.turns), kept(model.requests[14]?.turns)];
  expect(last?.slice(0, sent?.length)).toEqual(sent);
});

test("masking waits for a batch, so that the prefix changes seldom", async () => {
  const reply = (_: unknown, index: number): Reply => (index < 18 ? calls([print(index)], { usage: usage(900, 10) }) : done);
  const { journal } = await runTrial(reply, { spec: { contextWindow: 1000 } });

  expect(journal.notes("compaction")).toHaveLength(2);
});

test("nothing is masked where the window is unknown", async () => {
  const reply = (_: unknown, index: number): Reply => (index < 14 ? calls([print(index)], { usage: usage(900_000, 10) }) : done);
  const { journal } = await runTrial(reply, { spec: { contextWindow: null } });

  expect(journal.notes("compaction")).toEqual([]);
});

test("cached tokens fill the window too", async () => {
  const cached = { ...usage(10, 10), cacheReadTokens: 500, cacheWriteTokens: 200 };
  const reply = (_: unknown, index: number): Reply => (index < 12 ? calls([print(index)], { usage: cached }) : done);
  const { journal } = await runTrial(reply, { spec: { contextWindow: 1000 } });

  expect(journal.notes("compaction")).toHaveLength(1);
});

test("a request that does not fit is sent again with old results masked, however few", async () => {
  const reply = (_: unknown, index: number): Reply => (index < 8 ? calls([print(index)]) : index === 8 ? overflow() : done);
  const { model, stop, journal } = await runTrial(reply);

  const [refused, retried] = [texts(model.requests[8]?.turns), texts(model.requests[9]?.turns)];
  expect(refused.filter((text) => text.includes("omitted"))).toEqual([]);
  expect(retried.map((text) => text.includes("output omitted"))).toEqual([true, true, false, false, false, false, false, false]);
  expect(journal.notes("rejected")).toEqual(["context-exhausted: prompt is too long"]);
  expect(stop.kind).toBe("completed");
});

test("a request that does not fit twice ends the trial", async () => {
  const { stop, model } = await runTrial((_, index) => (index < 8 ? calls([print(index)]) : overflow()));

  expect(stop).toEqual({ kind: "context-exhausted", detail: "prompt is too long" });
  expect(model.requests).toHaveLength(10);
});

test("a request that does not fit with nothing to mask ends the trial at once", async () => {
  const { stop, model } = await runTrial([calls([print(1)]), overflow()]);

  expect(stop.kind).toBe("context-exhausted");
  expect(model.requests).toHaveLength(2);
});

test("an overflow after room was made gets its own retry", async () => {
  const reply = (_: unknown, index: number): Reply =>
    index === 8 || index === 12 ? overflow() : index < 16 ? calls([print(index)]) : done;
  const { stop, journal } = await runTrial(reply);

  expect(stop.kind).toBe("completed");
  expect(journal.notes("compaction")).toHaveLength(2);
});

test("a response that the window cut off is dropped and is no iteration", async () => {
  const cut = says("I was about to", { finish: "context" });
  const reply = (_: unknown, index: number): Reply => (index < 8 ? calls([print(index)]) : index === 8 ? cut : done);
  const { stop, model, steps } = await runTrial(reply, { limits: { maxIterations: 9 } });

  expect(stop.kind).toBe("completed");
  expect(model.requests[9]?.turns.at(-1)?.kind).toBe("tool");
  expect(steps.map(({ iteration }) => iteration)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});
