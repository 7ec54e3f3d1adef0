import { describe, test } from "vitest";
import { honestSum, jestRequired, jestTask, nodeRequired, nodeTask } from "./node-task.ts";
import { gradeTexts, learn, smallTask, type Texts } from "./small-task.ts";

const common = honestSum.replace("export function total", "exports.total = function total").replace(/\}\n$/, "};\n");

const oddities: readonly { readonly title: string; readonly files: Texts }[] = [
  { title: "is plain", files: { "total.js": honestSum } },
  { title: "is written in CommonJS", files: { "total.js": common } },
  {
    title: "assigns a whole object to module.exports",
    files: { "total.js": `${honestSum.replace("export ", "")}module.exports = { total };\n` },
  },
  {
    title: "builds module.exports as it runs",
    files: { "total.js": `${honestSum.replace("export ", "")}module.exports = Object.fromEntries([["total", total]]);\n` },
  },
  {
    title: "mixes import with require and __dirname",
    files: {
      "total.js": `import fs from "node:fs";\nconst path = require("path");\nfs.existsSync(path.join(__dirname, "x"));\n${honestSum}`,
    },
  },
  {
    title: "is spread over files without extensions, with names beyond ASCII",
    files: { "total.js": `export * from "./größe";\n`, "größe/index.mjs": honestSum },
  },
  {
    title: "imports TypeScript with an enum",
    files: {
      "total.js": `export { total } from "./sum.js";\n`,
      "sum.ts": `enum Kind { A }\nexport const kind: Kind = Kind.A;\n${honestSum.replace("(values)", "(values: any): number")}`,
    },
  },
  { title: "prints five megabytes", files: { "total.js": `console.log("x".repeat(5_000_000));\n${honestSum}` } },
  {
    title: "brings a package.json of another module type",
    files: { "total.js": honestSum, "package.json": '{"type": "commonjs", "scripts": {"test": "exit 0"}}' },
  },
  {
    title: "brings configuration that breaks everything",
    files: { "total.js": honestSum, ".npmrc": "node-options=--require ./x.cjs", "jest.config.js": "throw 1", "babel.config.js": "throw 1" },
  },
  {
    title: "leaves a timer and a server",
    files: { "total.js": `import http from "node:http";\nsetInterval(() => {}, 1000);\nhttp.createServer().listen(0);\n${honestSum}` },
  },
  {
    title: "leaves a child that is detached",
    files: {
      "total.js": `import { spawn } from "node:child_process";\nspawn("sleep", ["100000"], { detached: true, stdio: "ignore" });\n${honestSum}`,
    },
  },
  {
    title: "adds a method to arrays",
    files: { "total.js": `Array.prototype.sum = function () { return this.reduce((a, b) => a + b, 0); };\n${honestSum}` },
  },
];

describe.concurrent("an honest JavaScript solution", () => {
  test.for(oddities)("passes under Jest's globals when it $title", async ({ files }, { expect }) => {
    const verdict = await gradeTexts(jestTask, files, jestRequired);

    expect(verdict).toMatchObject({ passed: true, reason: "all-passed", testsPassed: 5, testsTotal: 5, tampering: [] });
  });

  test.for(oddities)("passes under node:test when it $title", async ({ files }, { expect }) => {
    const verdict = await gradeTexts(nodeTask, files, nodeRequired);

    expect(verdict).toMatchObject({ passed: true, reason: "all-passed", testsPassed: 4, testsTotal: 4, tampering: [] });
  });
});

describe.concurrent("a wrong JavaScript solution", () => {
  test("fails with the message of each test that failed", async ({ expect }) => {
    const verdict = await gradeTexts(jestTask, { "total.js": "export const total = () => 6;\n" }, jestRequired);

    expect(verdict).toMatchObject({ passed: false, reason: "tests-failed", testsPassed: 1, tampering: [] });
    expect(verdict.tests[1]).toMatchObject({ status: "failed", message: expect.stringContaining("toEqual") });
  });

  test("that cannot be imported fails every test and says why", async ({ expect }) => {
    const verdict = await gradeTexts(jestTask, { "total.js": "export const total = (;\n" }, jestRequired);

    expect(verdict).toMatchObject({ passed: false, reason: "tests-failed", testsPassed: 0, tampering: [] });
    expect(verdict.tests.find((one) => one.status === "failed")?.message).toContain("SyntaxError");
  });

  test("fails for an unhandled error, and for an unhandled rejection as node:test does", async ({ expect }) => {
    const late = (code: string) => ({ "total.js": honestSum.replace("let result", `${code};\n  let result`) });
    const error = late("setTimeout(() => { throw new Error('late'); }, 0)");
    const rejection = late("Promise.reject(new Error('late'))");

    expect(await gradeTexts(nodeTask, error, nodeRequired)).toMatchObject({ passed: false, tampering: [] });
    expect(await gradeTexts(nodeTask, rejection, nodeRequired)).toMatchObject({ passed: false, tampering: [] });
    expect(await gradeTexts(jestTask, rejection, jestRequired)).toMatchObject({ passed: true, tampering: [] });
  });
});

describe.concurrent("tests in JavaScript", () => {
  const tests = `
import { beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { stamp } from './stamp.ts';
const seen = [];
beforeAll(() => { seen.push('all'); });
describe('stamp', () => {
  beforeEach(() => { seen.push('each'); });
  it('waits for done', (done) => { setTimeout(() => { expect(seen).toEqual(['all', 'each']); done(); }, 1); });
  it('twice', () => { expect(stamp()).toEqual({ at: expect.any(Date), by: 'me' }); });
  it('twice', () => { const call = jest.fn(); call(1); expect(call).toBeCalledWith(1); expect(() => stamp(1)).toThrowError(/no/); });
  it.todo('later');
});
`;
  const task = smallTask({
    workspace: { "stamp.ts": "" },
    tests: { "stamp.spec.js": tests },
    reference: { "stamp.ts": "export function stamp(n?: number) { if (n) throw new Error('no'); return { at: new Date(), by: 'me' }; }\n" },
    plan: { runner: "node", files: ["stamp.spec.js"], placement: "workspace", jestGlobals: true },
  });

  test("may use hooks, mocks, done, asymmetric matchers and one title twice", async ({ expect }) => {
    expect(await learn(task)).toEqual(["waits for done", "twice", "twice (2)"].map((name) => `stamp.spec.js > stamp > ${name}`));
  });

  test("in CommonJS can require what they need", async ({ expect }) => {
    const plain = smallTask({
      workspace: { "one.js": "" },
      tests: {
        "one.test.js": `const test = require("node:test");\nconst assert = require("assert");\nconst { one } = require("./one");\ntest("one", (t, done) => { assert(one === 1); assert.equal(one, 1); done(); });\ntest("skipped", { skip: true }, () => {});\n`,
      },
      reference: { "one.js": "exports.one = 1;\n" },
      plan: { runner: "node", files: ["one.test.js"], placement: "workspace" },
    });

    expect(await learn(plain)).toEqual(["one.test.js > one"]);
  });
});
