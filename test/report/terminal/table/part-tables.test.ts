import { expect, test } from "vitest";
import { compareArms } from "../../../../src/analysis/compare.ts";
import type { ArmInRun } from "../../../../src/analysis/summary.ts";
import { palette } from "../../../../src/report/terminal/palette.ts";
import { attemptsTable, partDifferenceTables, partTables } from "../../../../src/report/terminal/table/part-tables.ts";
import { writeReport } from "../../../../src/report/written-report.ts";
import { anArmResult, aRun, aTaskResult } from "../../../fixtures/record.ts";

function arm(name: string, passes: (task: number) => number, attempts = 3): ArmInRun {
  const perTask = Array.from({ length: 40 }, (_, task) => {
    const tags = [task % 2 ? "easy" : "hard", ...(task % 5 === 0 ? ["networking"] : [])];
    return aTaskResult(`t${task}`, Math.min(attempts, passes(task)), attempts, { tags, group: `repo-${task % 10}` });
  });
  return { run: aRun({ attempts }), arm: anArmResult(name, perTask) };
}

const SIDES = [arm("gpt-5.1", (task) => (task >> 1) % 4), arm("claude-sonnet-4-5", (task) => (task % 2 ? 0 : (task >> 1) % 4))];
const REPORT = writeReport(compareArms(SIDES, "tasks", { power: false }));

function widest(lines: readonly string[]): number {
  return Math.max(
    ...lines
      .join("\n")
      .split("\n")
      .map((line) => line.length),
  );
}

test("a report has the pass rates of every arm by tag and by group, and says what they are", () => {
  expect(partTables(REPORT.arms, palette(false, 80)).join("\n")).toMatchInlineSnapshot(`
    "
    By tag                        gpt-5.1          claude-sonnet-4-5
    easy        50.0 % (33 to 67 %) of 20    0.0 % (0 to 28 %) of 20
    hard        50.0 % (33 to 67 %) of 20  50.0 % (33 to 67 %) of 20
    networking                50.0 % of 8                25.0 % of 8
    By group                  gpt-5.1        claude-sonnet-4-5
    repo-0    50.0 % (8 to 92 %) of 4  50.0 % (8 to 92 %) of 4
    repo-1    50.0 % (8 to 92 %) of 4   0.0 % (0 to 72 %) of 4
    repo-2    50.0 % (8 to 92 %) of 4  50.0 % (8 to 92 %) of 4
    repo-3    50.0 % (8 to 92 %) of 4   0.0 % (0 to 72 %) of 4
    repo-4    50.0 % (8 to 92 %) of 4  50.0 % (8 to 92 %) of 4
    repo-5    50.0 % (8 to 92 %) of 4   0.0 % (0 to 72 %) of 4
    repo-6    50.0 % (8 to 92 %) of 4  50.0 % (8 to 92 %) of 4
    repo-7    50.0 % (8 to 92 %) of 4   0.0 % (0 to 72 %) of 4
    and 2 more; --json lists all
    Parts are looks at the same results: among several, some stand out by chance
    alone."
  `);
});

test("a comparison has the differences by tag and by group, and what they show together", () => {
  const [comparison] = REPORT.comparisons;
  if (!comparison) throw new Error("nothing was compared");

  expect(partDifferenceTables(comparison, palette(false, 80)).join("\n")).toMatchInlineSnapshot(`
    "
    By tag      Tasks  gpt-5.1     claude-    Difference      95% interval
                                sonnet-4-5
    easy           20   50.0 %       0.0 %  -50.0 points  [-66.9 to -32.9]
    hard           20   50.0 %      50.0 %  ~ 0.0 points  [-27.8 to +27.8]
    networking      8   50.0 %      25.0 %  -25.0 points                 -
    By group  Tasks  gpt-5.1     claude-      Difference      95% interval
                              sonnet-4-5
    repo-0        4   50.0 %      50.0 %    ~ 0.0 points  [-71.7 to +71.7]
    repo-1        4   50.0 %       0.0 %  ~ -50.0 points  [-92.3 to +57.5]
    repo-2        4   50.0 %      50.0 %    ~ 0.0 points  [-71.7 to +71.7]
    repo-3        4   50.0 %       0.0 %  ~ -50.0 points  [-92.3 to +57.5]
    repo-4        4   50.0 %      50.0 %    ~ 0.0 points  [-71.7 to +71.7]
    repo-5        4   50.0 %       0.0 %  ~ -50.0 points  [-92.3 to +57.5]
    repo-6        4   50.0 %      50.0 %    ~ 0.0 points  [-71.7 to +71.7]
    repo-7        4   50.0 %       0.0 %  ~ -50.0 points  [-92.3 to +57.5]
    and 2 more; --json lists all
    Each interval is that of its part alone, and of 13 parts some may exclude 0 by
    chance. No part is shown to differ among all 13 parts looked at (Holm)."
  `);
});

test("several attempts have a line for each arm", () => {
  expect(attemptsTable(REPORT.arms, palette(false, 80)).join("\n")).toMatchInlineSnapshot(`
    "Of 1, 2, 3 attempts    Any passes  Any: interval      All pass  All: interval
    gpt-5.1              50, 67, 75 %     65 to 83 %  50, 33, 25 %     17 to 35 %
    claude-sonnet-4-5    25, 33, 38 %     16 to 65 %  25, 17, 13 %      6 to 25 %
    Any: at least one of so many attempts at a task passes (pass@k); all: every one
    (pass^k). Intervals: 95 %, of the most attempts.
    "
  `);
});

test.for([60, 80, 120, 200])("nothing is wider than %i columns", (width) => {
  const paint = palette(false, width);
  const lines = [
    partTables(REPORT.arms, paint),
    attemptsTable(REPORT.arms, paint),
    ...REPORT.comparisons.map((one) => partDifferenceTables(one, paint)),
  ];

  expect(widest(lines.flat())).toBeLessThanOrEqual(width);
});

test("without tags and groups, and with single attempts, there is nothing", () => {
  const bare = { run: aRun({ attempts: 1 }), arm: anArmResult("a", [aTaskResult("x", 1, 1), aTaskResult("y", 0, 1)]) };
  const { arms } = writeReport(compareArms([bare], "tasks"));

  expect(partTables(arms, palette(false, 80))).toEqual([]);
  expect(attemptsTable(arms, palette(false, 80))).toEqual([]);
});
