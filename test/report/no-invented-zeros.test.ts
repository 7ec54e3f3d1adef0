import { expect, test } from "vitest";
import { compareArms } from "../../src/analysis/compare.ts";
import { type Summary, summarizeRun } from "../../src/analysis/summary.ts";
import type { TaskResult } from "../../src/core/record.ts";
import { csvReport } from "../../src/report/file/csv.ts";
import { markdownReport } from "../../src/report/file/markdown.ts";
import { pageData } from "../../src/report/html/make-page-data.ts";
import { comparisonText } from "../../src/report/terminal/comparison-text.ts";
import { palette } from "../../src/report/terminal/palette.ts";
import { runReportText } from "../../src/report/terminal/run-report-text.ts";
import { writeReport } from "../../src/report/written-report.ts";
import { anArmResult, aRun, aTaskResult } from "../fixtures/record.ts";

const failed = (taskId: string): TaskResult => aTaskResult(taskId, 0, 0, { errors: 1 });
const run = aRun({ attempts: 1, end: "complete" });
const side = (name: string, tasks: readonly TaskResult[]) => ({ run, arm: anArmResult(name, tasks, { medianWorkingMs: null }) });
const half = side("half", [aTaskResult("a", 1, 1), aTaskResult("b", 0, 1)]);
const some = side("some", [aTaskResult("a", 1, 1), aTaskResult("b", 1, 1)]);

const cases: readonly { readonly title: string; readonly summary: Summary }[] = [
  { title: "no task in common", summary: compareArms([some, side("other", [aTaskResult("x", 1, 1), aTaskResult("y", 1, 1)])], "tasks") },
  { title: "nothing but errors on one side", summary: compareArms([some, side("broken", [failed("a"), failed("b")])], "tasks") },
  {
    title: "three arms, one with nothing but errors",
    summary: compareArms([some, half, side("broken", [failed("a"), failed("b")])], "tasks"),
  },
  { title: "a run of nothing but errors", summary: summarizeRun(run, [side("broken", [failed("a")]).arm]) },
  { title: "a run without a trial", summary: summarizeRun(aRun({ attempts: 1 }), [side("idle", [aTaskResult("a", 0, 0)]).arm]) },
];

// A difference, money, tokens or time of zero; "0 better" and "0 errors" are counts of something that was counted.
const ZERO = /(?<![\d.])[+-]?0(?:\.0+)? points|\$0(?:\.0+)?(?![\d.])|(?<![\d.])0 tokens|(?<![\d.])0(?:\.0+)? s\b/;

test.for(cases)("$title: no form of the report shows a figure that nothing stands behind", ({ summary }) => {
  const report = writeReport(summary);
  const forms = [
    comparisonText(report, palette(false)),
    runReportText(report, { trials: [], total: 0 }, palette(false)),
    markdownReport(report),
    ...report.comparisons.map(({ sentence }) => sentence),
  ];

  for (const form of forms) expect(form).not.toMatch(ZERO);
});

test.for(cases)("$title: what programs read is empty or null there", ({ summary }) => {
  const report = writeReport(summary);
  const [head = "", ...rows] = csvReport(report).trim().split("\r\n");
  const names = head.split(",");
  const cellOf = (row: string, name: string): string | undefined => row.split(",")[names.indexOf(name)];

  for (const row of rows.filter((each) => cellOf(each, "trials") === "0"))
    expect(["iterations", "uncached_tokens", "cost_usd", "working_s"].map((name) => cellOf(row, name))).toEqual(["", "", "", ""]);
  for (const arm of report.arms.filter(({ graded }) => graded === 0))
    expect([arm.costUsd, arm.outputTokens, arm.meanIterations, arm.passRate.rate, arm.medianWorkingMs]).toEqual(Array(5).fill(null));
  for (const comparison of pageData(report).comparisons.filter(({ compared }) => compared === 0))
    expect(comparison.difference.value).toBeNull();
});

test("a difference of nothing between results that were compared stays", () => {
  expect(
    comparisonText(
      writeReport(compareArms([some, side("other", [aTaskResult("a", 1, 1), aTaskResult("b", 1, 1)])], "tasks")),
      palette(false),
    ),
  ).toContain("0.0 points");
});
