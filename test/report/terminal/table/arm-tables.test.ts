import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { summarizeRun } from "../../../../src/analysis/summary.ts";
import type { ArmResult } from "../../../../src/core/record.ts";
import { palette } from "../../../../src/report/terminal/palette.ts";
import { taskTable } from "../../../../src/report/terminal/run-report-text.ts";
import { speedLines, summaryTable } from "../../../../src/report/terminal/table/arm-tables.ts";
import { writeReport } from "../../../../src/report/written-report.ts";
import { anArmResult, aRun, aTaskResult } from "../../../fixtures/record.ts";

const RUN = aRun();

function arm(changes: Partial<ArmResult>): ArmResult {
  const perTask = [aTaskResult("add", 2, 2, { costUsd: 0.5 }), aTaskResult("sub", 1, 1, { errors: 1, costUsd: 0.25 })];
  return anArmResult("gpt", perTask, {
    armId: "a",
    iterations: 12,
    inputTokens: 1200,
    cacheReadTokens: 2_500_000,
    cacheWriteTokens: 300,
    outputTokens: 950,
    costUsd: 0.75,
    paidUsd: 0.75,
    unbilledAttempts: 2,
    spentUsd: 0.75,
    medianWorkingMs: 65_000,
    ...changes,
  });
}

const UNPRICED = arm({
  armId: "b",
  name: "oracle",
  api: "scripted",
  perTask: [aTaskResult("add", 0, 2), aTaskResult("sub", 0, 0)],
  graded: 2,
  passed: 0,
  errors: 0,
  iterations: 4,
  costUsd: null,
  paidUsd: null,
  unbilledAttempts: 0,
  spentUsd: 0,
  medianWorkingMs: 400,
});

test("an arm without a graded trial has no figures, rather than zeros", () => {
  const errors = { perTask: [], graded: 0, passed: 0, errors: 2, iterations: 0, uncachedTokens: 0, cachedTokens: 0, outputTokens: 0 };
  const table = summaryTable(writeReport(summarizeRun(RUN, [arm({ ...errors, costUsd: 0, medianWorkingMs: null })])), palette(false));

  expect(table.split("\n")[1]?.trim().split(/ {2,}/)).toEqual(["gpt", ...Array(2).fill("-"), "0/0", "2", ...Array(7).fill("-")]);
});

test("the summary shows every figure once, an unknown cost as unknown, and errors separately", () => {
  const table = summaryTable(writeReport(summarizeRun(RUN, [arm({}), UNPRICED])), palette(false));

  expect(table).toMatchInlineSnapshot(`
    "Model    Pass rate  95% interval  Passed  Errors  Iterations  Uncached  Cached  Output     Cost  Cost/solved  Median time
    gpt        100.0 %    1 to 100 %     3/3       1         4.0      1.5k   2.50M     950  $0.750+       $0.250       1m 05s
    oracle*      0.0 %     0 to 84 %     0/2       0         2.0      1.5k   2.50M     950  unknown            -        0.4 s

    * scripted, not a language model
    Run 20260102-0304-abcd: 2 tasks of starter, 2 attempts each. Pass rates weight tasks equally; intervals are for tasks like these.
    Errors are failures of the harness, a provider, the configuration or the task; they do not count against a model. --resume runs them again.
    Run 20260102-0304-abcd: 1 of 2 tasks not finished; its process ended without saying why; resume with: bench run --resume 20260102-0304-abcd
    + 2 requests failed or were cut off and may have been billed in addition."
  `);
});

test("the task table shows passed of graded and marks what is missing", () => {
  expect(taskTable(writeReport(summarizeRun(RUN, [arm({}), UNPRICED])), palette(false))).toMatchInlineSnapshot(`
    "Task         gpt  oracle*
    add          2/2      0/2
    sub   1/1 +1 err        -"
  `);
});

test("colours do not change the text", () => {
  const report = writeReport(summarizeRun(RUN, [arm({}), UNPRICED]));

  expect(stripVTControlCharacters(summaryTable(report, palette(true)))).toBe(summaryTable(report, palette(false)));
  expect(summaryTable(report, palette(true))).not.toBe(summaryTable(report, palette(false)));
});

test("cost per solved task is unknown when a cost is, and absent when nothing was solved", () => {
  const [priced, unpriced, unsolved] = summarizeRun(RUN, [
    arm({}),
    arm({ costUsd: null }),
    arm({ passed: 0, perTask: [aTaskResult("add", 0, 2)] }),
  ]).arms;

  expect(priced?.costPerSolvedUsd).toBe(0.25);
  expect(unpriced?.costPerSolvedUsd).toBeNull();
  expect(unsolved?.costPerSolvedUsd).toBeNull();
});

test("a report counts the trials that have no result yet", () => {
  expect(summarizeRun(RUN, [arm({}), UNPRICED])).toMatchObject({ planned: 8, missing: 2 });
  expect(summarizeRun(RUN, [])).toMatchObject({ planned: 0, missing: 0 });
});

test("unknown tokens are unknown, doubtful figures are marked, and a small table beside the wide one tells how fast models answer", () => {
  const local = arm({
    name: "local-qwen",
    outputTokensPerSecond: 47.13,
    firstTokenMs: 420,
    unbilledAttempts: 3,
    assumedUsd: 0.06,
    errors: 0,
  });
  const unknown = { inputTokens: null, cacheReadTokens: null, cacheWriteTokens: null, outputTokens: null };
  const uncounted = arm({ armId: "b", name: "uncounted", ...unknown, costUsd: null, unknownUsageSteps: 8, firstTokenMs: 1_500, errors: 0 });
  const doubtful = arm({
    armId: "c",
    name: "doubtful",
    doubtfulUsageSteps: 4,
    outputTokensPerSecond: 9_000,
    unbilledAttempts: 0,
    errors: 0,
  });
  const table = summaryTable(
    writeReport(summarizeRun(RUN, [local, { ...uncounted, unbilledAttempts: 0 }, doubtful, UNPRICED])),
    palette(false),
  );

  expect(table).toMatchInlineSnapshot(`
    "Model       Pass rate  95% interval  Passed  Errors  Iterations  Uncached   Cached   Output     Cost  Cost/solved  Median time
    local-qwen    100.0 %    1 to 100 %     3/3       0         4.0      1.5k    2.50M      950  $0.750+       $0.250       1m 05s
    uncounted     100.0 %    1 to 100 %     3/3       0         4.0   unknown  unknown  unknown  unknown      unknown       1m 05s
    doubtful      100.0 %    1 to 100 %     3/3       0         4.0      1.5k    2.50M      950  $0.750?       $0.250       1m 05s
    oracle*         0.0 %     0 to 84 %     0/2       0         2.0      1.5k    2.50M      950  unknown            -        0.4 s

    Speed       Tokens/s  First token
    local-qwen      47.1        0.4 s
    uncounted          -        1.5 s
    doubtful       9000?            -

    * scripted, not a language model
    Run 20260102-0304-abcd: 2 tasks of starter, 2 attempts each. Pass rates weight tasks equally; intervals are for tasks like these.
    Run 20260102-0304-abcd: 1 of 2 tasks not finished; its process ended without saying why; resume with: bench run --resume 20260102-0304-abcd
    + 3 requests failed, broke off or had no count of tokens and may have been billed: $0.060 more is assumed, and not part of the cost.
    ? In 4 steps the provider's figures disagree: tokens do not add up, or its cost is more than 2 % from the price; "bench show" has them.
    Tokens are unknown: in 8 steps the provider gave no count; some servers give one only with "stream: false".
    Tokens/s: output tokens by the time in the model's requests. First token: mean wait for it in streamed answers."
  `);
});

test("the table of speeds fits 80 columns, however long a name is", () => {
  const report = writeReport(summarizeRun(RUN, [arm({ name: "provider/".repeat(20), outputTokensPerSecond: 47.13 })]));
  const lines = speedLines(report, palette(false, 80)).join("\n").split("\n");

  expect(lines.length).toBeGreaterThan(3);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
});

test("a run of scripted models has no table of speeds", () => {
  expect(summaryTable(writeReport(summarizeRun(RUN, [UNPRICED])), palette(false))).not.toContain("Tokens/s");
});
