import { posix } from "node:path";
import { WORKSPACE } from "../../../core/sandbox.ts";
import type { SourceFile } from "../../../core/task.ts";
import { type JestReport, readJestJson } from "../../report/jest-json.ts";
import { SEPARATOR } from "../../report/reported-tests.ts";
import type { RunReport } from "../run-report.ts";
import { FRAMEWORKS, type GradingStep, type StepResult } from "../step.ts";
import type { RunnerInput } from "../test-runner.ts";
import { withAppended } from "./appended.ts";
import { type FrameworkReport, onlyReport, reportOf, secretName } from "./framework-report.ts";

/** Assertions that must fail, one a canary: a solution in the tests' process could have patched any of them by itself. */
export const FAILURES = [
  "expect(1).toBe(2)",
  "expect({ a: 1 }).toEqual({ a: 2 })",
  "expect([1]).toStrictEqual([2])",
  "expect(() => {}).toThrow()",
  "expect([1]).toContain(2)",
  'expect("a").toMatch(/b/)',
  "expect(0).toBeTruthy()",
  "expect(1).toBeCloseTo(2)",
  "expect(1).toBeGreaterThan(2)",
  "expect([1]).toHaveLength(2)",
  "expect(1).toBeUndefined()",
  "expect(1).not.toBe(1)",
  "expect({ a: 1 }).not.toEqual({ a: 1 })",
  'throw new Error("this test must fail")',
] as const;

/** Lays the hidden tests with canaries at the end of each test file; `source` writes them for a framework. */
export function withCanaries(input: RunnerInput, source: (canaries: readonly Canary[]) => string): readonly SourceFile[] {
  const canaries = input.canaries.map((name, index) => ({ name, failure: FAILURES[index % FAILURES.length] ?? FAILURES[0] }));
  return input.testFiles.map((file) => (input.tests.files.includes(file.path) ? withAppended(file, source(canaries)) : file));
}

/** A test that must fail: its name, and the assertion in it. */
export type Canary = { readonly name: string; readonly failure: string };

/** Names the file that the framework writes its report to. */
export function reportPath(input: RunnerInput): string {
  return `/tmp/${secretName(input, "report")}.json`;
}

const START = ["/usr/local/bin/node", `${FRAMEWORKS}/start-script.mjs`];

/** Plans the one step that runs all test files: the framework's own program, of the package that the image has, with its arguments. It writes its report to `reportPath`. */
export function scriptStep(input: RunnerInput, framework: string, options: readonly string[]): GradingStep {
  const argv = [...START, framework, ...options];
  return { argv, env: { NO_COLOR: "1" }, judge: null, boundary: null, report: { kind: "files", paths: [reportPath(input)] } };
}

/** Reads what that step left, with canaries in every test file. */
export function readScriptTests(results: readonly StepResult[], input: RunnerInput): RunReport {
  const report = readScriptReport(results, input);
  return reportOf(results, input, { report, placesOfCanaries: input.tests.files.length, exits: { passed: 0, failed: 1 } });
}

/**
 * Reads a report in Jest's format. A test is named by its `describe` blocks and its title, after its file where the task has several. A file that could not be run at all is a
 * failed test of the file's name.
 */
function readScriptReport(results: readonly StepResult[], input: RunnerInput): FrameworkReport | null {
  const { tests } = input;
  const bytes = onlyReport(results);
  const fileOf = (path: string) => (tests.files.length === 1 ? null : posix.relative(WORKSPACE, path));
  const report = bytes === null ? null : readJestJson(bytes, fileOf);
  return report === null ? null : { tests: [...report.tests, ...brokenTests(report), ...emptyFiles(report, input)], isWhole: true };
}

// Both frameworks fail a file that has no test; here it has canaries.
function emptyFiles({ tests: found }: JestReport, { tests, canaries }: RunnerInput): FrameworkReport["tests"] {
  const inFile = (file: string, name: string) => tests.files.length === 1 || name.startsWith(`${file}${SEPARATOR}`);
  const isCanary = (name: string) => canaries.some((canary) => name.endsWith(canary));
  const empty = tests.files.filter((file) => {
    const own = found.filter(({ name }) => inFile(file, name));
    return own.length > 0 && own.every(({ name }) => isCanary(name));
  });
  return empty.map((name) => ({ name, status: "failed", message: "the file has no test", durationMs: null }));
}

function brokenTests({ brokenFiles }: JestReport): FrameworkReport["tests"] {
  return [...brokenFiles].map(([path, message]) => ({
    name: posix.relative(WORKSPACE, path),
    status: "failed",
    message: message.slice(0, 4000),
    durationMs: null,
  }));
}

/** Finds the configuration that the task itself brings, by the names its framework looks for, in their order; null where it has none. */
export function configOf({ pristine, testFiles }: RunnerInput, names: readonly string[]): string | null {
  const present = new Set([...pristine, ...testFiles].map(({ path }) => path));
  const found = names.find((name) => present.has(name));
  return found === undefined ? null : `${WORKSPACE}/${found}`;
}
