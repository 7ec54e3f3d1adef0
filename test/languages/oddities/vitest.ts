import type { ScriptOddity } from "./script.ts";

/** What test files for vitest begin with. */
export const VITEST_HEAD = `import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, expectTypeOf, it, onTestFailed, onTestFinished, test, vi } from "vitest";
import * as s from "../shop.js";
const HERE = import.meta.dirname;
const FAILS = test.fails;
`;

/** A reporter by vitest's documented interface, which prints each test as JSON. */
export const VITEST_REPORTER = `import { relative } from "node:path";
import { appendFileSync } from "node:fs";
const say = (status, ...names) => appendFileSync("/tmp/found", JSON.stringify([status, ...names]) + "\\n");
const fileOf = (module) => relative("/workspace", module.moduleId);
export default class {
  onTestCaseResult(one) {
    const titles = [];
    for (let above = one; above.type !== "module"; above = above.parent) titles.unshift(above.name);
    const { state } = one.result();
    say(state, fileOf(one.module), ...titles);
  }
  onTestModuleEnd(module) {
    if ([...module.children.allTests()].length === 0) say(module.state(), fileOf(module));
  }
}
`;

function oddity(title: string, body: string, beside: ScriptOddity["beside"] = {}): ScriptOddity {
  return { title, body, beside };
}

/** What vitest alone can do. */
export const VITEST_ODDITIES: readonly ScriptOddity[] = [
  oddity(
    "tests run at once",
    `describe.concurrent("c", () => { for (const ms of [20, 1, 10]) it("ms " + ms, async ({ expect }) => { expect(await s.later(ms, ms)).toBe(ms); }); it("bad", async ({ expect }) => { expect(await s.later(1)).toBe(2); }); });`,
  ),
  oddity(
    "tests run on a condition",
    `test.runIf(false)("a", () => s.boom()); test.skipIf(true)("b", () => s.boom()); test.runIf(true)("c", () => { s.f(1); }); describe.skipIf(s.f(true))("d", () => { it("e", () => {}); });`,
  ),
  oddity(
    "tests are skipped as they run",
    `test("a", ({ skip }) => { skip("now"); s.boom(); }); test("b", (context) => { context.skip(s.f(false)); }); beforeEach(() => {});`,
  ),
  oddity(
    "fixtures of extended tests",
    `const own = test.extend({ box: async ({}, use) => { const box = new s.Box(1); await use(box); if (box.size > 3) throw new Error("too full"); }, size: async ({ box }, use) => use(box.size) }); own("a", ({ box, size }) => { expect(box.put(2).size).toBe(size + 1); }); own("b", ({ box }) => { box.put(1).put(2).put(3); }); own("c", ({ size }) => expect(size).toBe(5));`,
  ),
  oddity(
    "modules are mocked by a factory",
    `vi.mock("../shop.js", async (original) => ({ ...(await original()), add: () => 42 })); test("a", () => expect(s.add(1, 1)).toBe(42)); test("b", async () => { const real = await vi.importActual("../shop.js"); expect(real.add(1, 1)).toBe(2); }); test("c", () => expect(s.f(1)).toBe(1));`,
  ),
  oddity(
    "what is hoisted",
    `const held = vi.hoisted(() => ({ now: () => 5 })); vi.mock("node:os", () => ({ default: { cpus: () => [held.now()] } })); test("a", async () => { const os = await import("node:os"); expect(os.default.cpus()).toEqual([s.f(5)]); });`,
  ),
  oddity(
    "soft and polled assertions",
    `test("a", () => { expect.soft(s.f(1)).toBe(2); expect.soft(s.f(2)).toBe(2); }); test("b", async () => { let n = 0; await expect.poll(() => ++n, { interval: 1 }).toBe(3); }); test("c", async () => { await vi.waitFor(() => expect(s.f(1)).toBe(1)); });`,
  ),
  oddity(
    "retries and repeats",
    `let n = 0; test("a", { retry: 2 }, () => expect(++n).toBe(3)); let m = 0; test("b", { repeats: 2 }, () => expect(++m).toBeLessThan(3)); test("c", { retry: 1 }, () => s.boom());`,
  ),
  oddity(
    "hooks of a test",
    `test("a", () => { onTestFinished(() => { s.f(1); }); onTestFailed(() => {}); }); test("b", () => { onTestFinished(() => s.boom()); }); beforeEach(() => () => { s.f(1); }); afterEach(() => {});`,
  ),
  oddity(
    "tables by for",
    `test.for([[1, 1], [1, 2]])("%i is %i", ([a, b], { expect }) => { expect(s.f(a)).toBe(b); }); describe.for([{ n: 1 }])("n = $n", ({ n }) => { it("x", () => expect(s.f(n)).toBe(1)); });`,
  ),
  oddity(
    "types are expected",
    `test("a", () => { expectTypeOf(s.f).toBeFunction(); }); test("b", () => { expect(s.f(1)).toSatisfy((n) => n === 2); });`,
  ),
  oddity(
    "a snapshot file beside the test",
    `test("kept", () => expect(s.f({ a: 1 })).toMatchSnapshot()); test("changed", () => expect(s.f({ a: 2 })).toMatchSnapshot());`,
    {
      "t/__snapshots__/a-snapshot-file-beside-the-test.test.js.snap":
        '// Vitest Snapshot v1, https://vitest.dev/guide/snapshot.html\n\nexports[`changed 1`] = `\n{\n  "a": 1,\n}\n`;\n\nexports[`kept 1`] = `\n{\n  "a": 1,\n}\n`;\n',
    },
  ),
];
