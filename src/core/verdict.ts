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

/** The reason for a verdict. */
export type VerdictReason =
  | "all-passed"
  | "tests-failed"
  | "test-timeout"
  | "out-of-memory"
  | "no-report"
  | "nothing-delivered"
  | "tampered";

/** The grader's answer about one solution. `passed` requires every required test, a matching exit status and the canary's failure. */
export type Verdict = {
  readonly passed: boolean;
  readonly reason: VerdictReason;
  readonly testsPassed: number;
  readonly testsTotal: number;
  readonly tests: readonly TestResult[];
  readonly tampering: readonly Tampering[];
  /** The output of the test run, cut to a bounded length. */
  readonly log: string;
  readonly durationMs: number;
};

/** The repeated gradings of one solution, and how many of them passed. */
export type GradedRepeats = { readonly name: string; readonly passed: number; readonly repeats: number };

/** The result of checking a task: whether its tests accept the reference and nothing else. `problem` is null when the task is sound. */
export type Soundness = {
  readonly taskId: string;
  readonly tests: number;
  readonly reference: GradedRepeats | null;
  readonly untouched: GradedRepeats | null;
  readonly wrong: readonly GradedRepeats[];
  readonly problem: string | null;
};
