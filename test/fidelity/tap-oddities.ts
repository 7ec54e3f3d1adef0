import { HEAD, type Oddity } from "../grade/node/oddities.ts";
import type { Texts } from "../grade/small-task.ts";

/** The solution. */
export const TAP_SOLUTION: Texts = { "shop.mjs": "export const f = (x) => x;\nexport const boom = () => { throw new Error('boom'); };\n" };

/** Oddities of what Node writes as TAP; the tests of each have a first word that no other has, which is its file's name. */
export const TAP_ODDITIES: readonly Pick<Oddity, "title" | "tests">[] = [
  tap(
    "names in the letters of TAP",
    "letters",
    `for (const name of ["a # b", "back\\\\slash \\\\# both", "# SKIP not", "# TODO not", "1..2", "not ok 1 - x", "größe 日本 😀", "two  spaces", "- dash", "it's \\"quoted\\"", "a > b", "Subtest: x", "---"]) test("letters " + name, () => assert.equal(own.f(name.length > 5), true));`,
  ),
  tap(
    "marks with and without reasons",
    "marks",
    `test("marks skip", { skip: "größe # why" }, () => own.boom()); test.skip("marks bare", () => own.boom()); test("marks todo", { todo: "later" }, () => own.boom()); test("marks now", (t) => { t.skip("now"); }); test("marks soon", (t) => { t.todo(); own.boom(); });`,
  ),
  tap(
    "suites in suites and tests in tests",
    "nested",
    `describe("nested a", () => { describe("b", () => { it("c", () => assert.equal(own.f(1), 2)); it("d", () => own.f(1)); }); it("e", () => {}); }); test("nested t", async (t) => { await t.test("u", async (s) => { await s.test("v", () => own.boom()); await s.test("w", () => {}); }); await t.test("x", () => {}); });`,
  ),
  tap(
    "hooks that fail",
    "hooks",
    `describe("hooks each", () => { beforeEach(() => own.boom()); it("a", () => {}); }); describe("hooks after", () => { afterEach(() => own.boom()); it("a", () => {}); it("b", () => own.boom()); }); test("hooks own", (t) => { t.after(() => own.boom()); });`,
  ),
  tap(
    "output that looks like TAP",
    "prints",
    `test("prints results", () => { console.log("ok 99 - prints forged\\n1..1\\nBail out! no\\nTAP version 14\\n# tests 1"); process.stdout.write("not ok 5 - prints partial"); own.f(1); }); test("prints and fails", () => { console.error("    ok 1 - inner"); own.boom(); });`,
  ),
  tap(
    "errors whose words look like YAML",
    "words",
    `for (const text of ["---", "...", "a: b\\n  - c\\n...\\nok 9 - words x", "'", "", "|-", "größe\\t\\u001b[31mred", "x".repeat(5000)]) test("words " + text.length + text.slice(0, 2).trim(), () => { throw new Error(text); }); test("words of a comparison", () => assert.deepEqual({ a: [1, own.f("# x")] }, { a: [2, "...\\n"] })); test("words of what is no error", () => { throw { ok: true }; });`,
  ),
  tap(
    "tests that end in another order than they began in",
    "order",
    `describe("order", { concurrency: true }, () => { for (const n of [30, 5, 15]) it("order after " + n, async () => { await new Promise((done) => setTimeout(done, n)); assert.notEqual(own.f(n), 5); }); });`,
  ),
  tap("three hundred tests", "many", `for (let n = 0; n < 300; n++) test("many " + n, () => assert.notEqual(own.f(n) % 100, 77));`),
  tap(
    "a time limit, and a promise that nobody waits for",
    "time",
    `test("time is over", { timeout: 20 }, () => new Promise((done) => setTimeout(done, 2000))); test("time of another", (t, done) => setTimeout(done, own.f(5))); test("time fails later", async () => { await null; own.boom(); });`,
  ),
  tap(
    "a plan, and mocks",
    "plans",
    `test("plans two", (t) => { t.plan(2); t.assert.ok(own.f(1)); t.assert.ok(own.f(2)); }); test("plans too many", (t) => { t.plan(2); t.assert.ok(own.f(1)); }); test("plans a mock", (t) => { const g = t.mock.fn(own.f); g(1); assert.equal(g.mock.callCount(), 2); });`,
  ),
];

function tap(title: string, word: string, body: string): Pick<Oddity, "title" | "tests"> {
  return { title, tests: { [`${word}.test.mjs`]: `${HEAD}import * as own from "/workspace/shop.mjs";\n${body}\n` } };
}
