import { expect, test } from "vitest";
import { gateText } from "../../../src/report/terminal/gate-text.ts";
import { palette } from "../../../src/report/terminal/palette.ts";
import type { WrittenGate } from "../../../src/report/written-report.ts";
import { aGate, aGateReport } from "../../fixtures/report.ts";

const PLAIN = palette(false);

test("a gate shows what it accepts, its rounds and its reasons, and ends with the verdict and exit code", () => {
  expect(gateText(aGate(), PLAIN)).toMatchInlineSnapshot(`
    "Gate of claude-sonnet-4-5 against gpt-5.1
    A drop of up to 5.0 points is accepted, and a cost of up to x1.20; the risk of each wrong claim is
    5%, and intervals allow for an analysis after every round.

    Round     Difference         Interval  So far
    1 of 5  -16.7 points  [-39.1 to +8.1]  cannot tell
    2 of 5  -22.2 points  [-34.1 to -9.8]  worse
    Stopped early: 72 of 180 trials, 108 saved (60 %).

    - claude-sonnet-4-5 passes 22.2 points less than gpt-5.1 [-34.1 to -9.8]: worse
    - Cost x1.20 [x1.08 to x1.46], x1.20 is accepted: cannot tell on which side of the limit

    FAIL: claude-sonnet-4-5 is worse than gpt-5.1 (exit code 1)"
  `);
});

test("a gate over stored trials is shown without rounds", () => {
  const { gate } = aGateReport();
  if (!gate) throw new Error("no gate");

  expect(gateText(gate, PLAIN)).toMatchInlineSnapshot(`
    "Gate of head against base
    A drop of up to 5.0 points is accepted, and a cost of up to x1.20; the risk of each wrong claim is
    5%, and intervals are at 90%.

    - head passes 38.9 points less than base [-62.0 to -13.2]: worse
    - Cost x1.00 [x1.00 to x1.00], x1.20 is accepted: within the limit

    FAIL: head is worse than base (exit code 1)"
  `);
});

test("a gate that was decided early reports its saving, and one that was not reports that all trials were needed", () => {
  const look = { round: 1, difference: -0.4, low: -0.6, high: -0.1, state: "worse" } as const;
  const path = { plannedRounds: 5, looks: [look], plannedTrials: 120, trials: 24 };

  expect(gateText(aGate({ sequential: path }), PLAIN)).toContain("Stopped early: 24 of 120 trials, 96 saved (80 %).");
  expect(gateText(aGate({ sequential: { ...path, trials: 120 } }), PLAIN)).toContain("All 120 trials were needed.");
});

const OVER: WrittenGate["cost"] = { limit: 0.2, state: "over", increase: { value: 0.5, low: 0.4, high: 0.6 } };

test.for<{ changes: Partial<WrittenGate>; says: string }>([
  {
    changes: { state: "better", outcome: "pass", exitCode: 0, cost: null },
    says: "PASS: claude-sonnet-4-5 is better than gpt-5.1 (exit code 0)",
  },
  {
    changes: { state: "not-worse", outcome: "pass", exitCode: 0, cost: null },
    says: "PASS: claude-sonnet-4-5 stays within 5.0 points of gpt-5.1 (exit code 0)",
  },
  { changes: { state: "identical", outcome: "pass", exitCode: 0 }, says: "PASS: claude-sonnet-4-5 is the baseline itself (exit code 0)" },
  {
    changes: { state: "not-worse", cost: OVER },
    says: "FAIL: claude-sonnet-4-5 costs more than is accepted (exit code 1)",
  },
  {
    changes: { state: "inconclusive", outcome: "inconclusive", exitCode: 3 },
    says: "CANNOT TELL: claude-sonnet-4-5 is neither shown to be worse nor to stay within 5.0 points of gpt-5.1 (exit code 3)",
  },
  {
    changes: { state: "better", outcome: "inconclusive", exitCode: 3 },
    says: "CANNOT TELL: claude-sonnet-4-5 is better than gpt-5.1, but its cost is undecided (exit code 3)",
  },
  {
    changes: { state: "invalid", outcome: "invalid", exitCode: 4 },
    says: "INVALID: too many results are missing for a verdict (exit code 4)",
  },
])("a gate ends with: $says", ({ changes, says }) => {
  expect(gateText(aGate(changes), PLAIN).split("\n").at(-1)).toBe(says);
});

test("an answer is green, red or yellow", () => {
  const last = (changes: Partial<WrittenGate>): string | undefined => gateText(aGate(changes), palette(true)).split("\n").at(-1);

  expect(last({})).toContain("\u001b[31mFAIL");
  expect(last({ state: "better", outcome: "pass", exitCode: 0 })).toContain("\u001b[32mPASS");
  expect(last({ state: "inconclusive", outcome: "inconclusive", exitCode: 3 })).toContain("\u001b[33mCANNOT TELL");
});

test("names cannot drive the terminal", () => {
  const evil = { label: "a\u001b]0;x\u0007\nb", armId: "x", runId: "r", scripted: false };

  expect(gateText(aGate({ candidate: evil, reasons: [evil.label] }), PLAIN)).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/);
});
