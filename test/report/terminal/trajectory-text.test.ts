import { expect, test } from "vitest";
import type { StepRecord, ToolCallRecord, Trajectory, TrialRecord } from "../../../src/core/record.ts";
import { palette } from "../../../src/report/terminal/palette.ts";
import { trajectoryLines } from "../../../src/report/terminal/trajectory-text.ts";
import { CERTAIN } from "../../fixtures/record.ts";

const TRIAL: TrialRecord = {
  id: 7,
  runId: "r1",
  taskId: "add",
  armId: "a",
  armName: "gpt",
  armApi: "openai-chat",
  attempt: 2,
  passed: false,
  stop: "max-iterations",
  reason: "tests-failed",
  testsPassed: 1,
  testsTotal: 2,
  errorSource: null,
  errorMessage: null,
  tampered: false,
  isolation: "none",
  heldBack: [],
  rewards: null,
  iterations: 1,
  inputTokens: 100,
  cacheReadTokens: 5,
  cacheWriteTokens: 3,
  outputTokens: 4,
  costUsd: null,
  ...CERTAIN,
  workingMs: 1500,
  modelMs: 1400,
  firstTokenMs: null,
  stopDetail: "used all 1 responses",
};

const CALL: ToolCallRecord = {
  tool: "write_file",
  arguments: '{"path":"a.py","content":"x = 1\\ny = 2\\n"}',
  decision: "allowed",
  result: "Wrote 12 bytes",
  errorKind: null,
  exitCode: null,
  timedOut: false,
  durationMs: 1,
};

const STEP: StepRecord = {
  iteration: 1,
  text: "I write it",
  reasoning: "",
  finish: "tool-calls",
  inputTokens: 100,
  cacheReadTokens: 5,
  cacheWriteTokens: 3,
  outputTokens: 4,
  usageInconsistency: null,
  costUsd: null,
  computedUsd: null,
  reportedUsd: null,
  durationMs: 1400,
  firstTokenMs: null,
  waitedMs: 0,
  servedModel: "gpt-x",
  toolCalls: [CALL],
  notes: [{ kind: "nudge", text: "one response remains" }],
};

function shown(changes: Partial<Trajectory> = {}): string {
  const tests = [
    { name: "test_sum", status: "passed", message: null },
    { name: "test_type", status: "failed", message: "assert 1 is 2" },
  ];
  return [
    ...trajectoryLines(
      {
        trial: TRIAL,
        system: "Be careful.",
        firstTurns: ["Write add."],
        steps: [STEP],
        notes: [],
        tests,
        tampering: [],
        testLog: "log",
        ...changes,
      },
      palette(false),
    ),
  ].join("\n");
}

test("a trial is shown from the prompt to the verdict, with text of several lines unchanged", () => {
  expect(shown()).toMatchInlineSnapshot(`
    "Trial 7: add, gpt, attempt 2 (run r1)
    failed (tests-failed), stopped: max-iterations (used all 1 responses), 1 iteration, 103 uncached, 5 cached, 4 output, cost unknown, 1.5 s

    --- System prompt
    Be careful.

    --- User
    Write add.

    --- Step 1  103 uncached, 5 cached, 4 output, cost unknown, 1.4 s, tool-calls
    I write it
    > write_file path="a.py"
      + x = 1
      + y = 2
      Wrote 12 bytes
    [harness: nudge] one response remains

    --- Hidden tests
    pass  test_sum
    failed  test_type
          assert 1 is 2
    graded without isolation, in the process of the tests

    --- Output of the test run
    log
    "
  `);
});

test("control characters of a model, a tool or a test never reach the terminal", () => {
  const hostile = "a\u001b]0;title\u0007b\u009bc\r\u0000d\te\nf";
  const text = shown({ system: hostile, steps: [{ ...STEP, text: hostile, toolCalls: [{ ...CALL, result: hostile }] }], testLog: hostile });

  expect(text).toContain("a\\u001b]0;title\\u0007b\\u009bc\n\\u0000d\te\nf");
  expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
});

test("escapes in the arguments of a call become characters when they are read, and visible before they are shown", () => {
  const hostile = "\u001b]52;c;eA==\u0007 \u202e\u009b";
  const call = { ...CALL, arguments: JSON.stringify({ path: hostile, content: `${hostile}\n` }) };

  expect(JSON.parse(call.arguments)).toEqual({ path: hostile, content: `${hostile}\n` });
  const text = shown({ steps: [{ ...STEP, toolCalls: [call] }] });
  expect(text).toContain('path="\\u001b]52;c;eA==\\u0007 \\u202e\\u009b"');
  expect(text).toContain("  + \\u001b]52;c;eA==\\u0007 \\u202e\\u009b\n");
});

test("the colours of a log are left out, and its other codes are visible", () => {
  const text = shown({ testLog: "\u001b[1;31mred\u001b[0m \u001b[2Kgone" });

  expect(text).toContain("red \\u001b[2Kgone");
});

test("arguments that are no object are shown unchanged, and a call without a result says why", () => {
  const text = shown({ steps: [{ ...STEP, toolCalls: [{ ...CALL, arguments: "{broken", result: null }] }] });

  expect(text).toContain("> write_file {broken\n  (the harness stopped during this call)");
});

test("an error of the harness and a note without a step are shown", () => {
  const text = shown({
    trial: { ...TRIAL, passed: null, errorSource: "provider", errorMessage: "quota used up" },
    steps: [],
    notes: [{ kind: "rejected", text: "no credit" }],
  });

  expect(text).toContain("Error (provider): quota used up");
  expect(text).toContain("[harness: rejected] no credit");
});

test("a step without a count of tokens is unknown, and one whose figures disagree says how", () => {
  const unknown = { inputTokens: null, cacheReadTokens: null, cacheWriteTokens: null, outputTokens: null };
  const doubt = "a reported cost of $0.09 against $0.05 by the price";
  const text = shown({
    trial: { ...TRIAL, ...unknown, unknownUsageSteps: 1, doubtfulUsageSteps: 1 },
    steps: [
      { ...STEP, ...unknown, firstTokenMs: 300 },
      { ...STEP, iteration: 2, costUsd: 0.05, computedUsd: 0.05, reportedUsd: 0.09, usageInconsistency: doubt },
    ],
  });

  expect(text).toContain("1 iteration, tokens unknown, cost unknown, 1.5 s");
  expect(text).toContain("--- Step 1  tokens unknown, cost unknown, 1.4 s (first token 0.3 s), tool-calls");
  expect(text).toContain("--- Step 2  103 uncached, 5 cached, 4 output, $0.050?, 1.4 s, tool-calls");
  expect(text).toContain(`[harness: the provider's figures disagree] ${doubt}`);
  expect(text).toContain("? In 1 step the provider's figures disagree");
});

test("what requests without an answer are assumed to have cost stands below the known cost, for an error too", () => {
  const doubts = { unbilledAttempts: 2, assumedUsd: 0.06 };

  expect(shown({ trial: { ...TRIAL, costUsd: 0.42, ...doubts } })).toContain(
    "$0.420+, 1.5 s\n+ 2 requests failed or were cut off and may have been billed: $0.060 more is assumed, and not part of the cost.",
  );
  expect(shown({ trial: { ...TRIAL, passed: null, errorSource: "provider", errorMessage: "down", ...doubts } })).toContain(
    "Error (provider): down\n+ 2 requests",
  );
});

test("a repair of the model's turn is among the notes of its step", () => {
  const notes = [{ kind: "repaired", text: "an empty text block was left out" }];

  expect(shown({ steps: [{ ...STEP, notes }] })).toContain("[harness: repaired] an empty text block was left out");
});

test("what was not graded stands with the verdict, once", () => {
  const note = { kind: "not-delivered", text: "conftest.py: it configures the test run" };
  const heldBack = [{ path: "conftest.py", reason: "it configures the test run" }];

  const told = shown({ trial: { ...TRIAL, heldBack }, notes: [note] });
  const older = shown({ notes: [note] });

  expect(told.match(/conftest\.py/g)).toHaveLength(1);
  expect(told).toContain("not graded: conftest.py: it configures the test run");
  expect(older).toContain("[harness: not-delivered] conftest.py: it configures the test run");
});

const call = (tool: string, values: object): ToolCallRecord => ({ ...CALL, tool, arguments: JSON.stringify(values), result: "done" });

test("an edit of a file is shown as a diff, whatever its tool calls the two texts", () => {
  const before = "def add(a, b):\n    return a - b\n";
  const after = "def add(a, b):\n    return a + b\n";
  const diff = "    def add(a, b):\n  -     return a - b\n  +     return a + b\n  done";

  for (const [old, replacement] of [
    ["old_text", "new_text"],
    ["old_string", "new_string"],
  ] as const)
    expect(shown({ steps: [{ ...STEP, toolCalls: [call("edit", { path: "a.py", [old]: before, [replacement]: after })] }] })).toContain(
      `> edit path="a.py"\n${diff}`,
    );
});

test("a diff of texts without anything in common is their lines, and takes no longer for it", () => {
  const lines = (word: string): string => Array.from({ length: 5_000 }, (_, line) => `${word} ${line}`).join("\n");
  const edit = call("edit_file", { old_text: lines("old"), new_text: lines("new") });

  const text = shown({ steps: [{ ...STEP, toolCalls: [edit] }] });

  expect(text).toContain("  - old 4999\n  + new 0\n");
});

function onTerminal(toolCall: ToolCallRecord, { width = 60, full = false, tests = [] as Trajectory["tests"] } = {}): readonly string[] {
  const trial = { ...TRIAL, isolation: "process-one-user" as const };
  const steps = [{ ...STEP, toolCalls: [toolCall] }];
  const trajectory = { trial, system: "", firstTurns: [], steps, notes: [], tests, tampering: [], testLog: "" };
  return [...trajectoryLines(trajectory, palette(false, width), { full })].join("\n").split("\n");
}

test("on a terminal a long result is folded, with a count and how to see all; nothing is wider than the terminal", () => {
  const result = Array.from({ length: 1_040 }, (_, line) => `${line}\t${"word ".repeat(30)}`).join("\n");
  const long = { ...call("run_command", { command: "seq" }), result };

  const folded = onTerminal(long);
  expect(folded).toContainEqual(expect.stringMatching(/^ {2}\[\.\.\. [\d,]+ lines left out; --full shows all\]$/));
  expect(folded.length).toBeLessThan(80);
  expect(Math.max(...folded.map((line) => line.length))).toBeLessThanOrEqual(60);

  const full = onTerminal(long, { full: true });
  expect(full.filter((line) => /^ {2}\d+ /.test(line))).toHaveLength(1_040);
  expect(shown({ steps: [{ ...STEP, toolCalls: [long] }] })).toContain(`  1039\t${"word ".repeat(30)}`);
});

test("names of hidden tests and how they were graded are no wider than the terminal", () => {
  for (const width of [40, 60, 80]) {
    const names = Array.from(
      { length: 40 },
      (_, index) => `split.test.ts > ${"the missing cent goes to the first share when all lost the same".slice(0, 20 + index)}`,
    );
    const tests = names.map((name) => ({ name, status: "passed" as const, message: null, durationMs: 1 }));

    const lines = onTerminal(call("run_command", {}), { width, tests });

    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
  }
});

test("a line of a million characters is cut on a terminal, with a count", () => {
  const text = onTerminal({ ...call("run_command", {}), result: "x".repeat(1_000_000) }).join(" ");

  expect(text).toContain("996,000");
  expect(text.length).toBeLessThan(10_000);
});
