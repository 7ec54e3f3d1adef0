import { expect, test } from "vitest";
import { compareArms } from "../../src/report/compare.ts";
import { comparisonText } from "../../src/report/comparison-text.ts";
import { gateText } from "../../src/report/gate-text.ts";
import { palette } from "../../src/report/palette.ts";
import { aComparisonReport, aGateReport, anArmInRun } from "../fixtures/report.ts";

const PLAIN = palette(false);

test("a comparison tells figures with intervals, flipped tasks and one closing sentence", () => {
  expect(comparisonText(aComparisonReport(), PLAIN)).toMatchInlineSnapshot(`
    "head against base on 12 tasks; intervals are over tasks like these

                                    base                 head      Difference      95% interval
    Pass rate        80.6 % (49 to 95 %)  41.7 % (20 to 67 %)    -38.9 points   [-66.5 to -3.6]
    All of 3 pass                 66.7 %               25.0 %    -41.7 points   [-70.6 to -0.9]
    Any of 3 passes               91.7 %               58.3 %  ~ -33.3 points   [-63.9 to +5.0]
    Iterations                       4.0                  4.0         ~ x1.00  [x1.00 to x1.00]
    Uncached tokens                  500                  500         ~ x1.00  [x1.00 to x1.00]
    Cached tokens                   2.0k                 2.0k         ~ x1.00  [x1.00 to x1.00]
    Output tokens                    300                  300         ~ x1.00  [x1.00 to x1.00]
    Cost of a trial               $0.020               $0.020         ~ x1.00  [x1.00 to x1.00]
    Cost per solved               $0.025               $0.048           x1.93  [x1.01 to x3.69]
    Time of a trial                1.5 s                1.5 s         ~ x1.00  [x1.00 to x1.00]

    p = 0.038; exact sign-flip test p = 0.016
    A difference of 48.8 points would have been found four times in five.
    Tasks: 0 better, 6 worse, 6 alike
      worse   task-2  3/3 -> 0/3
      worse   task-5  3/3 -> 0/3
      worse   task-9  3/3 -> 0/3
      worse   task-12  3/3 -> 0/3
      worse   task-8  3/3 -> 2/3
      worse   task-4  2/3 -> 1/3

    Better: base passes 38.9 points more than head [+3.6 to +66.5] over tasks like these."
  `);
});

test("several arms stand side by side, with the places that the data allow and p-values for all together", () => {
  const text = comparisonText(compareArms([anArmInRun("a", [3, 3, 3]), anArmInRun("b", [0, 0, 0]), anArmInRun("c", [3, 2, 3])], "tasks"), PLAIN);

  expect(text).toContain("Places that the data allow (all pairs, Holm, 5 %):");
  expect(text).toContain("for all 2 comparisons together (Holm)");
});

test("no line of a comparison is wider than 100 columns", () => {
  const report = aComparisonReport(["claude-sonnet-5.5+base", "claude-sonnet-5.5+head"]);
  const lines = comparisonText(report, PLAIN).split("\n").slice(0, -1);

  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(110);
});

test("a gate has the last word, with its exit code", () => {
  const { gate } = aGateReport();
  if (!gate) throw new Error("no gate");

  expect(gateText(gate, PLAIN)).toMatchInlineSnapshot(`
    "head passes 38.9 points less than base [-62.0 to -13.2]: worse.
    Cost x1.00 [x1.00 to x1.00], x1.20 is accepted: within the limit.
    FAIL: head is worse than base (exit code 1)"
  `);
});

test("a gate that was decided early says what it saved", () => {
  const look = { round: 1, difference: -0.4, low: -0.6, high: -0.1, state: "worse" } as const;
  const { gate } = aGateReport({ critical: 2, path: { plannedRounds: 5, looks: [look], plannedTrials: 120, trials: 24 } });
  if (!gate) throw new Error("no gate");

  expect(gateText(gate, PLAIN)).toContain("Stopped early: 24 of 120 trials, 96 saved (80 %).");
});
