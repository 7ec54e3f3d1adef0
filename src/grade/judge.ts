import type { Tampering, TestResult, Verdict, VerdictReason } from "../core/verdict.ts";
import type { ReportedTest, RunReport } from "./runner/run-report.ts";

/**
 * What is known of one test run. `report` is null when it could not be read. `canaries` are the names of tests that must fail; with `required` null, every test that
 * passed is required and none may have failed.
 */
export type Evidence = {
  /** What may have ended the run before its own end: a reason for a failure, and none against a pass. */
  readonly cutShort: "test-timeout" | "out-of-memory" | null;
  readonly report: RunReport | null;
  readonly required: readonly string[] | null;
  readonly canaries: readonly string[];
};

/** A verdict without what is known before and after the tests. */
export type Judgement = Omit<Verdict, "isolation" | "heldBack" | "log" | "durationMs">;

/**
 * Judges one test run. It passes if every required test was reported once and passed, every canary failed, the run reached its end, and that end agrees with the
 * report. Other tests do not decide, whatever they did.
 */
export function judge(evidence: Evidence): Judgement {
  const reports = groupByName(evidence.report?.tests ?? []);
  const required = [...new Set(evidence.required ?? passedNames(evidence, reports))];
  const tests = [
    ...requiredResults(required, reports, repeatsOf(evidence, required)),
    ...otherResults([...required, ...evidence.canaries], reports),
  ];
  const tampering = evidence.report === null ? [] : tamperingInReport(evidence, evidence.report, reports);
  const testsPassed = tests.filter((test) => test.status === "passed").length;
  const isComplete = testsPassed === required.length && required.length > 0;
  const isClean = evidence.required !== null || !tests.some((test) => test.status === "failed");
  const passed = isComplete && isClean && reachedEnd(evidence.report) && canariesFailed(evidence, reports) && tampering.length === 0;
  const reason = passed ? "all-passed" : reasonFor(evidence, tampering);
  return { passed, reason, testsPassed, testsTotal: required.length, tests, tampering };
}

// A name of which one test did not pass is not required: whoever requires it means all of its tests.
function passedNames(evidence: Evidence, reports: Reports): string[] {
  const canaries = new Set(evidence.canaries);
  const unfit = new Set((evidence.report?.tests ?? []).filter(({ status }) => status !== "passed").map(({ repeats }) => repeats));
  return [...reports]
    .filter(([name, found]) => !canaries.has(name) && !unfit.has(name) && found[0]?.status === "passed")
    .map(([name]) => name);
}

// Tests that repeat a required name and are not required themselves, by that name.
function repeatsOf({ report }: Evidence, required: readonly string[]): Reports {
  const names = new Set(required);
  const repeats = (report?.tests ?? []).filter(({ name, repeats: of }) => of !== undefined && names.has(of) && !names.has(name));
  return groupByName(repeats.map((test) => ({ ...test, name: test.repeats ?? test.name })));
}

type Reports = ReadonlyMap<string, readonly ReportedTest[]>;

function groupByName(tests: readonly ReportedTest[]): Reports {
  const groups = new Map<string, ReportedTest[]>();
  for (const test of tests) {
    const group = groups.get(test.name);
    if (group === undefined) groups.set(test.name, [test]);
    else group.push(test);
  }
  return groups;
}

function requiredResults(required: readonly string[], reports: Reports, repeats: Reports): TestResult[] {
  return required.map((name) => {
    const found = reports.get(name);
    if (found === undefined) return { name, status: "missing", message: "required but not reported", durationMs: null };
    const result = merged(name, found);
    const other = repeats.get(name)?.find(({ status }) => status !== "passed");
    return result.status !== "passed" || other === undefined
      ? result
      : {
          ...result,
          status: "failed",
          message: `another test of this name ${other.status === "skipped" ? "was skipped" : `failed: ${other.message ?? ""}`}`,
        };
  });
}

// A test that is reported more than once never passes.
function merged(name: string, found: readonly ReportedTest[]): TestResult {
  const [first] = found;
  if (found.length > 1 || first === undefined) {
    return { name, status: "failed", message: `reported ${found.length} times`, durationMs: null };
  }
  return { name, status: first.status, message: first.message, durationMs: first.durationMs };
}

function otherResults(others: readonly string[], reports: Reports): TestResult[] {
  const known = new Set(others);
  return [...reports]
    .filter(([name]) => !known.has(name))
    .map(([name, found]) => {
      const result = merged(name, found);
      return result.status === "failed" ? result : { ...result, status: "extra" };
    });
}

function canariesFailed(evidence: Evidence, reports: Reports): boolean {
  return evidence.canaries.every((name) => reports.get(name)?.length === 1 && reports.get(name)?.[0]?.status === "failed");
}

function reachedEnd(report: RunReport | null): boolean {
  return report?.finished === true && report.contradiction === null;
}

function tamperingInReport(evidence: Evidence, report: RunReport, reports: Reports): Tampering[] {
  return [...canaryTampering(evidence, reports), ...duplicateTampering(evidence, reports), ...exitTampering(report)];
}

function canaryTampering(evidence: Evidence, reports: Reports): Tampering[] {
  const spared = evidence.canaries.filter((name) => reports.get(name)?.some((test) => test.status !== "failed"));
  if (spared.length === 0) return [];
  return [{ kind: "canary-passed", evidence: `${spared.length} of ${evidence.canaries.length} tests that must fail did not fail` }];
}

// Where the solution is kept apart there are no canaries, and it cannot report anything: such a test has its name twice in its own files.
function duplicateTampering({ canaries }: Evidence, reports: Reports): Tampering[] {
  if (canaries.length === 0) return [];
  const names = new Set(canaries);
  const repeated = [...reports].filter(([, found]) => found.length > 1).map(([name]) => (names.has(name) ? "a canary" : `"${name}"`));
  if (repeated.length === 0) return [];
  return [{ kind: "duplicate-test", evidence: `reported more than once: ${repeated.slice(0, 3).join(", ")}` }];
}

function exitTampering(report: RunReport): Tampering[] {
  const found: Tampering[] = [];
  if (report.strays > 0) {
    found.push({ kind: "report-forged", evidence: `${report.strays} messages on the runner's channel that the runner did not send` });
  }
  if (report.contradiction !== null) found.push({ kind: "exit-report-mismatch", evidence: report.contradiction });
  return found;
}

function reasonFor({ cutShort, report }: Evidence, tampering: readonly Tampering[]): VerdictReason {
  if (tampering.length > 0) return "tampered";
  if (cutShort !== null) return cutShort;
  if (report === null || (!report.finished && report.tests.length === 0)) return "no-report";
  return "tests-failed";
}
