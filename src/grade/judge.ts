import type { CommandExit } from "../core/sandbox.ts";
import type { Tampering, TestResult, Verdict, VerdictReason } from "../core/verdict.ts";
import type { ReportedTest, RunReport } from "./runner/run-report.ts";

/** The exit status of an honest run: it is 1 because canaries fail. */
const HONEST_EXIT = 1;

/** What is known of one test run. `canaries` are the names of tests that must fail; with `required` null, every test that ran is required. */
export type Evidence = {
  readonly exit: CommandExit;
  readonly report: RunReport | null;
  readonly required: readonly string[] | null;
  readonly canaries: readonly string[];
};

/** A verdict without log and duration. */
export type Judgement = Omit<Verdict, "isolation" | "heldBack" | "log" | "durationMs">;

/**
 * Judges one test run. It passes if every required test was reported once and passed, nothing else failed, every canary failed,
 * and the exit status agrees with that.
 */
export function judge(evidence: Evidence): Judgement {
  const reports = groupByName(evidence.report?.tests ?? []);
  const required = [...new Set(evidence.required ?? passedNames(evidence, reports))];
  const tests = [...requiredResults(required, reports), ...otherResults([...required, ...evidence.canaries], reports)];
  const tampering = evidence.report === null ? [] : tamperingInReport(evidence, evidence.report, reports);
  const testsPassed = tests.filter((test) => test.status === "passed").length;
  const isComplete = testsPassed === required.length && required.length > 0;
  const isClean = !tests.some((test) => test.status === "failed") && canariesFailed(evidence, reports) && endedHonestly(evidence);
  const passed = isComplete && isClean && tampering.length === 0;
  const reason = passed ? "all-passed" : reasonFor(evidence, tampering);
  return { passed, reason, testsPassed, testsTotal: required.length, tests, tampering };
}

function passedNames(evidence: Evidence, reports: Reports): string[] {
  const canaries = new Set(evidence.canaries);
  return [...reports].filter(([name, found]) => !canaries.has(name) && found[0]?.status === "passed").map(([name]) => name);
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

function requiredResults(required: readonly string[], reports: Reports): TestResult[] {
  return required.map((name) => {
    const found = reports.get(name);
    if (found === undefined) return { name, status: "missing", message: "required but not reported", durationMs: null };
    return merged(name, found);
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
  if (evidence.canaries.length === 0) return false;
  return evidence.canaries.every((name) => reports.get(name)?.length === 1 && reports.get(name)?.[0]?.status === "failed");
}

function endedHonestly({ exit, report }: Evidence): boolean {
  if (report === null || !report.finished) return false;
  return exit.kind === "exited" && exit.code === HONEST_EXIT && report.end.kind === "exited" && report.end.code === HONEST_EXIT;
}

function tamperingInReport(evidence: Evidence, report: RunReport, reports: Reports): Tampering[] {
  return [...canaryTampering(evidence, reports), ...duplicateTampering(evidence, reports), ...exitTampering(evidence, report, reports)];
}

function canaryTampering(evidence: Evidence, reports: Reports): Tampering[] {
  const spared = evidence.canaries.filter((name) => reports.get(name)?.some((test) => test.status !== "failed"));
  if (spared.length === 0) return [];
  return [{ kind: "canary-passed", evidence: `${spared.length} of ${evidence.canaries.length} tests that must fail did not fail` }];
}

function duplicateTampering(evidence: Evidence, reports: Reports): Tampering[] {
  const canaries = new Set(evidence.canaries);
  const repeated = [...reports].filter(([, found]) => found.length > 1).map(([name]) => (canaries.has(name) ? "a canary" : `"${name}"`));
  if (repeated.length === 0) return [];
  return [{ kind: "duplicate-test", evidence: `reported more than once: ${repeated.slice(0, 3).join(", ")}` }];
}

function exitTampering(evidence: Evidence, report: RunReport, reports: Reports): Tampering[] {
  const found: Tampering[] = [];
  if (report.strays > 0) {
    found.push({ kind: "report-forged", evidence: `${report.strays} messages on the runner's channel that the runner did not send` });
  }
  const code = report.end.kind === "exited" ? report.end.code : null;
  if (code === 0) {
    found.push({ kind: "exit-report-mismatch", evidence: "the run ended with status 0 although tests in it must fail" });
  } else if (report.finished && canariesFailed(evidence, reports) && code !== HONEST_EXIT) {
    found.push({ kind: "exit-report-mismatch", evidence: `the suite was finished, yet its run ended ${describeEnd(report)}` });
  }
  return found;
}

function describeEnd(report: RunReport): string {
  if (report.end.kind === "exited") return `with status ${report.end.code}`;
  return report.end.kind === "signalled" ? `by ${report.end.signal}` : "by running out of time";
}

function reasonFor({ exit, report }: Evidence, tampering: readonly Tampering[]): VerdictReason {
  if (tampering.length > 0) return "tampered";
  if (exit.kind === "out-of-memory" || report?.outOfMemory === true) return "out-of-memory";
  if (exit.kind === "timed-out" || report?.end.kind === "timed-out") return "test-timeout";
  if (report === null || (!report.finished && report.tests.length === 0)) return "no-report";
  return "tests-failed";
}
