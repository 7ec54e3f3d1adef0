import { smallTask } from "./small-task.ts";

const body = `
  test("adds", () => { expect(total([1, 2, 3])).toBe(6); });
  xtest("sums in a list", () => { expect([total([1]), total([2])]).toEqual([1, 2]); });
  describe("refusal", () => {
    xit("refuses text", () => { expect(() => total("abc")).toThrow(TypeError); });
  });
  test.each([[10], [20]])("scales to %i", async (size) => {
    await expect(Promise.resolve(total(Array(size).fill(FACTOR)))).resolves.toBe(2 * size);
  });
`;

/** The task in JavaScript with Jest's globals, its tests in the workspace: `total` adds numbers and refuses text. */
export const jestTask = smallTask({
  workspace: { "total.js": "export function total(values) {}\n", "given.js": "export const FACTOR = 2;\n" },
  deliver: { include: ["**"], exclude: ["given.js"] },
  tests: { "total.spec.js": `import { total } from './total';\nimport { FACTOR } from './given';\ndescribe("total", () => {${body}});\n` },
  plan: { runner: "node", files: ["total.spec.js"], placement: "workspace", jestGlobals: true },
});

/** Its tests by name. */
export const jestRequired = [
  "total.spec.js > total > adds",
  "total.spec.js > total > sums in a list",
  "total.spec.js > total > refusal > refuses text",
  "total.spec.js > total > scales to 10",
  "total.spec.js > total > scales to 20",
];

/** The task with node:test and node:assert, its tests outside of the workspace. */
export const nodeTask = smallTask({
  workspace: { "total.js": "export function total(values) {}\n" },
  tests: {
    "total.test.mjs": `
import { describe, it, test } from "node:test";
import assert from "node:assert/strict";
const { total } = await import("/workspace/total.js");
test("adds", () => { assert.equal(total([1, 2, 3]), 6); });
describe("more", () => {
  it("sums in a list", () => { assert.deepEqual([total([1]), total([2])], [1, 2]); });
  it("refuses text", () => { assert.throws(() => total("abc"), TypeError); });
  it("has parts", async (t) => { await t.test("one", () => { assert.ok(total([3]) === 3); }); });
});
`,
  },
  plan: { runner: "node", files: ["total.test.mjs"] },
});

/** Its tests by name. */
export const nodeRequired = [
  "total.test.mjs > adds",
  "total.test.mjs > more > sums in a list",
  "total.test.mjs > more > refuses text",
  "total.test.mjs > more > has parts",
];

/** An honest solution. */
export const honestSum = `
export function total(values) {
  if (typeof values === "string") throw new TypeError("expected numbers");
  let result = 0;
  for (const value of values) result += value;
  return result;
}
`;
