import stringWidth from "string-width";
import { expect, test } from "vitest";
import type { Activity, RunEvent } from "../../../../src/core/event.ts";
import { palette } from "../../../../src/report/terminal/palette.ts";
import { livePicture } from "../../../../src/report/terminal/progress/live-picture.ts";
import { apply, newState } from "../../../../src/report/terminal/progress/progress-state.ts";
import { aKey, anArm, aTrial } from "../../../fixtures/record.ts";

const PLAIN = palette(false);
const SPENT: RunEvent = {
  kind: "spent",
  spentUsd: 0.4,
  spentTokens: 9,
  assumedUsd: 0,
  assumedTokens: 0,
  maxCostUsd: null,
  maxTokens: null,
};
const started = (taskId: string, armId = "arm-oracle"): RunEvent => ({ kind: "trial-started", armId, taskId, attempt: 1 });
const doing = (taskId: string, activity: Activity, armId = "arm-oracle"): RunEvent => ({
  kind: "activity",
  armId,
  taskId,
  attempt: 1,
  activity,
});

/** A run of two models, half done, with four trials in progress. */
function halfDone() {
  const state = newState(0);
  const at = (seconds: number, ...events: readonly RunEvent[]): void => {
    for (const event of events) apply(state, event, 1000 * seconds);
  };
  const arms = [anArm("oracle"), anArm("claude-sonnet-5.5-thinking-high")];
  at(0, { kind: "run-started", runId: "r1", arms, planned: 12, alreadyDone: 0 });
  at(0, started("add"), started("sub"), started("word-count"), started("fizz-buzz", "arm-claude-sonnet-5.5-thinking-high"), started("mul"));
  at(1, doing("sub", { kind: "tool", step: 4, tool: "run_command" }), doing("word-count", { kind: "grading" }));
  at(2, doing("fizz-buzz", { kind: "model", step: 7 }, "arm-claude-sonnet-5.5-thinking-high"));
  at(10, { kind: "trial-finished", trial: aTrial(aKey({ runId: "r1", armId: "arm-oracle", taskId: "add" })) }, SPENT);
  return state;
}

test("a run in progress shows a clock, what is spent and what each trial is doing, the longest first", () => {
  expect(livePicture(halfDone(), PLAIN, 15_400, { columns: 100, rows: 24 })).toMatchInlineSnapshot(`
    "██░░░░░░░░░░░░░░░░ 1/12  0:15  4 running  about 29 s left  $0.400 spent
      oracle                           1 passed  0 failed  $0.010
      claude-sonnet-5.5-thinking-high  0 passed  0 failed
      mul #1  oracle                                 starting 0:15
      sub #1  oracle                                 step 4: run_command 0:14
      word-count #1  oracle                          grading 0:14
      fizz-buzz #1  claude-sonnet-5.5-thinking-high  step 7: waiting for the model 0:13"
  `);
});

test.for([40, 60, 80, 120, 200])("no line is wider than %s columns", (columns) => {
  const lines = livePicture(halfDone(), palette(true), 3_725_000, { columns, rows: 24 }).split("\n");

  expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns);
});

test("each second looks different", () => {
  const state = halfDone();
  const pictures = Array.from({ length: 60 }, (_, second) => livePicture(state, PLAIN, 11_000 + 1000 * second, { columns: 80, rows: 24 }));

  expect(new Set(pictures).size).toBe(60);
});

test("no more rows are taken than the terminal has, and what is left out is counted", () => {
  const state = halfDone();
  for (let trial = 0; trial < 30; trial++) apply(state, started(`task-${trial}`), 11_000);

  const lines = livePicture(state, PLAIN, 12_000, { columns: 80, rows: 10 }).split("\n");

  expect(lines.length).toBeLessThanOrEqual(8);
  expect(lines.at(-1)).toMatch(/and \d+ more$/);
});

test("a narrow terminal keeps the margin and the clock of what waits for a model", () => {
  const lines = livePicture(halfDone(), palette(true), 15_400, { columns: 70, rows: 24 }).split("\n");

  expect(lines.at(-1)).toMatch(/ {2}fizz-buzz #1 {2}claude-sonnet-5.5-thinking-high {2}step 7: model 0:13/);
});
