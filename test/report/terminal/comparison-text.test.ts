import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { compareArms } from "../../../src/analysis/compare.ts";
import { comparisonText } from "../../../src/report/terminal/comparison-text.ts";
import { palette } from "../../../src/report/terminal/palette.ts";
import { writeReport } from "../../../src/report/written-report.ts";
import {
  aCandidateReport,
  aComparison,
  aComparisonReport,
  aGateReport,
  anArmInRun,
  anArmReport,
  aReport,
  aSide,
} from "../../fixtures/report.ts";

const PLAIN = palette(false, 100);

function widest(text: string): number {
  return Math.max(...text.split("\n").map((line) => line.length));
}

test("a comparison shows figures with intervals, flipped tasks and one closing sentence", () => {
  expect(comparisonText(aComparisonReport(), PLAIN)).toMatchInlineSnapshot(`
    "head against base on 12 tasks, 3 attempts each; intervals are for tasks like these

                                    base                 head      Difference      95% interval
    Pass rate        80.6 % (49 to 95 %)  41.7 % (20 to 67 %)    -38.9 points   [-66.5 to -3.6]
    All of 3 pass                 66.7 %               25.0 %    -41.7 points   [-70.6 to -0.9]
    Any of 3 passes               91.7 %               58.3 %  ~ -33.3 points   [-63.9 to +5.0]
    Iterations                       4.0                  4.0         ~ x1.00  [x1.00 to x1.00]
    Uncached tokens                  500                  500         ~ x1.00  [x1.00 to x1.00]
    Cached tokens                   2.0k                 2.0k         ~ x1.00  [x1.00 to x1.00]
    Output tokens                    300                  300         ~ x1.00  [x1.00 to x1.00]
    Cost of a trial               $0.020               $0.020         ~ x1.00  [x1.00 to x1.00]
    Cost per solved               $0.025               $0.048           x1.93  [x1.15 to x5.31]
    Time of a trial                1.5 s                1.5 s         ~ x1.00  [x1.00 to x1.00]
    ~ interval includes "no difference"; x: candidate / baseline; p: how often chance shows as much

    Difference in pass rate: -38.9 points [-66.5 to -3.6]; p = 0.038; exact sign-flip test p = 0.016
    A difference of 37.3 points would have been found 4 times in 5; smaller ones may be missed.
    Equal cost and time: cost of a trial p = 1.000; cost per solved p = 0.015; time of a trial p = 1.000
    Tasks: 0 better, 6 worse, 6 alike
      worse   task-2   3/3 -> 0/3
      worse   task-5   3/3 -> 0/3
      worse   task-9   3/3 -> 0/3
      worse   task-12  3/3 -> 0/3
      worse   task-8   3/3 -> 2/3
      worse   task-4   2/3 -> 1/3

    Worse: head passes 38.9 points less than base [-66.5 to -3.6] over tasks like these."
  `);
});

test("in an inconclusive comparison a tilde marks each figure that chance explains, and costs are still shown", () => {
  expect(comparisonText(aReport(), PLAIN)).toMatchInlineSnapshot(`
    "claude-sonnet-4-5 against gpt-5.1 on 6 tasks, 3 attempts each; intervals are for tasks like these

                                 gpt-5.1    claude-sonnet-4-5      Difference      95% interval
    Pass rate        66.7 % (23 to 93 %)  61.1 % (20 to 91 %)   ~ -5.6 points  [-59.8 to +52.5]
    All of 3 pass                 50.0 %               50.0 %    ~ 0.0 points  [-52.4 to +52.4]
    Any of 3 passes               83.3 %               66.7 %  ~ -16.7 points  [-66.3 to +44.5]
    Iterations                       5.1                  6.1           x1.20  [x1.16 to x1.23]
    Uncached tokens                 4.5k                 5.4k           x1.20  [x1.11 to x1.30]
    Cached tokens                  30.0k                43.2k           x1.44  [x1.21 to x1.71]
    Output tokens                   1.5k                 1.2k           x0.80  [x0.71 to x0.90]
    Cost of a trial               $0.015               $0.018           x1.20  [x1.08 to x1.46]
    Cost per solved               $0.022               $0.029         ~ x1.31  [x0.78 to x2.20]
    Time of a trial                 40 s                 48 s           x1.20  [x1.05 to x1.37]
    ~ interval includes "no difference"; x: candidate / baseline; p: how often chance shows as much

    Difference in pass rate: -5.6 points [-59.8 to +52.5]; p = 0.752; exact sign-flip test p = 0.750
    A difference of 77.1 points would have been found 4 times in 5; smaller ones may be missed.
    Equal cost and time: cost of a trial p = 0.020; cost per solved p = 0.300; time of a trial p = 0.020
    Tasks: 1 better, 1 worse, 4 alike
      better  matrix     1/3 -> 2/3
      worse   lru-cache  2/3 -> 0/3

    Cannot tell: claude-sonnet-4-5 passes 5.6 points less than gpt-5.1 [-59.8 to +52.5]; about 1600 more
    trials (274 tasks like these in all) would show a true difference of this size 4 times in 5."
  `);
});

test("three arms are shown side by side with their possible places, then each against the first", () => {
  const other = "claude-sonnet-4-5-thinking-high@20260102-0304-abcd";
  const report = aReport({
    arms: [anArmReport(), aCandidateReport(), aCandidateReport({ label: other, scripted: true, rank: { low: 3, high: 3 } })],
    comparisons: [aComparison(), aComparison({ candidate: aSide(other, { scripted: true }), sentence: "Better: it is." })],
  });

  expect(comparisonText(report, PLAIN).split("\n").slice(0, 12).join("\n")).toMatchInlineSnapshot(`
    "Model                Place    Pass         95%  Iterations  Uncached  Cached  Output    Cost  Median
                                  rate    interval                                           per    time
                                                                                          solved
    gpt-5.1             1 to 2  66.7 %  23 to 93 %         5.1     81.0k  540.0k   27.0k  $0.022    40 s
    claude-sonnet-4-5   1 to 2  61.1 %  20 to 91 %         6.1     97.2k  777.6k   21.6k  $0.029    48 s
    claude-sonnet-4-5-       3  61.1 %  20 to 91 %         6.1     97.2k  777.6k   21.6k  $0.029    48 s
    thinking-high
    @20260102-0304-
    abcd*
    Place: possible places among the 3 arms, from all 3 pairs at 5 % (Holm-adjusted)

    * scripted, not a language model"
  `);
  expect(comparisonText(report, PLAIN)).toMatch(/p = 0\.752 among\s+all\s+2\s+comparisons\s+\(Holm\)/);
});

test("places are computed from all pairs", () => {
  const sides = [anArmInRun("a", [3, 3, 3]), anArmInRun("b", [0, 0, 0]), anArmInRun("c", [3, 2, 3])];

  expect(comparisonText(writeReport(compareArms(sides, "tasks")), PLAIN)).toMatch(/^a +1 to 3 .*\nb +1 to 3 .*\nc +1 to 3 /m);
});

test("no line but the closing sentence is wider than 100 columns, whatever names there are", () => {
  const long = `claude-${"very-".repeat(12)}long@20260102-0304-abcd`;
  const flips = Array.from({ length: 30 }, (_, index) => ({
    taskId: `${"x".repeat(index * 5)}-${index}`,
    baseline: { passed: 10, trials: 10 },
    candidate: { passed: 0, trials: 10 },
    difference: -1,
  }));
  const comparison = aComparison({
    baseline: aSide(long),
    candidate: aSide("y".repeat(200)),
    difference: { value: -1, low: -1, high: 1, p: 0.0001, adjustedP: 0.9999 },
    worse: flips,
    tasks: { compared: 300, leftOut: flips.map(({ taskId }) => taskId), withoutRepeats: [] },
    mismatches: [{ what: "limits.maxIterations", baseline: "z".repeat(300), candidate: `${"word ".repeat(50)}`, misleading: true }],
    ratios: [
      {
        metric: "cost",
        baseline: 123.45,
        candidate: 1_234_567.89,
        ratio: { value: 10_000, low: 0.001, high: 1e300 },
        p: 0.5,
        uneven: false,
        reason: null,
      },
      {
        metric: "cost-per-solved",
        baseline: null,
        candidate: null,
        ratio: null,
        p: null,
        uneven: false,
        reason: "there are fewer than two tasks",
      },
    ],
    sentence: "Cannot tell.",
  });
  const arms = [long, "y".repeat(200), "z"].map((label) => anArmReport({ label, cachedTokens: 123_456_789, costPerSolvedUsd: 1234.567 }));
  const text = comparisonText(aReport({ arms, comparisons: [comparison, comparison] }), PLAIN);

  expect(widest(text)).toBeLessThanOrEqual(100);
  expect(text).toContain("and 20 more; --json lists all");
  expect(text).toMatch(/and 25 more\s+\(no\s+grade/);
});

test("warnings are shown: misleading differences, tasks left out, errors and tampering", () => {
  const comparison = aComparison({
    scope: "suite",
    tasks: { compared: 6, leftOut: ["wordy"], withoutRepeats: [] },
    mismatches: [
      { what: "image", baseline: "sha-1", candidate: "sha-2", misleading: true },
      { what: "attempts", baseline: "3", candidate: "5", misleading: false },
    ],
  });
  const report = aReport({
    unfinished: ["Run 1: 3 of 36 tasks not finished"],
    arms: [anArmReport({ errors: 2 }), aCandidateReport({ tampered: 1 })],
    comparisons: [comparison],
  });
  const text = comparisonText(report, PLAIN);

  expect(text).toContain("on 6 tasks, 3 attempts each, 1 left out; intervals are for exactly\nthese 6 tasks");
  expect(text).toContain("The figures are misleading: the sides differ in image: sha-1 against sha-2");
  expect(text).toContain("The sides differ in attempts: 3 against 5");
  expect(text).toContain("Run 1: 3 of 36 tasks not finished");
  expect(text).toContain("Left out of all figures: 2 trials that ended with an error of the harness or a provider.");
  expect(text).toContain('Tampering was found or attempted in 1 trial; see "bench show".');
});

test("misleading differences are red, and colours do not change the text", () => {
  const report = aReport({
    comparisons: [aComparison({ mismatches: [{ what: "image", baseline: "a", candidate: "b", misleading: true }] })],
  });

  expect(comparisonText(report, palette(true, 100))).toContain("\u001b[31mThe figures are misleading");
  expect(stripVTControlCharacters(comparisonText(report, palette(true, 100)))).toBe(comparisonText(report, PLAIN));
});

test("names of users and models cannot drive the terminal", () => {
  const evil = "a\u001b]0;title\u0007\u009b2J\nb";
  const pair = { taskId: evil, baseline: { passed: 3, trials: 3 }, candidate: { passed: 0, trials: 3 }, difference: -1 };
  const comparison = aComparison({
    candidate: aSide(evil),
    worse: [pair],
    tasks: { compared: 6, leftOut: [evil], withoutRepeats: [] },
    mismatches: [{ what: evil, baseline: evil, candidate: evil, misleading: false }],
    sentence: evil,
  });

  expect(comparisonText(aReport({ comparisons: [comparison, comparison] }), PLAIN)).not.toMatch(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/,
  );
});

test("with a gate the closing sentences are left out", () => {
  expect(comparisonText(aGateReport(), PLAIN)).not.toContain("Worse:");
});

test("costs bear the marks of their side, and the speed of both sides ends the table", () => {
  const local = { outputTokensPerSecond: 47.13, firstTokenMs: 420, unbilledAttempts: 3, assumedUsd: 0.06 };
  const text = comparisonText(aReport({ arms: [anArmReport(), aCandidateReport(local)] }), PLAIN);

  expect(text).toMatch(/Cost of a trial +\$0\.015 +\$0\.018\+ /);
  expect(text).toMatch(/Cost per solved +\$0\.022 +\$0\.029\+ /);
  expect(text).toMatch(/Tokens\/s +- +47\.1\nFirst token +- +0\.4 s\n/);
  expect(text).toContain("+ 3 requests failed or were cut off and may have been billed: $0.060 more is assumed");
  expect(widest(text.split("\nCannot tell")[0] ?? "")).toBeLessThanOrEqual(100);
});

test("the known side of a comparison is shown where the other side's tokens are unknown", () => {
  const [counted, uncounted] = [anArmInRun("counted", [3, 2]), anArmInRun("uncounted", [3, 3])];
  const unknown = { uncachedTokens: null, cachedTokens: null, outputTokens: null };
  const perTask = uncounted.arm.perTask.map((task) => ({ ...task, ...unknown }));
  const text = comparisonText(writeReport(compareArms([counted, { ...uncounted, arm: { ...uncounted.arm, perTask } }], "tasks")), PLAIN);

  expect(text).toMatch(/Uncached tokens +500 +unknown +-/);
  expect(text).toMatch(/Output tokens +300 +unknown +-/);
});
