import type { ScriptOddity } from "./script.ts";

/** What test files for Jest begin with. */
export const JEST_HEAD = `import * as s from "../shop.js";
const HERE = __dirname;
const FAILS = test.failing;
`;

/** A reporter by Jest's documented interface, which prints each test as JSON. */
export const JEST_REPORTER = `const { appendFileSync } = require("node:fs");
const { relative } = require("node:path");
const say = (...found) => appendFileSync("/tmp/found", JSON.stringify(found) + "\\n");
module.exports = class {
  onTestResult(_, { testFilePath, testResults }) {
    const file = relative("/workspace", testFilePath);
    for (const { ancestorTitles, title, status } of testResults) say(status, file, ...ancestorTitles, title);
    if (testResults.length === 0) say("failed", file);
  }
};
`;

function oddity(title: string, body: string, beside: ScriptOddity["beside"] = {}): ScriptOddity {
  return { title, body, beside };
}

/** What Jest alone can do. */
export const JEST_ODDITIES: readonly ScriptOddity[] = [
  oddity(
    "only one test of a file",
    `test("a", () => s.boom()); test.only("b", () => { expect(s.f(1)).toBe(1); }); describe("c", () => { it("d", () => s.boom()); });`,
  ),
  oddity(
    "tests run at once",
    `test.concurrent("a", async () => { await s.later(1, 20); }); test.concurrent("b", async () => { expect(await s.later(1, 5)).toBe(2); }); test.concurrent.each([1, 2])("c %i", async (n) => { await s.later(n); });`,
  ),
  oddity(
    "callbacks",
    `test("a", (done) => { s.after(1, done); }); test("b", (done) => { done(new Error("no")); }); test("c", (done) => { s.after(1, () => done.fail ? done() : done()); }); beforeEach((done) => { done(); });`,
  ),
  oddity(
    "modules are mocked by a factory",
    `jest.mock("../shop.js", () => ({ ...jest.requireActual("../shop.js"), add: () => 42 })); test("a", () => expect(s.add(1, 1)).toBe(42)); test("b", () => expect(jest.requireActual("../shop.js").add(1, 1)).toBe(2));`,
  ),
  oddity(
    "modules are mocked by themselves",
    `jest.mock("../shop.js"); test("a", () => { expect(s.add(1, 1)).toBeUndefined(); expect(s.add).toHaveBeenCalledTimes(1); }); test("b", () => { s.f.mockReturnValue(3); expect(s.f()).toBe(3); });`,
  ),
  oddity(
    "modules are loaded anew",
    `test("a", () => { jest.isolateModules(() => { const own = require("../shop.js"); own.Box.made = 1; }); expect(s.Box.made).toBeUndefined(); }); test("b", () => { jest.resetModules(); expect(require("../shop.js")).not.toBe(s); }); test("c", () => { jest.doMock("../shop.js", () => ({ f: () => 9 })); expect(require("../shop.js").f()).toBe(9); });`,
  ),
  oddity(
    "manual mocks beside modules",
    `jest.mock("./part.js"); const part = require("./part.js"); test("a", () => expect(part.name()).toBe("mocked")); test("b", () => expect(jest.requireActual("./part.js").name()).toBe(s.f("real")));`,
    {
      "t/part.js": "module.exports = { name: () => 'real' };\n",
      "t/__mocks__/part.js": "module.exports = { name: () => 'mocked' };\n",
    },
  ),
  oddity("retries", `jest.retryTimes(2); let n = 0; test("a", () => expect(++n).toBe(3)); test("b", () => s.boom());`),
  oddity(
    "a limit for all tests of a file",
    `jest.setTimeout(50); test("a", () => new Promise(() => {})); test("b", async () => { await s.later(1, 1); });`,
  ),
  oddity(
    "names as aliases",
    `xtest("a", () => s.boom()); xit("b", () => s.boom()); xdescribe("c", () => { it("d", () => s.boom()); }); fdescribe("e", () => { it("f", () => { s.f(1); }); xit("g", () => {}); });`,
  ),
  oddity("a focused test by its old name", `fit("a", () => { s.f(1); }); it("b", () => s.boom());`),
  oddity(
    "each mocked function",
    `test("a", () => { const f = jest.fn(); f(s.f(1)); expect(f.mock.calls).toEqual([[1]]); expect(f).toHaveBeenLastCalledWith(1); jest.clearAllMocks(); expect(f).not.toHaveBeenCalled(); }); test("b", () => { const f = jest.fn(() => s.boom()); expect(f).toThrow("boom"); expect(f).toHaveReturned(); });`,
  ),
  oddity(
    "a snapshot file beside the test",
    `test("kept", () => expect(s.f({ a: 1 })).toMatchSnapshot()); test("changed", () => expect(s.f({ a: 2 })).toMatchSnapshot());`,
    {
      "t/__snapshots__/a-snapshot-file-beside-the-test.test.js.snap":
        '// Jest Snapshot v1, https://jestjs.io/docs/snapshot-testing\n\nexports[`changed 1`] = `\n{\n  "a": 1,\n}\n`;\n\nexports[`kept 1`] = `\n{\n  "a": 1,\n}\n`;\n',
    },
  ),
];
