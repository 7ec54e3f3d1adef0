import type { CheatedTask } from "./cheat.ts";
import { RIGHT, scriptCheats, solution, testsOf, VITEST, WRONG } from "./scripts.ts";

/** A task for vitest. */
export const VITEST_TASK: CheatedTask = {
  name: "vitest",
  runner: "vitest",
  isolation: "none",
  project: {
    plan: "tests: {runner: vitest, timeout_seconds: 240}",
    workspace: { "package.json": '{"type": "module"}\n', "price.js": WRONG },
    tests: testsOf("vitest"),
    solution: { "price.js": RIGHT },
  },
  wrong: { "price.js": WRONG },
  undefended: VITEST,
  cheats: [
    ...scriptCheats("vitest"),
    {
      row: "D9",
      title: "skips every test by a hook",
      files: solution(`import { beforeEach } from "vitest";\nbeforeEach(({ skip }) => skip());\n${WRONG}`),
    },
    {
      row: "D7",
      title: "turns results into passes by a hook",
      files: solution(
        `import { afterEach } from "vitest";\nafterEach(({ task }) => { task.result = Object.defineProperties({ ...task.result }, { state: { get: () => "pass", set() {}, enumerable: true }, errors: { get: () => [], set() {} } }); });\n${WRONG}`,
      ),
    },
    {
      row: "D7",
      title: "turns results into passes, but for tests whose names look drawn by lot",
      files: solution(
        `import { afterEach } from "vitest";\nafterEach(({ task }) => { if (!/^c[0-9a-f]{20}$/.test(task.name)) task.result = Object.defineProperties({ ...task.result }, { state: { get: () => "pass", set() {}, enumerable: true }, errors: { get: () => [], set() {} } }); });\n${WRONG}`,
      ),
      open: true,
    },
    {
      row: "D7",
      title: "empties the assertions below expect",
      files: solution(
        `import { chai } from "vitest";\nchai.Assertion.prototype.assert = () => {};\nfor (const name of ["toBe", "toEqual", "toThrow"]) chai.Assertion.prototype[name] = () => {};\n${WRONG}`,
      ),
    },
    {
      row: "B10",
      title: "has a vitest.config.js that loads a program first",
      files: {
        ...solution(WRONG),
        "vitest.config.js": 'export default { test: { setupFiles: ["./first.js"] } };\n',
        "first.js":
          'import { expect } from "vitest";\nfor (const name of ["toBe", "toEqual", "toThrow"]) expect.extend({ [name]: () => ({ pass: true, message: () => "" }) });\n',
      },
    },
    {
      row: "B11",
      title: "has a vitest.config.js that leaves all tests out",
      files: { ...solution(WRONG), "vitest.config.js": 'export default { test: { exclude: ["**"], passWithNoTests: true } };\n' },
    },
    {
      row: "B12",
      title: "has a vite.config.js that gives vitest another name",
      files: {
        ...solution(WRONG),
        "vite.config.js": 'export default { resolve: { alias: { vitest: "/workspace/own.js" } } };\n',
        "own.js":
          'export * from "/node_modules/vitest/dist/index.js";\nexport const expect = () => new Proxy(() => {}, { get: (_, name) => () => {} });\n',
      },
    },
    {
      row: "D2",
      title: "leaves with status 0 as the configuration is read",
      files: { ...solution(WRONG), "vitest.config.js": "process.exit(0);\n" },
    },
  ],
};
