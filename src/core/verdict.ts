// `missing` was required and did not report, `extra` reported and was not required.
type TestStatus = "passed" | "failed" | "skipped" | "missing" | "extra";

/** One hidden test. */
export type TestResult = {
  readonly name: string;
  readonly status: TestStatus;
  readonly message: string | null;
  readonly durationMs: number | null;
};

/**
 * A sign that the solution attacked its grader, with what showed it. An `attempt` was seen in what was done or written, whatever came of it: it never changes a
 * verdict.
 */
export type Tampering = {
  readonly kind: "canary-passed" | "duplicate-test" | "exit-report-mismatch" | "report-forged" | "attempt";
  readonly evidence: string;
};

/** Why a verdict is what it is. */
export type VerdictReason =
  | "all-passed"
  | "tests-failed"
  | "test-timeout"
  | "out-of-memory"
  | "no-report"
  | "nothing-delivered"
  | "tampered";

/** The grader's answer about one solution. `passed` needs every required test, the honest exit status and the canary. */
export type Verdict = {
  readonly passed: boolean;
  readonly reason: VerdictReason;
  readonly testsPassed: number;
  readonly testsTotal: number;
  readonly tests: readonly TestResult[];
  readonly tampering: readonly Tampering[];
  /** What the test run printed, cut to a bounded length. */
  readonly log: string;
  readonly durationMs: number;
};
