import { posix } from "node:path";
import type { SourceFile } from "../../../core/task.ts";
import { readGoJson } from "../../report/go-json.ts";
import type { StepResult } from "../step.ts";
import type { RunnerInput, TestRunner } from "../test-runner.ts";
import { sourceText } from "./appended.ts";
import { type FrameworkReport, onlyReport, reportOf } from "./framework-report.ts";

// Nothing is fetched: neither modules nor another version of Go.
const ENV = { GOFLAGS: "", GOPROXY: "off", GOSUMDB: "off", GOTOOLCHAIN: "local", GOTELEMETRY: "off" };
// As Go does itself from 1.20 on: without a C compiler, packages such as net are built without C instead of not at all.
const WITHOUT_COMPILER = ["/bin/sh", "-c", 'command -v "$(go env CC)" >/dev/null || export CGO_ENABLED=0; exec go "$@"', "sh"];
const PACKAGE = /^package[ \t]+(\w+)/m;

/**
 * Runs the packages of the test files with `go test`.
 *
 * A test is named as Go names it (`TestSplit/empty_input`), after the path of its package where the task has several. Each package gets a file of tests that must fail; it
 * is the last one, so that a process that ends early has not run it.
 */
export const go: TestRunner = {
  canaries: 2,
  plan: (input) => ({
    files: [...input.testFiles, ...packagesOf(input).map((folder) => canaryFile(folder, input))],
    steps: [
      {
        argv: [...WITHOUT_COMPILER, "test", "-json", "-count=1", ...packagesOf(input).map((folder) => `./${folder}`)],
        env: ENV,
        judge: null,
        boundary: null,
        report: { kind: "stdout" },
      },
    ],
  }),
  read: (results, input) =>
    reportOf(results, input, {
      report: reportIn(results, input),
      placesOfCanaries: packagesOf(input).length,
      exits: { passed: 0, failed: 1 },
    }),
};

function reportIn(results: readonly StepResult[], input: RunnerInput): FrameworkReport | null {
  const bytes = onlyReport(results);
  const packages = packagesOf(input).length;
  const found = bytes === null ? null : readGoJson(bytes, (path, test) => (packages === 1 ? test : `${path}.${test}`));
  return found === null ? null : { tests: found.tests, isWhole: found.endedPackages.size === packages };
}

function packagesOf({ tests }: RunnerInput): readonly string[] {
  return [...new Set(tests.files.map((file) => posix.dirname(file)))].sort();
}

function canaryFile(folder: string, { tests, testFiles, canaries }: RunnerInput): SourceFile {
  const inFolder = new Set(tests.files.filter((file) => posix.dirname(file) === folder));
  const sources = testFiles.filter(({ path }) => inFolder.has(path)).map((file) => PACKAGE.exec(sourceText(file))?.[1]);
  const name = sources.find((found) => found !== undefined) ?? "main";
  const functions = canaries.map((canary) => `func Test_${canary}(t *testing.T) { t.Error("this test must fail") }\n`);
  const text = `package ${name}\n\nimport "testing"\n\n${functions.join("\n")}`;
  return { path: posix.join(folder, `zzz_${canaries[0] ?? ""}_test.go`), bytes: Buffer.from(text), executable: false };
}
