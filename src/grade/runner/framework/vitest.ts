import type { TestRunner } from "../test-runner.ts";
import { FAILURES, readScriptTests, reportPath, scriptStep, withCanaries } from "./script-tests.ts";

/**
 * Runs the test files with vitest, with the configuration that the task or its image has or none: vitest looks for it, and a solution cannot bring one.
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
      scriptStep(input, "vitest", [
        "run",
        "--root=/workspace",
        "--reporter=json",
        `--outputFile.json=${reportPath(input)}`,
        ...input.tests.files,
      ]),
    ],
  }),
  read: readScriptTests,
};
