import { expect, test } from "vitest";
import { summarizeRun } from "../../src/analysis/summary.ts";
import type { RunRecord } from "../../src/core/record.ts";
import { unfinishedSentences, type Whereabouts } from "../../src/report/unfinished-words.ts";
import { writeReport } from "../../src/report/written-report.ts";
import { anArmResult, aRun, aTaskResult } from "../fixtures/record.ts";

// Three tasks of three attempts, of which one is done, one has only an error, and one has nothing.
function saidOf(changes: Partial<RunRecord>, whereabouts: Whereabouts = {}): readonly string[] {
  const perTask = [aTaskResult("done", 1, 1), aTaskResult("failed", 0, 0, { errors: 1 }), aTaskResult("left", 0, 0)];
  return unfinishedSentences(summarizeRun(aRun({ attempts: 1, ...changes }), [anArmResult("gpt", perTask)]), whereabouts);
}

test.for<{ title: string; run: Partial<RunRecord>; whereabouts?: Whereabouts; said: string }>([
  {
    title: "whose process was killed",
    run: { end: null },
    said: "Run 20260102-0304-abcd: 1 of 3 tasks not finished; its process ended without saying why; resume with: bench run --resume 20260102-0304-abcd",
  },
  {
    title: "that was interrupted",
    run: { end: "interrupted", stoppedBy: "interrupted with Ctrl-C (SIGINT)" },
    said: "Run 20260102-0304-abcd: 1 of 3 tasks not finished; it stopped: interrupted with Ctrl-C (SIGINT); resume with: bench run --resume 20260102-0304-abcd",
  },
  {
    title: "of an older version, which did not store why",
    run: { end: "interrupted" },
    said: "Run 20260102-0304-abcd: 1 of 3 tasks not finished; it was interrupted; resume with: bench run --resume 20260102-0304-abcd",
  },
  {
    title: "of a gate in another database",
    run: { end: "failed", stoppedBy: "gpt: the key was rejected", settings: { gate: {} } },
    whereabouts: { databaseFlag: " --db other.db" },
    said: "Run 20260102-0304-abcd: 1 of 3 tasks not finished; it stopped: gpt: the key was rejected; resume with: bench gate --resume 20260102-0304-abcd --db other.db",
  },
  {
    title: "that is under way",
    run: { end: null },
    whereabouts: { running: new Set(["20260102-0304-abcd"]) },
    said: "Run 20260102-0304-abcd is under way: 1 of 3 tasks not finished yet.",
  },
])("a run $title is said to be unfinished, and why", ({ run, whereabouts, said }) => {
  expect(saidOf(run, whereabouts)).toEqual([said]);
});

test("nothing is said of a run whose trials all have a result, errors included", () => {
  const perTask = [aTaskResult("done", 1, 1), aTaskResult("failed", 0, 0, { errors: 1 })];

  expect(unfinishedSentences(summarizeRun(aRun({ attempts: 1, end: "complete" }), [anArmResult("gpt", perTask)]), {})).toEqual([]);
});

test("a reason from a provider is shown on one line and is cut", () => {
  const [said = ""] = saidOf({ end: "failed", stoppedBy: `bad\n${"x".repeat(10_000)}` });

  expect(said.length).toBeLessThan(600);
  expect(said).not.toContain("\n");
});

test("a report holds the sentences, for every form that is made of it", () => {
  const run = aRun({ attempts: 1, end: null });
  const report = writeReport(summarizeRun(run, [anArmResult("gpt", [aTaskResult("left", 0, 0)])]));

  expect(report.unfinished).toEqual([expect.stringContaining("1 of 1 task not finished")]);
});
