import type { SourceFile } from "../../core/task.ts";
import { type ReportedTest, type RunReport, readEvents } from "./run-report.ts";
import type { GradingStep, StepResult } from "./step.ts";
import { isIsolated, type RunnerInput, type TestRunner } from "./test-runner.ts";

const NODE = "/usr/local/bin/node";
const PROGRAMS = "/opt/bench/grading/node";
// What `node --test` ends with.
const RULE = { passed: 0, failed: 1 };
const TYPESCRIPT = /\.(?:[cm]?ts|[tj]sx)$/;
const SCRIPT = /\.[cm]?js$/;
const CONFIGURATION = /(?:^|\/)(?:package|[jt]sconfig[^/]*)\.json$/;
const MIN_TEST_MS = 2_000;

/** Runs tests written for node:test or Jest: each file in a process of Node's own runner, as `node --test` runs it. */
export const node: TestRunner = {
  // All of them run in every test file, after its own tests.
  canaries: 12,
  plan: (input) => ({ files: filesOf(input), steps: input.tests.files.map((file) => stepOf(file, input)) }),
  read(results, input) {
    const { files } = input.tests;
    const steps = results.map((result, index) => readStep(result, files[index] ?? "", input.canaries));
    const report = readEvents(
      steps.map(({ result }) => result),
      files.length,
      RULE,
    );
    const tests = withCanaries(report, files.length, input.canaries);
    return { ...report, tests, finished: report.finished && steps.every((step) => step.isSound) };
  },
};

// Behind a boundary, tests that belong into the workspace lie in a folder that stands for it, so what configures it is there as well.
function filesOf({ tests, testFiles, pristine }: RunnerInput): readonly SourceFile[] {
  if (!isIsolated(tests) || tests.placement !== "workspace") return testFiles;
  const own = new Set(testFiles.map((file) => file.path));
  return [...pristine.filter(({ path }) => CONFIGURATION.test(path) && !own.has(path)), ...testFiles];
}

function stepOf(file: string, { tests, testsRoot, testFiles, laid, canaries, shapes }: RunnerInput): GradingStep {
  const isolated = isIsolated(tests);
  const { jestGlobals } = tests;
  const solutionNeeds = needsLoader(laid, jestGlobals);
  const judge = {
    file,
    hidden: tests.files,
    tsx: isolated ? needsLoader(testFiles, false) : solutionNeeds || needsLoader(testFiles, jestGlobals),
    jestGlobals,
    timeoutMs: Math.max(MIN_TEST_MS, (tests.timeoutSeconds * 1000) / 2),
    shapes,
    canaries,
  };
  const reporter = [`--test-reporter=${PROGRAMS}/judge/reporter.mjs`, "--test-reporter-destination=stdout"];
  return {
    argv: [NODE, "--import", `${PROGRAMS}/judge/start.mjs`, ...reporter, `${testsRoot}/${file}`],
    env: {},
    judge,
    boundary: isolated ? { argv: [NODE, `${PROGRAMS}/solution.mjs`, solutionNeeds ? "tsx" : "plain"] } : null,
    report: { kind: "events" },
  };
}

// Plain JavaScript is left to Node alone: loading tsx takes as long as a short test.
function needsLoader(files: readonly SourceFile[], jestGlobals: boolean): boolean {
  return files.some(({ path, bytes }) => {
    if (path.includes("node_modules/") || path.endsWith(".d.ts")) return false;
    return TYPESCRIPT.test(path) || (jestGlobals && SCRIPT.test(path) && isForBundler(Buffer.from(bytes).toString()));
  });
}

// Tells what Babel or a bundler would take and Node would not: imports of files without their extension, and both kinds of modules in one.
function isForBundler(text: string): boolean {
  const names = [...text.matchAll(/["'](\.{1,2}\/[^"'\n]{0,200})["']/g)].map(([, name]) => name?.split("/").at(-1) ?? "");
  if (names.some((name) => !name.includes("."))) return true;
  return /\brequire *[(]/.test(text) && /^(?:import|export)\b/m.test(text);
}

type ReadStep = { readonly result: StepResult; readonly isSound: boolean };

// What Node says about a file as a whole: without tests it is one test itself, and an error outside of all tests fails it.
function readStep(result: StepResult, file: string, canaries: readonly string[]): ReadStep {
  const tests = result.events.filter((event) => event["kind"] === "test");
  const outside = result.events.find((event) => event["kind"] === "outside");
  const hasFailed = tests.some((event) => event["status"] === "failed");
  const endedBadly = result.exit.kind === "signalled" || (result.exit.kind === "exited" && result.exit.code !== 0);
  const isFaulty = outside !== undefined || (endedBadly && !hasFailed);
  const isEmpty = !tests.some((event) => !isCanary(String(event["name"]), canaries));
  const about = { kind: "test", name: file, durationMs: null };
  const added = [];
  if (isFaulty)
    added.push({
      ...about,
      status: "failed",
      message: typeof outside?.["message"] === "string" ? outside["message"] : "an error outside of its tests",
    });
  else if (isEmpty) added.push({ ...about, status: "passed", message: null });
  // Whatever status a process ends with, Node's runner takes all but 0 for a failure.
  const exit = result.exit.kind === "exited" && result.exit.code !== 0 ? { kind: "exited" as const, code: RULE.failed } : result.exit;
  return { result: { ...result, exit, events: [...added, ...result.events] }, isSound: !isFaulty };
}

function isCanary(name: string, canaries: readonly string[]): boolean {
  return canaries.includes(name.slice(name.lastIndexOf(" > ") + 3));
}

// The canaries of all files as one: each has failed if it did so once in every file, and is missing if it is so in one.
function withCanaries(report: RunReport, files: number, canaries: readonly string[]): readonly ReportedTest[] {
  const found = canaries.flatMap((name): ReportedTest[] => {
    const seen = report.tests.filter((test) => test.name.endsWith(` > ${name}`));
    const isSpared = seen.length > files || seen.some((test) => test.status !== "failed");
    return seen.length < files ? [] : [{ name, status: isSpared ? "passed" : "failed", message: null, durationMs: null }];
  });
  return [...found, ...report.tests.filter((test) => !isCanary(test.name, canaries))];
}
