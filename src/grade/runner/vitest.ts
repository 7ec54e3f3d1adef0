import { configOf, FAILURES, readScriptTests, reportPath, scriptStep, withCanaries } from "./script-tests.ts";
import type { TestRunner } from "./test-runner.ts";

const PROGRAM = ["/usr/local/bin/node", "/node_modules/vitest/vitest.mjs", "run"];
const OWN_CONFIG = "/opt/bench/language/vitest.config.cjs";
const ENDINGS = ["ts", "mts", "cts", "js", "mjs", "cjs"];
const CONFIGS = ["vitest.config", "vite.config"].flatMap((name) => ENDINGS.map((ending) => `${name}.${ending}`));

/**
 * Runs the test files with vitest, with the configuration that the task brings or none.
 *
 * A test is named by its `describe` blocks and its title. Each file gets tests at its end that must fail.
 */
export const vitest: TestRunner = {
  canaries: FAILURES.length,
  plan: (input) => ({
    files: withCanaries(input, (canaries) => {
      const [first = { name: "" }] = canaries;
      const [test, expect] = [`test_${first.name}`, `expect_${first.name}`];
      const bodies = canaries.map(({ name, failure }) => `${test}("${name}", () => {\n  const expect = ${expect};\n  ${failure};\n});\n`);
      return `import { expect as ${expect}, test as ${test} } from "vitest";\n${bodies.join("")}`;
    }),
    steps: [
      scriptStep(input, [
        ...PROGRAM,
        `--config=${configOf(input, CONFIGS) ?? OWN_CONFIG}`,
        "--root=/workspace",
        "--reporter=json",
        `--outputFile.json=${reportPath(input)}`,
        ...input.tests.files,
      ]),
    ],
  }),
  read: readScriptTests,
};
