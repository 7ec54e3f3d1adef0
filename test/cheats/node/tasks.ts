import type { CheatTask, Texts } from "../cheat.ts";
import { TEST_MARK } from "../pytest/tasks.ts";

/** Makes a task of node:test with one module, `total.js`. */
export function nodeTask(name: string, parts: { readonly tests: Texts; readonly right: string; readonly wrong: string }): CheatTask {
  return {
    name: `node-${name}`,
    runner: "node",
    workspace: {
      "total.js": "export function total(values) {}\n",
      "package.json": '{"type": "module", "scripts": {"test": "node --test tests/"}}\n',
    },
    tests: parts.tests,
    reference: { "total.js": parts.right },
    wrong: { "total.js": parts.wrong },
    undefended: `node --test --test-reporter=spec --test-reporter-destination=stdout --test-reporter=junit --test-reporter-destination=/tmp/report.xml ${Object.keys(
      parts.tests,
    )
      .filter((path) => path.endsWith(".test.mjs"))
      .map((path) => `tests/${path}`)
      .join(" ")}`,
  };
}

/** Adds numbers up, tested by node:assert. */
export const NODE_SUM = nodeTask("sum", {
  right: `export function total(values) {
  if (typeof values === "string") throw new TypeError("expected numbers");
  let result = 0;
  for (const value of values) result += value;
  return result;
}
`,
  wrong: "export function total(values) { return 0; }\n",
  tests: {
    "total.test.mjs": `// ${TEST_MARK}
import assert from "node:assert/strict";
import { describe, it, test } from "node:test";
import { total } from "/workspace/total.js";
test("adds", () => { assert.equal(total([1, 2, 3]), 6); });
describe("more", () => {
  it("sums in a list", () => { assert.deepEqual([total([1]), total([2])], [1, 2]); });
  it("refuses text", () => { assert.throws(() => total("abc"), TypeError); });
  it("scales", () => { assert.equal(total([2, 2]), 4); });
});
`,
  },
});

/** Asks results by their own methods: includes, every, some, has. */
export const NODE_METHODS = nodeTask("methods", {
  right: `export function evens(values) { return values.filter((value) => value % 2 === 0); }
export function letters(text) { return new Set(text); }
`,
  wrong: "export function evens(values) { return []; }\nexport function letters(text) { return new Set(); }\n",
  tests: {
    "methods.test.mjs": `// ${TEST_MARK}
import assert from "node:assert/strict";
import { test } from "node:test";
import { evens, letters } from "/workspace/total.js";
test("holds what is even", () => { assert.ok(evens([1, 2, 3, 4]).includes(4)); assert.ok(evens([6]).some((value) => value === 6)); });
test("holds nothing else", () => { assert.ok(evens([1, 2, 4]).every((value) => value % 2 === 0)); });
test("has the letters", () => { assert.ok(letters("abc").has("b")); });
`,
  },
});

/** Hands the solution functions of the tests. */
export const NODE_CALLBACK = nodeTask("callback", {
  right: "export function each(values, visit) { for (const value of values) visit(value * 2); return values.length; }\n",
  wrong: "export function each(values, visit) { return 0; }\n",
  tests: {
    "callback.test.mjs": `// ${TEST_MARK}
import assert from "node:assert/strict";
import { test } from "node:test";
import { each } from "/workspace/total.js";
test("counts", () => { const EXPECTED = 3; const count = each([1, 2, 3], (value) => value > 0 || EXPECTED); assert.equal(count, 3); });
test("visits", () => { const seen = []; const count = each([1, 2], (value) => seen.push(value)); assert.deepEqual([seen, count], [[2, 4], 2]); });
`,
  },
});

/** Hands the solution a mock function and asks it afterwards. */
export const NODE_MOCK = nodeTask("mock", {
  right:
    "export function deliver(message, send) { for (let tries = 0; tries < 3; tries++) if (send(message)) return true; return false; }\n",
  wrong: "export function deliver(message, send) { return false; }\n",
  tests: {
    "mock.test.mjs": `// ${TEST_MARK}
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { deliver } from "/workspace/total.js";
test("tries three times", () => {
  const send = mock.fn(() => false);
  assert.equal(deliver("x", send), false);
  assert.equal(send.mock.callCount(), 3);
});
`,
  },
});

/** Compares with a snapshot. */
export const NODE_SNAPSHOT = nodeTask("snapshot", {
  right: "export function table(values) { return values.map((value) => [value, value * 2]); }\n",
  wrong: "export function table(values) { return []; }\n",
  tests: {
    "table.test.mjs": `// ${TEST_MARK}
import { test } from "node:test";
import { table } from "/workspace/total.js";
test("doubles", (t) => { t.assert.snapshot(table([1, 2])); });
`,
    "table.test.mjs.snapshot": "exports[`doubles 1`] = `\n[\n  [\n    1,\n    2\n  ],\n  [\n    2,\n    4\n  ]\n]\n`;\n",
  },
});
