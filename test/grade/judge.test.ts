import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Evidence, judge } from "../../src/grade/judge.ts";
import type { ReportedTest, RunReport } from "../../src/grade/runner/run-report.ts";

const reported = (name: string, status: ReportedTest["status"] = "passed"): ReportedTest => ({
  name,
  status,
  message: null,
  durationMs: 1,
});
const canaryTests = [reported("canary-1", "failed"), reported("canary-2", "failed")];

const honestReport: RunReport = {
  finished: true,
  strays: 0,
  contradiction: null,
  shapes: null,
  tests: [canaryTests[0] as ReportedTest, reported("a"), reported("b"), canaryTests[1] as ReportedTest],
};

type Changes = {
  readonly cutShort?: Evidence["cutShort"];
  readonly report?: Partial<RunReport> | null;
  readonly required?: string[] | null;
};

function evidence(changes: Changes = {}): Evidence {
  return {
    cutShort: changes.cutShort ?? null,
    report: changes.report === null ? null : { ...honestReport, ...changes.report },
    required: changes.required === undefined ? ["a", "b"] : changes.required,
    canaries: ["canary-1", "canary-2"],
  };
}

describe("a verdict", () => {
  test("passes when every required test passed, every canary failed, and the end of the run agrees", () => {
    expect(judge(evidence())).toEqual({
      passed: true,
      reason: "all-passed",
      testsPassed: 2,
      testsTotal: 2,
      tests: [
        { name: "a", status: "passed", message: null, durationMs: 1 },
        { name: "b", status: "passed", message: null, durationMs: 1 },
      ],
      tampering: [],
    });
  });

  test("lists tests that are not required and passed or were skipped as extra", () => {
    const verdict = judge(evidence({ report: { tests: [...honestReport.tests, reported("c"), reported("d", "skipped")] } }));

    expect(verdict).toMatchObject({ passed: true, testsPassed: 2, testsTotal: 2 });
    expect(verdict.tests.slice(2).map((one) => one.status)).toEqual(["extra", "extra"]);
  });

  test("does not depend on tests that are not required, failed ones included", () => {
    const verdict = judge(evidence({ report: { tests: [...honestReport.tests, reported("c", "failed")] } }));

    expect(verdict).toMatchObject({ passed: true, testsPassed: 2, testsTotal: 2 });
    expect(verdict.tests.at(-1)).toMatchObject({ name: "c", status: "failed" });
  });

  test("requires every test that passed when none is required by name", () => {
    expect(judge(evidence({ required: null }))).toMatchObject({ passed: true, testsPassed: 2, testsTotal: 2 });
  });

  const failures: readonly { readonly title: string; readonly given: Evidence; readonly reason: string }[] = [
    {
      title: "a required test failed",
      given: evidence({ report: { tests: [...canaryTests, reported("a"), reported("b", "failed")] } }),
      reason: "tests-failed",
    },
    {
      title: "a required test was skipped",
      given: evidence({ report: { tests: [...canaryTests, reported("a"), reported("b", "skipped")] } }),
      reason: "tests-failed",
    },
    {
      title: "a required test is missing",
      given: evidence({ report: { tests: [...canaryTests, reported("a")] } }),
      reason: "tests-failed",
    },
    {
      title: "a test failed and none is required by name",
      given: evidence({ required: null, report: { tests: [...honestReport.tests, reported("c", "failed")] } }),
      reason: "tests-failed",
    },
    { title: "nothing is required", given: evidence({ required: [] }), reason: "tests-failed" },
    {
      title: "nothing passed and nothing is required by name",
      given: evidence({ required: null, report: { tests: canaryTests } }),
      reason: "tests-failed",
    },
    { title: "a canary is missing", given: evidence({ report: { tests: honestReport.tests.slice(1) } }), reason: "tests-failed" },
    { title: "the runner did not finish", given: evidence({ report: { finished: false } }), reason: "tests-failed" },
    { title: "the runner died before its first test", given: evidence({ report: { finished: false, tests: [] } }), reason: "no-report" },
    { title: "there is no report", given: evidence({ report: null }), reason: "no-report" },
    { title: "time ran out before a report", given: evidence({ report: null, cutShort: "test-timeout" }), reason: "test-timeout" },
    {
      title: "time ran out in the runner",
      given: evidence({ cutShort: "test-timeout", report: { finished: false } }),
      reason: "test-timeout",
    },
    { title: "memory ran out", given: evidence({ cutShort: "out-of-memory", report: { finished: false } }), reason: "out-of-memory" },
  ];

  test.for(failures)("fails when $title", ({ given, reason }) => {
    expect(judge(given)).toMatchObject({ passed: false, reason, tampering: [] });
  });

  test("still passes when the kernel killed some child for memory and all tests passed", () => {
    expect(judge(evidence({ cutShort: "out-of-memory" }))).toMatchObject({ passed: true, reason: "all-passed" });
  });
});

describe("tampering", () => {
  const cases: readonly { readonly title: string; readonly report: Partial<RunReport>; readonly kind: string }[] = [
    {
      title: "a canary passed",
      report: { tests: [reported("canary-1"), reported("canary-2", "failed"), reported("a"), reported("b")] },
      kind: "canary-passed",
    },
    {
      title: "a canary was skipped",
      report: { tests: [reported("canary-1", "skipped"), reported("canary-2", "failed"), reported("a"), reported("b")] },
      kind: "canary-passed",
    },
    { title: "a test came twice", report: { tests: [...honestReport.tests, reported("a")] }, kind: "duplicate-test" },
    {
      title: "a test came as failed and as passed",
      report: { tests: [...honestReport.tests, reported("b", "failed")] },
      kind: "duplicate-test",
    },
    { title: "a canary came twice", report: { tests: [...honestReport.tests, reported("canary-1", "failed")] }, kind: "duplicate-test" },
    {
      title: "the end of the run contradicts its report",
      report: { contradiction: "it ended with status 0" },
      kind: "exit-report-mismatch",
    },
    { title: "messages came that the runner did not send", report: { strays: 2 }, kind: "report-forged" },
  ];

  test.for(cases)("is seen when $title", ({ report, kind }) => {
    const verdict = judge(evidence({ report }));

    expect(verdict).toMatchObject({ passed: false, reason: "tampered" });
    expect(verdict.tampering.map((found) => found.kind)).toContain(kind);
  });

  test("is reported without the names of canaries", () => {
    const verdict = judge(evidence({ report: { tests: [...canaryTests, ...canaryTests, reported("canary-1")] } }));

    expect(JSON.stringify(verdict)).not.toContain("canary-1");
  });
});

test("no report passes unless it has everything that an honest run reports", () => {
  const name = fc.constantFrom("a", "b", "c", "canary-1", "canary-2");
  const one = fc.record({
    name,
    status: fc.constantFrom("passed", "failed", "skipped"),
    message: fc.constant(null),
    durationMs: fc.constant(null),
  });
  const report = fc.record({
    finished: fc.boolean(),
    strays: fc.nat(1),
    contradiction: fc.constantFrom(null, "it ended with status 0"),
    shapes: fc.constant(null),
    tests: fc.array(one, { maxLength: 7 }),
  });

  fc.assert(
    fc.property(report, (given) => {
      const verdict = judge({ ...evidence(), report: given as RunReport });
      const count = (wanted: string, status: string) => given.tests.filter((each) => each.name === wanted && each.status === status).length;
      const isHonest = [count("a", "passed"), count("b", "passed"), count("canary-1", "failed"), count("canary-2", "failed")].every(
        (n) => n === 1,
      );
      const names = given.tests.map((each) => each.name);
      const isClean = given.finished && given.strays === 0 && given.contradiction === null && new Set(names).size === names.length;

      expect(verdict.passed).toBe(isHonest && isClean);
    }),
    { numRuns: 2_000 },
  );
});

test("a test that is reported twice does not pass where the solution is kept apart either", () => {
  const verdict = judge({ ...evidence({ report: { tests: [reported("a"), reported("b"), reported("b")] } }), canaries: [] });

  expect(verdict).toMatchObject({ passed: false, reason: "tests-failed", tampering: [] });
  expect(verdict.tests).toContainEqual({ name: "b", status: "failed", message: "reported 2 times", durationMs: null });
});

describe("several tests of one name", () => {
  const repeat = (status: ReportedTest["status"]): ReportedTest => ({ ...reported("a (2)", status), repeats: "a" });
  const judged = (second: ReportedTest, required: string[] | null) =>
    judge(evidence({ report: { tests: [...honestReport.tests, second] }, required }));

  test("are required one by one where the reference passes all", () => {
    expect(judged(repeat("passed"), null)).toMatchObject({ passed: true, testsTotal: 3 });
    expect(judged(repeat("failed"), ["a", "b", "a (2)"])).toMatchObject({ passed: false, testsPassed: 2 });
  });

  test.for(["failed", "skipped"] as const)("all have to pass where only their name is required: one %s", (status) => {
    expect(judged(repeat("passed"), ["a", "b"])).toMatchObject({ passed: true, testsTotal: 2 });
    expect(judged(repeat(status), ["a", "b"])).toMatchObject({ passed: false, testsPassed: 1, tampering: [] });
  });

  test("are not required where the reference skips one", () => {
    expect(judged(repeat("skipped"), null)).toMatchObject({ passed: true, testsTotal: 1 });
  });
});

test("hundreds of thousands of reports of one test are judged without delay, which copying them for each would not be", () => {
  const tests = Array.from({ length: 300_000 }, () => reported("a"));
  const started = performance.now();

  expect(judge(evidence({ report: { tests } }))).toMatchObject({ passed: false, reason: "tampered" });

  const tookMs = performance.now() - started;
  expect(tookMs).toBeLessThan(10_000);
  const copied = new Map<string, readonly ReportedTest[]>();
  const deadline = performance.now() + Math.max(1000, tookMs);
  const isDone = tests.every((test) => copied.set(test.name, [...(copied.get(test.name) ?? []), test]) && performance.now() < deadline);
  expect(isDone).toBe(false);
});
