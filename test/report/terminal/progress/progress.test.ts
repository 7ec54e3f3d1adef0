import { Writable } from "node:stream";
import { expect, test } from "vitest";
import type { RunEvent } from "../../../../src/core/event.ts";
import { UNNAMED } from "../../../../src/core/held-back.ts";
import type { HeldBack } from "../../../../src/core/verdict.ts";
import { palette } from "../../../../src/report/terminal/palette.ts";
import { showProgress } from "../../../../src/report/terminal/progress/progress.ts";
import { aKey, anArm, aTrial, graded } from "../../../fixtures/record.ts";

// A stream that keeps what is written, as wide as a terminal.
class Paper extends Writable {
  text = "";
  readonly columns = 100;
  readonly rows = 30;
  readonly isTTY = true;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

function told(live: boolean, events: readonly RunEvent[]): string {
  const paper = new Paper();
  let clock = 0;
  const now = (): number => {
    clock += 1000;
    return clock;
  };
  const every = (): (() => void) => () => {};
  const { report } = showProgress({ stream: paper as unknown as NodeJS.WriteStream, live, paint: palette(false), now, every });
  for (const event of events) report(event);
  return paper.text;
}

// An answer that broke off: no step, no known cost.
const NOTHING_KNOWN = { iterations: 0, costUsd: 0, unbilledAttempts: 1, assumedUsd: 0.25 };
const STARTED: RunEvent = { kind: "run-started", runId: "r1", arms: [anArm("oracle"), anArm("flawed")], planned: 4, alreadyDone: 1 };
const finished = (armId: string, ...rest: [Parameters<typeof graded>[0]] | []): RunEvent => ({
  kind: "trial-finished",
  trial: aTrial(aKey({ armId }), rest.length > 0 ? graded(rest[0] === true) : { kind: "error", source: "provider", message: "down" }, {
    costUsd: rest.length > 0 ? 0.5 : null,
  }),
});

test("piped progress is one plain line for each trial", () => {
  const text = told(false, [
    STARTED,
    finished("arm-oracle", true),
    finished("arm-flawed", false),
    finished("arm-flawed"),
    { kind: "notice", text: "flawed is suspended" },
    { kind: "run-finished", runId: "r1", end: "complete" },
  ]);

  expect(text).toMatchInlineSnapshot(`
    "Run r1: 4 trials, 1 already done
    [2/4] pass  oracle  add #1  3 iterations, 0.9 s, $0.500
    [3/4] fail  flawed  add #1  3 iterations, 0.9 s, $0.500
    [4/4] error flawed  add #1  3 iterations, 0.9 s, unknown: down
    flawed is suspended
    "
  `);
});

test("live progress shows the bar, each model's tally, the cost and the time left", () => {
  const text = told(true, [
    STARTED,
    { kind: "trial-started", armId: "arm-oracle", taskId: "add", attempt: 1 },
    finished("arm-oracle", true),
    finished("arm-flawed", false),
  ]);
  const last = text.slice(text.lastIndexOf("█".repeat(5)));

  expect(last).toContain("3/4");
  expect(last).toMatch(/about .* left/);
  expect(last).toMatch(/oracle\s+1 passed\s+0 failed\s+\$0\.500/);
  expect(last).toMatch(/flawed\s+0 passed\s+1 failed\s+\$0\.500/);
});

test("an unknown cost is shown as unknown beside the known costs", () => {
  const text = told(true, [
    STARTED,
    finished("arm-oracle", true),
    finished("arm-flawed"),
    { kind: "run-finished", runId: "r1", end: "complete" },
  ]);

  expect(text).toContain("$0.500 and unknown");
  expect(text).toContain("1 error");
});

const spent = (changes: Partial<Extract<RunEvent, { kind: "spent" }>>): RunEvent => ({
  kind: "spent",
  spentUsd: 4.71,
  spentTokens: 9_000,
  assumedUsd: 0,
  assumedTokens: 0,
  maxCostUsd: 5,
  maxTokens: null,
  ...changes,
});

test.for([
  { title: "nothing is assumed", event: spent({}), says: "$0.290 of $5.000 left" },
  { title: "a part is assumed", event: spent({ assumedUsd: 0.12 }), says: "$0.170 of $5.000 left: $4.710 spent, $0.120 assumed" },
  { title: "more is assumed than is left", event: spent({ assumedUsd: 1 }), says: "$0 of $5.000 left: $4.710 spent, $1.000 assumed" },
  {
    title: "tokens are limited",
    event: spent({ maxCostUsd: null, maxTokens: 10_000, assumedTokens: 500 }),
    says: "500 of 10.0k tokens left: 9.0k spent, 500 assumed",
  },
])("under a cap, what is left is known spending and assumed spending apart: $title", ({ event, says }) => {
  const [piped, live] = [false, true].map((isLive) => told(isLive, [STARTED, event, finished("arm-oracle", true)]));

  expect(piped).toContain(`  (${says})\n`);
  // On a line of its own, so that the bar and the cap fit 80 columns.
  expect(live).toContain(`\n  ${says}\n`);
});

test("a trial without a known cost is unknown and never $0, on its line and in the tallies", () => {
  const refused: RunEvent = {
    kind: "trial-finished",
    trial: aTrial(aKey({ armId: "arm-oracle" }), { kind: "error", source: "provider", message: "the answer is too long" }, NOTHING_KNOWN),
  };

  expect(told(false, [STARTED, refused])).toContain("0 iterations, 0.9 s, unknown: the answer is too long");
  const live = told(true, [STARTED, refused]);
  expect(live).toMatch(/oracle\s+0 passed\s+0 failed\s+1 error\s+unknown/);
  expect(live.slice(live.lastIndexOf("█"))).not.toContain("left  $0");
});

test("what may have been billed beside a known cost is marked", () => {
  const cut: RunEvent = {
    kind: "trial-finished",
    trial: aTrial(aKey({ armId: "arm-oracle" }), graded(true), { costUsd: 0.5, unbilledAttempts: 1, assumedUsd: 0.25 }),
  };

  expect(told(false, [STARTED, cut])).toContain("3 iterations, 0.9 s, $0.500+");
  expect(told(true, [STARTED, cut])).toMatch(/oracle\s+1 passed\s+0 failed\s+\$0\.500\+/);
});

test("a trial that sent no request cost nothing, which is known", () => {
  const unsent: RunEvent = {
    kind: "trial-finished",
    trial: aTrial(
      aKey({ armId: "arm-oracle" }),
      { kind: "error", source: "sandbox", message: "gone" },
      { ...NOTHING_KNOWN, unbilledAttempts: 0 },
    ),
  };

  expect(told(false, [STARTED, unsent])).toContain("$0: gone");
});

test("files of the model that were not graded are named, on lines that stay", () => {
  const over = { path: "huge.bin", reason: "its 70000000 bytes exceed what is left of the size limit" };
  const files = ["a", "b"].map((path) => ({ path: `${path}/conftest.py`, reason: "it configures the test run" }));
  const trial = (heldBack: readonly HeldBack[]): RunEvent => {
    const outcome = graded(false);
    if (outcome.kind === "graded")
      return {
        kind: "trial-finished",
        trial: aTrial(aKey({ armId: "arm-oracle" }), { ...outcome, verdict: { ...outcome.verdict, heldBack } }),
      };
    throw new Error("not graded");
  };

  const said =
    "not graded: huge.bin (its 70000000 bytes exceed what is left of the size limit), a/conftest.py (it configures the test run) and 1 other";
  expect(told(false, [STARTED, trial([over, ...files])])).toContain(said);
  expect(told(true, [STARTED, trial([over, ...files])])).toContain(said);
  expect(told(false, [STARTED, trial([{ path: "notes.md", reason: UNNAMED }])])).not.toContain("not graded");
});

test("a model that says nothing for a minute, and for five, is told of once each, also without a terminal", () => {
  const paper = new Paper();
  let clock = 0;
  let tick = (): void => {};
  const every = (_ms: number, work: () => void): (() => void) => {
    tick = work;
    return () => {
      tick = () => {};
    };
  };
  const { report, end } = showProgress({
    stream: paper as unknown as NodeJS.WriteStream,
    live: false,
    paint: palette(false),
    now: () => clock,
    every,
  });
  report(STARTED);
  report({ kind: "trial-started", armId: "arm-oracle", taskId: "add", attempt: 1 });
  report({ kind: "activity", armId: "arm-oracle", taskId: "add", attempt: 1, activity: { kind: "model", step: 3 } });
  for (; clock <= 400_000; clock += 1_000) tick();
  report({ kind: "activity", armId: "arm-oracle", taskId: "add", attempt: 1, activity: { kind: "tool", step: 3, tool: "run_command" } });
  for (; clock <= 800_000; clock += 1_000) tick();
  end();

  expect(paper.text).toBe(
    "Run r1: 4 trials, 1 already done\noracle  add #1, step 3: no answer for 1m 00s\noracle  add #1, step 3: no answer for 5m 00s\n",
  );
});

test("tampering is marked on the line of its trial, also in the live display", () => {
  const outcome = graded(false);
  if (outcome.kind !== "graded") throw new Error("not graded");
  const tampering = [{ rule: "edits the tests", where: "agent", evidence: "rm -rf tests" }] as unknown as typeof outcome.verdict.tampering;
  const event: RunEvent = {
    kind: "trial-finished",
    trial: aTrial(aKey({ armId: "arm-oracle" }), { ...outcome, verdict: { ...outcome.verdict, tampering } }),
  };

  expect(told(false, [STARTED, event])).toMatch(/fail {2}oracle .*; TAMPERED\n/);
  expect(told(true, [STARTED, event])).toMatch(/oracle {2}0 passed {2}1 failed {2}1 TAMPERED/);
});
