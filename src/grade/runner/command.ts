import { posix } from "node:path";
import { WORKSPACE } from "../../core/sandbox.ts";
import type { ReportFile } from "../../core/task.ts";
import { readCtrf } from "../report/ctrf.ts";
import { readJunitXml } from "../report/junit-xml.ts";
import { readTap } from "../report/tap.ts";
import { withCutNames } from "./cut-names.ts";
import { contradictionOf, type ReportedTest } from "./run-report.ts";
import type { StepResult } from "./step.ts";
import { isIsolated, type TestRunner } from "./test-runner.ts";

const READERS: Readonly<Record<ReportFile["format"], (bytes: Uint8Array) => readonly ReportedTest[] | null>> = {
  junit: (bytes) => readJunitXml(bytes),
  tap: readTap,
  ctrf: readCtrf,
};

// A report that was there before is none of this run's.
const WITHOUT_REPORT = ["/bin/sh", "-c", 'rm -rf -- "$1"; shift; exec "$@"', "sh"];

/**
 * Runs any program that writes a report in JUnit's XML, TAP or CTRF; the report `-` is its standard output.
 *
 * With `isolation: process` it is a judge that starts the solution with $SOLUTION and no canaries are needed; with `none` the solution may be in its process, and nothing is
 * added to a program that is not known: its report and its exit status must agree.
 */
export const command: TestRunner = {
  canaries: 0,
  plan: ({ tests, testFiles, testsRoot }) => {
    const given = tests.report?.path ?? "-";
    const path = posix.resolve(isIsolated(tests) ? testsRoot : WORKSPACE, given);
    return {
      files: testFiles,
      steps: [
        {
          argv: [...WITHOUT_REPORT, path, ...(tests.command ?? [])],
          env: {},
          judge: null,
          boundary: null,
          report: given === "-" ? { kind: "stdout" } : { kind: "files", paths: [path] },
        },
      ],
    };
  },
  read: (results, { tests }) => {
    const [result] = results;
    const found = testsOf(result, tests.report?.format ?? "junit");
    return {
      tests: withCutNames(found ?? [], tests.required),
      finished: result?.exit.kind === "exited" && found !== null,
      strays: 0,
      contradiction: result === undefined || found === null ? null : exitContradiction(result, found),
      shapes: null,
    };
  },
};

// A folder may hold a report of each suite.
function testsOf(result: StepResult | undefined, format: ReportFile["format"]): readonly ReportedTest[] | null {
  const reports = (result?.reports ?? []).map(({ bytes }) => READERS[format](bytes));
  const tests = reports.filter((report) => report !== null).flat();
  return reports.length === 0 || reports.includes(null) ? null : tests;
}

// Programs have many statuses for failed tests; only 0 has one meaning.
function exitContradiction(result: StepResult, tests: readonly ReportedTest[]): string | null {
  if (result.exit.kind !== "exited") return null;
  return contradictionOf({ result, tests, ended: true }, { passed: 0, failed: Math.max(1, result.exit.code) });
}
