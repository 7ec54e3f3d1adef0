import { expect, test } from "vitest";
import { gateText } from "../../../src/report/terminal/gate-text.ts";
import { palette } from "../../../src/report/terminal/palette.ts";
import type { WrittenGate } from "../../../src/report/written-report.ts";
import { aGate, aGateReport } from "../../fixtures/report.ts";

const PLAIN = palette(false);

test("a gate shows what it accepts, its rounds and its reasons, and ends with the verdict and exit code", () => {
  expect(gateText(aGate(), PLAIN)).toMatchInlineSnapshot(`
    "Gate of claude-sonnet-4-5 against gpt-5.1
    Fails when the candidate is shown to be worse and a drop beyond 5.0 points is not excluded; passes
    when such a drop is excluded. Fails, too, when a cost above x1.20 is shown; passes only if that is
    excluded as well. The risk of each wrong claim is 5%, and intervals allow for an analysis after
    every round.

    Round     Difference         Interval  So far
    1 of 5  -16.7 points  [-39.1 to +8.1]  cannot tell
    2 of 5  -22.2 points  [-34.1 to -9.8]  worse
    Stopped early: 72 of 180 trials, 108 saved (60 %).

    - Cost x1.20 [x1.08 to x1.46], x1.20 is accepted: cannot tell on which side of the limit

    FAIL: claude-sonnet-4-5 passes 22.2 points less than gpt-5.1 [-34.1 to -9.8]: shown to be worse, and a drop beyond 5.0 points is not excluded (exit code 1)"
  `);
});

test("a gate over stored trials is shown without rounds", () => {
  const { gate } = aGateReport();
  if (!gate) throw new Error("no gate");

  expect(gateText(gate, PLAIN)).toMatchInlineSnapshot(`
    "Gate of head against base
    Fails when the candidate is shown to be worse and a drop beyond 5.0 points is not excluded; passes
    when such a drop is excluded. Fails, too, when a cost above x1.20 is shown; passes only if that is
    excluded as well. The risk of each wrong claim is 5%, and intervals are at 90%.

    - Cost x1.00 [x1.00 to x1.00], x1.20 is accepted: within the limit

    FAIL: head passes 38.9 points less than base [-62.0 to -13.2]: shown to be worse, and a drop beyond 5.0 points is not excluded (exit code 1)"
  `);
});

test("a gate that was decided early reports its saving, and one that was not reports that all trials were needed", () => {
  const look = { round: 1, difference: -0.4, low: -0.6, high: -0.1, state: "worse" } as const;
  const path = { plannedRounds: 5, looks: [look], plannedTrials: 120, trials: 24 };

  expect(gateText(aGate({ sequential: path }), PLAIN)).toContain("Stopped early: 24 of 120 trials, 96 saved (80 %).");
  expect(gateText(aGate({ sequential: { ...path, trials: 120 } }), PLAIN)).toContain("All 120 trials were needed.");
});

test("the sentence of a gate closes it, and is not said twice", () => {
  const text = gateText(aGate(), PLAIN);

  expect(text.split("shown to be worse, and a drop beyond")).toHaveLength(2);
  expect(text.split("\n").at(-1)).toMatch(/^FAIL: .*: shown to be worse, and a drop beyond 5\.0 points is not excluded \(exit code 1\)$/);
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
