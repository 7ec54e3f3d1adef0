import { jsonText } from "../../../core/printable.ts";
import { WORKSPACE } from "../../../core/sandbox.ts";
import { isRecord, jsonOf } from "../../report/reported-tests.ts";
import { FRAMEWORKS } from "../step.ts";
import type { RunnerInput, TestRunner } from "../test-runner.ts";
import { configOf, FAILURES, readScriptTests, reportPath, scriptStep, withCanaries } from "./script-tests.ts";

// As JSON and not as a file: Jest looks for the file of another folder in the workspace as well, and fails when it finds none.
const OWN_CONFIG = {
  rootDir: WORKSPACE,
  transform: { "\\.[cm]?[jt]sx?$": `${FRAMEWORKS}/jest-transform.cjs` },
  moduleNameMapper: { "^(\\.{1,2}/.+)\\.js$": ["$1.js", "$1.ts", "$1.tsx"] },
};
const CONFIGS = ["js", "ts", "mjs", "mts", "cjs", "cts", "json"].map((ending) => `jest.config.${ending}`);

/**
 * Runs the test files with Jest, with the configuration that the task brings or one that translates TypeScript and modules.
 *
 * A test is named by its `describe` blocks and its title. Each file gets tests at its end that must fail.
 */
export const jest: TestRunner = {
  canaries: FAILURES.length,
  plan: (input) => ({
    files: withCanaries(input, (canaries) =>
      canaries
        .map(({ name, failure }) => `globalThis.test(${jsonText(name)}, () => {\n  const expect = globalThis.expect;\n  ${failure};\n});\n`)
        .join(""),
    ),
    steps: [
      scriptStep(input, "jest", [
        `--config=${jestConfig(input)}`,
        "--ci",
        "--runInBand",
        "--injectGlobals",
        "--no-cache",
        "--json",
        `--outputFile=${reportPath(input)}`,
        "--runTestsByPath",
        ...input.tests.files.map((path) => `${WORKSPACE}/${path}`),
      ]),
    ],
  }),
  read: readScriptTests,
};

// package.json configures Jest where it has a "jest" key, and Babel's own files configure its usual transform.
function jestConfig(input: RunnerInput): string {
  const own = configOf(input, CONFIGS);
  if (own !== null) return own;
  const description = [...input.pristine, ...input.testFiles].find(({ path }) => path === "package.json");
  const settings = description === undefined ? null : jsonOf(description.bytes);
  if (isRecord(settings) && "jest" in settings) return `${WORKSPACE}/package.json`;
  const babel = configOf(input, [
    "babel.config.js",
    "babel.config.cjs",
    "babel.config.mjs",
    "babel.config.json",
    ".babelrc",
    ".babelrc.json",
  ]);
  return JSON.stringify(babel === null ? OWN_CONFIG : { rootDir: WORKSPACE });
}
