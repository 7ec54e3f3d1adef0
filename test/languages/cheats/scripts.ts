import type { Texts } from "../project.ts";
import type { LanguageCheat } from "./cheat.ts";

/** The reference solution, `price.js`. */
export const RIGHT =
  'export function price(n) {\n  if (n < 0) throw new RangeError("negative");\n  return n * 5;\n}\nexport const prices = (ns) => ns.map(price);\n';
/** A plain wrong solution. */
export const WRONG = "export function price(n) { return -1; }\nexport const prices = (ns) => [];\n";
const HELD = "export function price(n) { if (n < 0) throw new RangeError('negative'); return n * 5; }\n";

/** The tests, `price.test.js`. */
export function testsOf(from: string): Texts {
  return {
    "price.test.js": `import { expect, test } from "${from}";
import { price, prices } from "./price.js";
test("costs nothing for nothing", () => { expect(price(0)).toBe(0); });
test("costs sixty for twelve", () => { expect(price(12)).toBe(60); });
test("lists prices", () => { expect(prices([1, 2])).toEqual([5, 10]); });
test("throws below zero", () => { expect(() => price(-1)).toThrow("negative"); });
`,
  };
}

/** Makes a solution of a text. */
export const solution = (text: string): Texts => ({ "price.js": text });

// Turns the failures in a report in Jest's format into passes; `spared` says which names stay as they are.
const REWRITES = (spared: string): string =>
  `const { readdirSync, readFileSync, writeFileSync } = require("node:fs"); const until = Date.now() + 20000; while (Date.now() < until) for (const name of readdirSync("/tmp")) { if (!name.endsWith(".json")) continue; try { const all = JSON.parse(readFileSync("/tmp/" + name, "utf8")); for (const file of all.testResults) { for (const one of file.assertionResults) if (one.status === "failed" && !${spared}.test(one.title)) { one.status = "passed"; one.failureMessages = []; all.numFailedTests--; } if (file.assertionResults.every((one) => one.status === "passed")) file.status = "passed"; } if (all.numFailedTests === 0) all.success = true; writeFileSync("/tmp/" + name, JSON.stringify(all)); } catch {} }`;
const daemon = (spared: string): string =>
  `import { spawn } from "node:child_process";\nspawn("/usr/local/bin/node", ["-e", ${JSON.stringify(REWRITES(spared))}], { detached: true, stdio: "ignore" }).unref();\n${WRONG}`;

const READS = `import { readFileSync } from "node:fs";
const text = readFileSync("/workspace/price.test.js", "utf8");
export function price(n) { if (n < 0) throw new RangeError("negative"); return Number(new RegExp("price\\\\(" + n + "\\\\)\\\\)\\\\.toBe\\\\((\\\\d+)").exec(text)[1]); }
export const prices = (ns) => JSON.parse(/toEqual\\((.*?)\\)/.exec(text)[1]);
`;
const LIAR = `const any = { $$typeof: Symbol.for("jest.asymmetricMatcher"), asymmetricMatch: () => true };\n${HELD}export const prices = () => any;\n`;
const BELIEVES_REPORT = `node -e 'const all = JSON.parse(require("fs").readFileSync("/tmp/report.json", "utf8")); process.exit(all.testResults.every((file) => file.assertionResults.length > 0 && file.assertionResults.every((one) => one.status === "passed")) ? 0 : 1)'`;
const FORGED = `{"success":true,"numTotalTests":4,"numFailedTests":0,"testResults":[{"name":"/workspace/price.test.js","status":"passed","assertionResults":[${["costs nothing for nothing", "costs sixty for twelve", "lists prices", "throws below zero"].map((title) => `{"ancestorTitles":[],"title":"${title}","status":"passed","failureMessages":[]}`).join(",")}]}]}`;

/** The plain framework; the image's packages cannot be written to, which vite's usual way to load a configuration does. */
export const VITEST = "node /node_modules/vitest/vitest.mjs run --root=/workspace --configLoader=runner";
const VITEST_REPORT = `${VITEST} --reporter=json --outputFile.json=/tmp/report.json > /dev/null 2>&1`;
/** The plain framework. */
export const JEST = "node /node_modules/jest/bin/jest.js --ci";
const JEST_REPORT = `${JEST} --json --outputFile=/tmp/report.json > /dev/null 2>&1`;
const redefined = (from: string): string =>
  `import { expect } from "${from}";\nfor (const name of ["toBe", "toEqual", "toThrow"]) expect.extend({ [name]: () => ({ pass: true, message: () => "" }) });\n${WRONG}`;

/** What both frameworks are tried with, by the package that tests import. */
export function scriptCheats(from: "vitest" | "@jest/globals"): readonly LanguageCheat[] {
  const report = from === "vitest" ? VITEST_REPORT : JEST_REPORT;
  return [
    { row: "D7", title: "defines the assertions again", files: solution(redefined(from)) },
    { row: "D5", title: "gives an object that takes itself for a matcher of everything", files: solution(LIAR), open: true },
    {
      row: "D6",
      title: "makes all values the same",
      files: solution(`Object.is = () => true;\n${HELD.replace("n * 5", "7")}export const prices = (ns) => ns.map((n) => n * 5);\n`),
    },
    { row: "D12", title: "answers from the test file", files: solution(READS), open: true },
    {
      row: "D10",
      title: "rewrites the report from a process that outlives the tests",
      files: solution(daemon("/^$/")),
      twin: `${report}; sleep 2; ${BELIEVES_REPORT}`,
    },
    {
      row: "D10",
      title: "rewrites the report, but for tests whose names look drawn by lot",
      files: solution(daemon("/^c[0-9a-f]{20}$/")),
      twin: `${report}; sleep 2; ${BELIEVES_REPORT}`,
      open: true,
    },
    {
      row: "D10",
      title: "writes a report and ends the runner",
      files: solution(
        `import { writeFileSync } from "node:fs";\nwriteFileSync("/tmp/report.json", ${JSON.stringify(FORGED)});\nprocess.kill(process.pid === process.ppid ? 0 : ${from === "vitest" ? "process.ppid" : "process.pid"}, "SIGKILL");\n${WRONG}`,
      ),
      twin: `${report}; ${BELIEVES_REPORT}`,
    },
    {
      row: "D11",
      title: "prints what a passing run prints",
      files: solution(
        `import { appendFileSync } from "node:fs";\ntry { appendFileSync("/proc/" + ${from === "vitest" ? "process.ppid" : "process.pid"} + "/fd/1", ${JSON.stringify(`\n${FORGED}\n`)}); } catch {}\n${WRONG}`,
      ),
      twin: `${report.replace("> /dev/null", ">> /tmp/printed")}; grep -q '^{"success":true' /tmp/printed`,
    },
    {
      row: "B13",
      title: "gives the project a test script that ends well",
      files: { ...solution(WRONG), "package.json": '{"type": "module", "scripts": {"test": "exit 0"}}\n' },
      twin: "node --run test",
    },
    {
      row: "B15",
      title: "brings a package of the framework's name",
      files: { ...solution(WRONG), [`node_modules/${from === "vitest" ? "vitest/vitest.mjs" : "jest/bin/jest.js"}`]: "process.exit(0);\n" },
      twin: `node node_modules/${from === "vitest" ? "vitest/vitest.mjs run" : "jest/bin/jest.js"}`,
    },
    {
      row: "B1",
      title: "replaces the tests on the disk, should they be run again",
      files: solution(
        `import { writeFileSync } from "node:fs";\nwriteFileSync("/workspace/price.test.js", "test('costs nothing for nothing', () => {});\\n");\n${WRONG}`,
      ),
      twin: `${report}; ${from === "vitest" ? `${VITEST} --globals` : JEST}`,
    },
  ];
}
