import { describe, expect, test } from "vitest";
import type { TestResult, VerdictReason } from "../../../src/core/verdict.ts";
import type { Graded } from "../../../src/grade/grade.ts";
import { DIRECT_CALL_HINT } from "../../../src/grade/runner/exit-status.ts";
import { outputOf, problemsOf, referenceProblems, remarksOf, type Tried } from "../../../src/run/check/findings.ts";
import { smallTask } from "../../grade/small-task.ts";

type Statuses = Readonly<Record<string, TestResult["status"]>>;
type Told = {
  readonly reason?: VerdictReason;
  readonly log?: string;
  readonly messages?: Readonly<Record<string, string>>;
  readonly testsMs?: number;
};

const task = smallTask({ workspace: {}, tests: {}, plan: { runner: "pytest", files: [] } });

function graded(statuses: Statuses, told: Told = {}): Graded {
  const tests = Object.entries(statuses).map(([name, status]) => ({ name, status, message: told.messages?.[name] ?? null, durationMs: 1 }));
  const passed = !tests.some(({ status }) => status === "failed" || status === "missing") && told.reason === undefined;
  const testsPassed = tests.filter(({ status }) => status === "passed").length;
  const reason = told.reason ?? (passed ? "all-passed" : "tests-failed");
  const verdict = {
    passed,
    reason,
    testsPassed,
    testsTotal: tests.length,
    tests,
    tampering: [],
    isolation: "process",
    heldBack: [],
    log: told.log ?? "",
    durationMs: 1,
  } as const;
  return { verdict, shapes: null, skipped: [], testsMs: told.testsMs ?? 1 };
}

const SOLVED = graded({ a: "passed", b: "passed" });
const REJECTED = graded({ a: "failed", b: "failed" });

function tried(changes: Partial<Tried> = {}): Tried {
  return {
    task,
    required: ["a", "b"],
    reference: [SOLVED, SOLVED],
    untouched: [REJECTED, REJECTED],
    wrong: [],
    twins: [],
    answers: { problems: [], remarks: [] },
    unnamed: [],
    ...changes,
  };
}

test("a test that should fail before the task is solved and does not is a problem; that others pass before is none and no remark", () => {
  const untouched = [graded({ a: "passed", b: "passed", c: "failed" })];
  const solved = [graded({ a: "passed", b: "passed", c: "passed" })];
  const given = (failing: readonly string[]) =>
    tried({ task: { ...task, failing }, required: ["a", "b", "c"], reference: solved, untouched });

  expect(problemsOf(given(["c"]))).toEqual([]);
  expect(remarksOf(given(["c"]))).toEqual([]);
  expect(problemsOf(given(["b", "c"]))).toEqual([
    'test "b" should fail before the task is solved, and the untouched workspace passes it; correct the list or the image',
  ]);
});

test("a task whose reference passes and whose workspace fails has neither problems nor remarks", () => {
  expect(problemsOf(tried())).toEqual([]);
  expect(remarksOf(tried())).toEqual([]);
});

test.for<{ readonly title: string; readonly given: Partial<Tried>; readonly says: readonly string[] }>([
  {
    title: "an untouched workspace that passes",
    given: { untouched: [SOLVED, SOLVED] },
    says: ['the tests accept "untouched workspace", which must fail; add a test that rejects it, or leave the task out'],
  },
  {
    title: "wrong solutions that pass, each by its name",
    given: {
      wrong: [
        { name: "x", gradings: [SOLVED] },
        { name: "y", gradings: [REJECTED] },
        { name: "z", gradings: [SOLVED] },
      ],
    },
    says: [
      'the tests accept "x", which must fail; add a test that rejects it',
      'the tests accept "z", which must fail; add a test that rejects it',
    ],
  },
  {
    title: "a wrong solution that passes sometimes",
    given: { wrong: [{ name: "x", gradings: [SOLVED, REJECTED] }] },
    says: ['the wrong solution "x" passed 1 of 2 times; the tests are flaky'],
  },
  {
    title: "a reference that passes sometimes, with the test",
    given: { reference: [SOLVED, graded({ a: "passed", b: "failed" }, { messages: { b: "AssertionError: 1 != 2\nmore" } })] },
    says: ['the reference passed only 1 of 2 times (test "b" failed: AssertionError: 1 != 2); the tests are flaky'],
  },
  {
    title: "names that change, instead of a flaky reference",
    given: { reference: [SOLVED, graded({ a: "passed", "b-2": "extra", b: "missing" })] },
    says: ['names of tests change: "b" was "b-2" in another grading of the reference; give parameters ids that stay the same'],
  },
  {
    title: "a wrong solution that is the reference",
    given: { twins: [{ name: "x", of: "reference" }] },
    says: ['wrong solution "x" is the reference; change or remove it'],
  },
  {
    title: "a coroutine that pytest skipped",
    given: {
      reference: [
        graded(
          { a: "passed", b: "extra" },
          { messages: { b: "Skipped: async def function and no async plugin installed (see warnings)" } },
        ),
      ],
    },
    says: ['async test "b" is not run; write it with asyncio.run(...), or with a plugin that the image has'],
  },
  {
    title: "a coroutine that unittest did not wait for",
    given: { reference: [graded({ a: "passed" }, { log: "case.py:579: RuntimeWarning: coroutine 'More.test_waits' was never awaited" })] },
    says: ['async test "More.test_waits" is not run; write it with asyncio.run(...), or with a plugin that the image has'],
  },
])("a problem: $title", ({ given, says }) => {
  expect(problemsOf(tried(given))).toEqual(says);
});

test.for<{ readonly title: string; readonly given: Partial<Tried>; readonly says: readonly string[] }>([
  {
    title: "tests that are skipped, the first by name",
    given: { reference: [{ ...SOLVED, skipped: ["s1", "s2", "s3", "s4", "s5"] }] },
    says: ['tests "s1", "s2", "s3" and 2 more are skipped on the reference and decide nothing'],
  },
  {
    title: "a test that fails and is not required",
    given: { reference: [graded({ a: "passed", b: "passed", c: "failed" })] },
    says: ['test "c" failed on the reference and decides nothing, since tests.required does not name it'],
  },
  {
    title: "a test that the untouched workspace passes",
    given: { untouched: [graded({ a: "failed", b: "passed" })] },
    says: ['1 of 2 tests tell nothing apart, the untouched workspace passes it: "b"'],
  },
  {
    title: "a test that a wrong solution fails tells something apart",
    given: { untouched: [graded({ a: "failed", b: "passed" })], wrong: [{ name: "x", gradings: [graded({ a: "passed", b: "failed" })] }] },
    says: [],
  },
  {
    title: "tests that took more than half of their time",
    given: { reference: [graded({ a: "passed", b: "passed" }, { testsMs: task.tests.timeoutSeconds * 600 })] },
    says: [expect.stringMatching(/^the tests took [\d.]+ s of their \d+ s on the reference; raise tests\.timeout_seconds/)],
  },
])("a remark: $title", ({ given, says }) => {
  expect(remarksOf(tried(given))).toEqual(says);
});

test.for<{ readonly title: string; readonly given: Graded; readonly passesTogether?: true; readonly says: RegExp }>([
  {
    title: "a failed test",
    given: graded({ a: "failed", b: "failed" }, { messages: { a: "no\nmore" } }),
    says: /\(test "a" failed: no, and 1 more\); fix the solution or the tests$/,
  },
  {
    title: "a failed test that passes without isolation",
    given: graded({ a: "failed" }, { messages: { a: "no" } }),
    passesTogether: true,
    says: /\(test "a" failed: no\); they do with "isolation: none" under tests in task\.yaml: write that, or change /,
  },
  {
    title: "required tests that are not there",
    given: graded({ a: "missing", c: "extra" }),
    says: /^required test "a" did not run on the reference; correct tests\.required: what ran is "c"$/,
  },
  { title: "no test at all", given: graded({}, { reason: "tests-failed" }), says: /\(no test ran\)/ },
  {
    title: "a time limit",
    given: graded({ a: "missing" }, { reason: "test-timeout" }),
    says: /^its tests took longer than their \d+ s on its reference solution; raise tests\.timeout_seconds/,
  },
  {
    title: "a script that opens the workspace",
    given: graded({ "a.sh": "failed" }, { messages: { "a.sh": `exit status 1\n${DIRECT_CALL_HINT}` } }),
    says: /^test "a\.sh" opens files of the workspace: .*\$SOLUTION/,
  },
])("a reference that fails is told by $title", ({ given, passesTogether, says }) => {
  expect(referenceProblems(task, given, passesTogether)).toEqual([expect.stringMatching(says)]);
});

describe("what the tests printed", () => {
  const failed = graded({ "test_a.py::Case::test_x": "failed" }).verdict;

  test("is cut to its end, without colours, and is nothing where nothing was printed", () => {
    const log = Array.from({ length: 500 }, (_, line) => `\u001b[31mline ${line}\u001b[0m`).join("\n");

    expect(outputOf({ ...failed, log })?.split("\n")).toHaveLength(15);
    expect(outputOf({ ...failed, log })).toMatch(/line 499$/);
    expect(outputOf({ ...failed, log: " \n\n" })).toBeNull();
  });

  test("is the section of the first test that failed", () => {
    const log = "x\n___ test_y ___\nno\n______ Case.test_x ______\n    assert 1 == 2\nE   no\n___ test_z ___\nlater\n=== 2 failed ===\n";

    expect(outputOf({ ...failed, log })).toBe("______ Case.test_x ______\n    assert 1 == 2\nE   no");
  });

  test("leaves out tests of ours that must fail", () => {
    const log = "failed: a.test.js > c061ec7e6d3b5e0b2a987\nfailed: a.test.js > adds\n  no";

    expect(outputOf({ ...failed, log })).toBe("failed: a.test.js > adds\n  no");
  });
});
