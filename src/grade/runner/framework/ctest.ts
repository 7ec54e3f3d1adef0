import { readCatchXml } from "../../report/catch-xml.ts";
import { readJunitXml } from "../../report/junit-xml.ts";
import { FRAMEWORKS, type StepResult } from "../step.ts";
import type { RunnerInput, TestRunner } from "../test-runner.ts";
import { sourceText, withAppended } from "./appended.ts";
import { type FrameworkReport, onlyReport, reportOf, secretName } from "./framework-report.ts";

const PROGRAM = ["/usr/bin/python3", "-I", "-S", `${FRAMEWORKS}/run_ctest.py`];
const CATCH = /#[ \t]*include[ \t]*["<][^">\n]*catch/;
// The solution's headers can define these again, each by itself.
const FAILURES = [
  "REQUIRE(1 == 2);",
  "CHECK(1 == 2);",
  "REQUIRE_FALSE(1 == 1);",
  "REQUIRE_THROWS(static_cast<void>(1));",
  "REQUIRE_THROWS_AS(static_cast<void>(1), int);",
  'FAIL("this test must fail");',
];

/**
 * Builds a CMake project and runs its tests: programs made from test files for Catch2 by Catch2's own reporter, everything else by CTest.
 *
 * A test is named by its TEST_CASE, or as CTest names it. Each file for Catch2 gets test cases at its end that must fail; CTest gets a test that must fail, which shows that
 * its report is its own, but nothing about a test program whose exit status the solution decides.
 */
export const ctest: TestRunner = {
  canaries: FAILURES.length,
  plan: (input) => {
    const reports = `/tmp/${secretName(input, "reports")}`;
    const written = catchFiles(input);
    const plan = { reports, catch: written, canaries: written.length === 0 ? input.canaries.map((canary) => `bench_${canary}`) : [] };
    return {
      files: input.testFiles.map((file) => {
        const place = written.indexOf(file.path);
        return place < 0 ? file : withAppended(file, canarySource(input, place));
      }),
      steps: [
        { argv: [...PROGRAM, JSON.stringify(plan)], env: {}, judge: null, boundary: null, report: { kind: "files", paths: [reports] } },
      ],
    };
  },
  read: (results, input) => {
    const written = catchFiles(input);
    const report = written.length === 0 ? ctestReport(results) : catchReport(results);
    return reportOf(results, input, { report, placesOfCanaries: Math.max(1, written.length), exits: { passed: 0, failed: 1 } });
  },
};

function catchFiles({ tests, testFiles }: RunnerInput): readonly string[] {
  return testFiles.filter((file) => tests.files.includes(file.path) && CATCH.test(sourceText(file))).map(({ path }) => path);
}

function ctestReport(results: readonly StepResult[]): FrameworkReport | null {
  const bytes = onlyReport(results);
  const tests = bytes === null ? null : readJunitXml(bytes, ({ name }) => name);
  return tests === null ? null : { tests: tests.map(asCounted), isWhole: true };
}

// CTest writes "notrun" of a test that skipped itself, and of one that could not be started, which it counts as failed.
function asCounted(test: FrameworkReport["tests"][number]): FrameworkReport["tests"][number] {
  const couldNotStart = test.status === "skipped" && test.message !== null && !test.message.startsWith("SKIP_");
  return couldNotStart ? { ...test, status: "failed" } : test;
}

// One report a program; the order is that of the programs in the project.
function catchReport(results: readonly StepResult[]): FrameworkReport | null {
  const reports = (results[0]?.reports ?? []).map(({ bytes }) => readCatchXml(bytes));
  const whole = reports.filter((report) => report !== null);
  if (whole.length === 0) return null;
  return {
    tests: whole.flatMap(({ tests }) => tests),
    isWhole: whole.length === reports.length && whole.every(({ finished }) => finished),
  };
}

// Files of one program may not have test cases of one name.
function canarySource({ canaries }: RunnerInput, place: number): string {
  return canaries.map((canary, index) => `TEST_CASE("bench_${canary}_${place}") {\n  ${FAILURES[index % FAILURES.length]}\n}\n`).join("");
}
