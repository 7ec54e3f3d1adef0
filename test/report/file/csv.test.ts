import { expect, test } from "vitest";
import { csvReport, trialCsv } from "../../../src/report/file/csv.ts";
import { aTaskResult } from "../../fixtures/record.ts";
import { anArmReport, aReport, aTrialRecord, trialsOfReport } from "../../fixtures/report.ts";

// A reader of RFC 4180 in a few lines, written apart from the writer.
function rowsIn(text: string): readonly (readonly string[])[] {
  const cells = text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g);
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of cells) {
    rows.at(-1)?.push(quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'));
    if (end === "\r\n") rows.push([]);
  }
  return rows.slice(0, -1);
}

function recordsIn(text: string): readonly Readonly<Record<string, string>>[] {
  const [head = [], ...rows] = rowsIn(text);
  for (const row of rows) expect(row).toHaveLength(head.length);
  return rows.map((row) => Object.fromEntries(head.map((name, index) => [name, row[index] ?? ""])));
}

test("every arm and task has its row, and reads back as it was", () => {
  const rows = recordsIn(csvReport(aReport()));

  expect(rows).toHaveLength(12);
  expect(rows[2]).toEqual({
    run: "20260102-0304-abcd",
    arm: "gpt-5.1",
    agent: "loop",
    model: "gpt-5.1-2026",
    prompt: "default",
    task: "lru-cache",
    passed: "2",
    trials: "3",
    errors: "0",
    tampered: "0",
    capped: "0",
    iterations: "12",
    uncached_tokens: "1500",
    cached_tokens: "6000",
    output_tokens: "900",
    cost_usd: "0.03",
    working_s: "4.5",
    scripted: "false",
    unbilled_attempts: "0",
    assumed_usd: "0",
    unknown_usage_steps: "0",
    doubtful_usage_steps: "0",
    output_tokens_per_s: "",
    first_token_s: "",
    tags: "",
    group: "",
  });
});

test("unknown tokens are empty cells, and known, assumed and doubtful figures have columns of their own", () => {
  const task = aTaskResult("add-dates", 1, 2, {
    uncachedTokens: null,
    cachedTokens: null,
    outputTokens: null,
    unknownUsageSteps: 3,
    doubtfulUsageSteps: 1,
    unbilledAttempts: 2,
    assumedUsd: 0.06,
    outputTokensPerSecond: 41.5,
    firstTokenMs: 850,
  });
  const [row] = recordsIn(csvReport(aReport({ arms: [anArmReport({ perTask: [task] })] })));
  const unknown = { inputTokens: null, cacheReadTokens: null, cacheWriteTokens: null, outputTokens: null };
  const [trial] = recordsIn(
    trialCsv([aTrialRecord({ ...unknown, unbilledAttempts: 2, assumedUsd: 0.06, modelMs: null, firstTokenMs: 850 })]),
  );

  expect(row).toMatchObject({ uncached_tokens: "", cached_tokens: "", output_tokens: "", unbilled_attempts: "2", assumed_usd: "0.06" });
  expect(row).toMatchObject({ unknown_usage_steps: "3", doubtful_usage_steps: "1", output_tokens_per_s: "41.5", first_token_s: "0.85" });
  expect(trial).toMatchObject({ uncached_tokens: "", output_tokens: "", assumed_usd: "0.06", model_s: "", first_token_s: "0.85" });
});

test("every trial has its row, and an error is neither passed nor failed", () => {
  const arms = [anArmReport({ perTask: [aTaskResult("add-dates", 1, 2, { errors: 1 })] })];
  const rows = recordsIn(trialCsv(trialsOfReport(aReport({ arms }))));

  expect(rows.map(({ attempt, passed, reason, error_source }) => [attempt, passed, reason, error_source])).toEqual([
    ["1", "true", "all-passed", ""],
    ["2", "false", "tests-failed", ""],
    ["3", "", "", "provider"],
  ]);
  expect(rows[0]).toMatchObject({ uncached_tokens: "4500", cached_tokens: "30000", cost_usd: "0.015", working_s: "40.25" });
});

test("an unknown cost is empty, never zero", () => {
  const arms = [anArmReport({ perTask: [aTaskResult("a", 1, 1, { costUsd: null }), aTaskResult("b", 1, 1, { costUsd: 0 })] })];

  expect(recordsIn(csvReport(aReport({ arms }))).map(({ cost_usd }) => cost_usd)).toEqual(["", "0"]);
  expect(recordsIn(trialCsv([aTrialRecord({ costUsd: null })]))[0]?.["cost_usd"]).toBe("");
});

test.for([
  ['=cmd|"x",y', '\'=cmd|"x",y'],
  ["+1", "'+1"],
  ["-1", "'-1"],
  ["@sum(a1)", "'@sum(a1)"],
  ["\t=1", "'\t=1"],
  ["\n=1", "'\n=1"],
  ["\u0000=1\u202e", "\\u0000=1\\u202e"],
  ["\uff1d1", "'\uff1d1"],
  ["a=1", "a=1"],
  ['say "hi", twice\nor more', 'say "hi", twice\nor more'],
] as const)("the name %j comes back as %j: text stays text in a spreadsheet", ([name, read]) => {
  const [row] = recordsIn(csvReport(aReport({ arms: [anArmReport({ name })] })));

  expect(row?.["arm"]).toBe(read);
  expect(recordsIn(trialCsv([aTrialRecord({ errorMessage: name })]))[0]?.["error_message"]).toBe(read);
});

test("a cell that no spreadsheet would take is cut, and says so", () => {
  const [row] = recordsIn(trialCsv([aTrialRecord({ errorMessage: "\u200b".repeat(100_000) })]));

  expect(row?.["error_message"]).toMatch(/^(\\u200b){2999} \[cut here; the JSON report has it whole\]$/);
  expect(row?.["error_message"]?.length).toBeLessThan(32_767);
});
