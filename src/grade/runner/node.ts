import { readEvents } from "./run-report.ts";
import type { GradingStep } from "./step.ts";
import type { RunnerInput, TestRunner } from "./test-runner.ts";

/** Runs tests written for node:test. */
export const node: TestRunner = {
  canaries: 1,
  plan: (input) => {
    const own = input.canaries.map((name) => ({ path: `${name}.test.mjs`, bytes: canarySource(name), executable: false }));
    return {
      files: [...input.testFiles, ...own],
      steps: [...own.map(({ path }) => path), ...input.tests.files].map((path) => stepOf(path, input)),
    };
  },
  read: (results, { tests, canaries }) => readEvents(results, tests.files.length + canaries.length, { passed: 0, failed: 1 }),
};

function canarySource(name: string): Uint8Array {
  return Buffer.from(`import { test } from "node:test";\ntest("${name}", () => { throw new Error("must fail"); });\n`);
}

function stepOf(file: string, { testsRoot, canaries }: RunnerInput): GradingStep {
  const judge = { file, canaries: Object.fromEntries(canaries.map((name) => [name, name])) };
  const argv = ["/usr/local/bin/node", "--test-reporter=/opt/bench/grading/node/reporter.mjs", `${testsRoot}/${file}`];
  return { argv, env: {}, judge, boundary: null, report: { kind: "events" } };
}
