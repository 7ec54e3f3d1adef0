import type { Isolation } from "./task.ts";

// A `missing` test was required and reported no result; an `extra` one reported a result and was not required.
type TestStatus = "passed" | "failed" | "skipped" | "missing" | "extra";

/** The result of one hidden test. */
export type TestResult = {
  readonly name: string;
  readonly status: TestStatus;
  readonly message: string | null;
  readonly durationMs: number | null;
};

/**
 * A sign that the solution attacked its grader, with the evidence. An `attempt` was seen in the trajectory or in the submitted files, with
 * or without effect; it never changes a verdict.
 */
export type Tampering = {
  readonly kind: "canary-passed" | "duplicate-test" | "exit-report-mismatch" | "report-forged" | "attempt";
  readonly evidence: string;
};

/**
 * How the solution was kept apart from its tests. `process-one-user`: in a process of its own, but the sandbox has one user only, so that filters of the kernel stand in
 * for the second. `state`: the tests ran in a new machine with the file system that the agent left, and so with every program in it.
 */
export type GradedIsolation = Isolation | "process-one-user" | "state";

/** A file that the agent made or changed and that was not graded, and the reason: it would configure the test run, or a limit was reached. */
export type HeldBack = { readonly path: string; readonly reason: string };

/**
 * For each place where results of the solution cross to the tests (such as `shop.price()`): whether the reference solution always gave plain data there, or objects of
 * its own.
 */
export type Shapes = Readonly<Record<string, "data" | "own">>;

/** What the reference solution teaches about a task, or its author wrote down: the tests that decide, these and no others, and what crosses. */
export type Expected = {
  readonly required: readonly string[];
  /** Null where no reference solution was run. */
  readonly shapes: Shapes | null;
};

/** The reason for a verdict. */
export type VerdictReason =
  | "all-passed"
  | "tests-failed"
  | "test-timeout"
  | "out-of-memory"
  | "no-report"
  | "nothing-delivered"
  | "tampered";

/** The grader's answer about one solution. `passed` requires every required test, and a run of the tests whose end agrees with its report. */
export type Verdict = {
  readonly passed: boolean;
  readonly reason: VerdictReason;
  readonly testsPassed: number;
  readonly testsTotal: number;
  readonly tests: readonly TestResult[];
  readonly tampering: readonly Tampering[];
  /** Null where nothing was run, and in verdicts of versions before this one. */
  readonly isolation: GradedIsolation | null;
  readonly heldBack: readonly HeldBack[];
  /** The numbers by name that the tests of a graded state gave; absent for all others. */
  readonly rewards?: Readonly<Record<string, number>>;
  /** The output of the test run, cut to a bounded length. */
  readonly log: string;
  readonly durationMs: number;
};

/** The repeated gradings of one solution, and how many of them passed. */
export type GradedRepeats = { readonly name: string; readonly passed: number; readonly repeats: number };

/**
 * The result of checking a task. `problems` say why it does not measure what it claims to, none when it is sound; `remarks` are worth knowing and harm nothing. `output` is
 * the end of what the tests printed on a reference solution that did not pass.
 */
export type Soundness = {
  readonly taskId: string;
  readonly tests: number;
  readonly isolation: GradedIsolation | null;
  readonly reference: GradedRepeats | null;
  readonly untouched: GradedRepeats | null;
  readonly wrong: readonly GradedRepeats[];
  readonly problems: readonly string[];
  readonly remarks: readonly string[];
  readonly output: string | null;
};
