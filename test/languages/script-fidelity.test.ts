import { beforeAll, describe, test } from "vitest";
import { JEST_HEAD, JEST_ODDITIES, JEST_REPORTER } from "./oddities/jest.ts";
import { type Both, expectSame, numbered, runBoth } from "./oddities/same.ts";
import { fileOf, SCRIPT_ODDITIES, type ScriptOddity, SHOP } from "./oddities/script.ts";
import { VITEST_HEAD, VITEST_ODDITIES, VITEST_REPORTER } from "./oddities/vitest.ts";
import type { Texts } from "./project.ts";

const SNAPSHOT = '\n{\n  "a": [\n    1,\n    "x",\n  ],\n}\n';

type Framework = {
  readonly name: "vitest" | "jest";
  readonly oddities: readonly ScriptOddity[];
  readonly head: string;
  readonly mocks: string;
  readonly error: string;
  /** The command line of the framework with a reporter of the test's own. */
  readonly byHand: string;
  readonly reporter: string;
};

const FRAMEWORKS: readonly Framework[] = [
  {
    name: "vitest",
    oddities: [...SCRIPT_ODDITIES, ...VITEST_ODDITIES],
    head: VITEST_HEAD,
    mocks: "vi",
    error: "`[Error: boom]`",
    byHand: "node /node_modules/vitest/vitest.mjs run --reporter=/tmp/reporter.mjs",
    reporter: VITEST_REPORTER,
  },
  {
    name: "jest",
    oddities: [...SCRIPT_ODDITIES, ...JEST_ODDITIES],
    head: JEST_HEAD,
    mocks: "jest",
    error: '`"boom"`',
    byHand: "node /node_modules/jest/bin/jest.js --ci --runInBand --reporters=/tmp/reporter.cjs",
    reporter: JEST_REPORTER,
  },
];
const JEST_CONFIG = 'module.exports = { transform: { "\\\\.js$": "/opt/bench/grading/frameworks/jest-transform.cjs" } };\n';

function testsOf({ oddities, head, mocks, error }: Framework): Texts {
  const files = oddities.map((one) => {
    const body = one.body.replaceAll("$fw", mocks).replace("ERRORSNAPSHOT", error).replace("SNAPSHOT", SNAPSHOT);
    return { [fileOf(one)]: `${head}${body}\n`, ...one.beside };
  });
  return Object.assign({}, ...files) as Texts;
}

function runFramework(framework: Framework): Promise<Both> {
  const { name, byHand, reporter, oddities } = framework;
  const files = JSON.stringify(oddities.map(fileOf));
  const project = {
    plan: `tests: {runner: ${name}, timeout_seconds: 600, files: ${files}}`,
    workspace: name === "jest" ? { "jest.config.cjs": JEST_CONFIG } : { "package.json": '{"type": "module"}\n' },
    tests: testsOf(framework),
    solution: { "shop.js": SHOP },
  };
  const path = `/tmp/reporter.${name === "jest" ? "cjs" : "mjs"}`;
  const run = `cat > ${path} <<'END'\n${reporter}END\n${byHand} > /tmp/output 2>&1 < /dev/null; cat /tmp/found || tail -50 /tmp/output`;
  return runBoth(project, run, (output) => numbered(linesOf(output)));
}

function linesOf(output: string): readonly (readonly [string, string])[] {
  return output
    .split("\n")
    .filter((line) => line.startsWith("["))
    .map((line) => {
      const [status = "", ...names] = JSON.parse(line) as string[];
      const isRun = status === "passed" || status === "failed";
      return [isRun ? status : "skipped", names.filter((name) => name !== "").join(" > ")];
    });
}

describe.for(FRAMEWORKS)("$name by itself and the grader say the same of every test in a file with", (framework) => {
  let both: Both;
  beforeAll(async () => {
    both = await runFramework(framework);
  });

  test.for(framework.oddities)("$title", (one) => {
    expectSame(both.here, both.plain, (name) => name === fileOf(one) || name.startsWith(`${fileOf(one)} > `));
  });
});
