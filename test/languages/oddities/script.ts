import type { Texts } from "../project.ts";

/** One unusual thing in a test file for vitest or Jest, which get it with their own imports above. */
export type ScriptOddity = { readonly title: string; readonly body: string; readonly beside: Texts };

/** The solution that all of them try. */
export const SHOP = `export const f = (x) => x;
export const add = (...numbers) => numbers.reduce((sum, n) => sum + n, 0);
export function boom(Kind = Error) { throw new Kind("boom"); }
export const later = async (x, ms = 1) => { await new Promise((r) => setTimeout(r, ms)); return x; };
export class Box { constructor(...items) { this.items = items; } put(x) { this.items.push(x); return this; } get size() { return this.items.length; } read() { return 1; } twice() { return 2 * this.read(); } }
export const now = () => Date.now();
export const after = (ms, done) => setTimeout(done, ms);
export const say = (text) => console.log(text);
`;

function oddity(title: string, body: string, beside: Texts = {}): ScriptOddity {
  return { title, body, beside };
}

/** The path of an oddity's test file. */
export function fileOf({ title }: ScriptOddity): string {
  return `t/${title.replaceAll(/[^a-z0-9]+/gi, "-").toLowerCase()}.test.js`;
}

/** What both frameworks can run; `$fw` stands for the name of the framework's object of mocks. */
export const SCRIPT_ODDITIES: readonly ScriptOddity[] = [
  oddity(
    "titles in all letters, with escapes and markup",
    `for (const name of ["größe", "日本語", "😀", "\\t", "<b>&amp;</b>", "# skip", "not ok 1", "\\\\", "100%", "'\\"\`", "a > b", "  spaces  ", "[object Object]"]) test(name, () => expect(s.f(name).length).toBeGreaterThan(2));`,
  ),
  oddity(
    "a title of a thousand characters",
    `test("x".repeat(1000), () => expect(s.f(1)).toBe(2)); describe("y".repeat(300), () => { it("z".repeat(300), () => {}); });`,
  ),
  oddity(
    "a title twice, in one block and in two",
    `describe("s", () => { it("a", () => {}); it("a", () => { s.f(1); }); }); describe("s", () => { it("a", () => {}); }); test("s", () => {});`,
  ),
  oddity("a title twice, one of them fails", `test("a", () => {}); test("a", () => s.boom());`),
  oddity(
    "blocks in blocks in blocks",
    `describe("a", () => { describe("b", () => { describe("c", () => { describe("d", () => { it("e", () => expect(s.f(1)).toBe(1)); it("f", () => s.boom()); }); }); it("g", () => {}); }); });`,
  ),
  oddity(
    "skip and todo in every form",
    `test.skip("a", () => s.boom()); it.skip("b", () => s.boom()); test.todo("c"); describe.skip("d", () => { it("e", () => s.boom()); }); it("f", () => { s.f(1); });`,
  ),
  oddity(
    "only one block of a file",
    `describe.only("a", () => { it("b", () => {}); it("c", () => s.boom()); }); describe("d", () => { it("e", () => s.boom()); });`,
  ),
  oddity(
    "tests that are expected to fail",
    `FAILS("a", () => s.boom()); FAILS("b", () => { s.f(1); }); FAILS("c", async () => { expect(await s.later(1)).toBe(2); });`,
  ),
  oddity(
    "tables as lists",
    `test.each([[1, 1, 2], [1, 2, 4]])("%i + %i = %i", (a, b, sum) => expect(s.add(a, b)).toBe(sum)); it.each([1, 2])("%s", (n) => expect(s.f(n)).toBe(1)); test.each(["a", null, undefined, 0])("value %p", (x) => { s.f(x); });`,
  ),
  oddity(
    "tables as objects",
    `test.each([{ a: 1, b: "x" }, { a: 2, b: "größe" }])("$a is $b", ({ a }) => expect(s.f(a)).toBe(1)); describe.each([{ n: 1 }, { n: 2 }])("n $n", ({ n }) => { it("is", () => expect(s.f(n)).toBe(n)); it.each([[n]])("is %d", (m) => expect(m).toBe(n)); });`,
  ),
  oddity(
    "tables as templates",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholders are those of the table.
    "test.each`a | b | sum\n${1} | ${1} | ${2}\n${1} | ${2} | ${5}`('$a + $b', ({ a, b, sum }) => expect(s.add(a, b)).toBe(sum));",
  ),
  oddity(
    "tables with every sign of format",
    `test.each([["a", 1, { x: 1 }]])("%s %d %j %# %%", (a) => expect(s.f(a)).toBe("a")); test.each([[1.5], [-0]])("%f", (x) => expect(s.f(x)).toBe(1.5));`,
  ),
  oddity(
    "a skipped and a chosen table",
    `test.skip.each([1, 2])("a %i", () => s.boom()); describe.skip.each([1])("b %i", () => { it("c", () => s.boom()); }); test("d", () => { s.f(1); });`,
  ),
  oddity("a block without tests", `describe("empty", () => {}); test("a", () => { s.f(1); });`),
  oddity("a file without tests", `s.f(1);`),
  oddity("a file that throws as it is loaded", `test("a", () => {}); s.boom();`),
  oddity("a block that throws as it is collected", `describe("a", () => { it("b", () => {}); s.boom(); }); test("c", () => {});`),
  oddity("a name that the solution lacks", `test("a", () => { expect(s.none).toBeUndefined(); }); test("b", () => { s.none(); });`),
  oddity(
    "a module that is not there",
    `test("a", async () => { await expect(import("./nothing.js")).rejects.toThrow(); }); test("b", async () => { await import("./nothing.js"); });`,
  ),
  oddity(
    "hooks in order, on two levels",
    `const seen = []; beforeAll(() => { seen.push("all"); }); beforeEach(() => { seen.push("each"); }); describe("in", () => { beforeEach(() => { seen.push("inner"); }); afterEach(() => { seen.push("after"); }); it("a", () => expect(seen).toEqual(["all", "each", "inner"])); it("b", () => expect(seen.length).toBe(s.f(6))); }); test("c", () => expect(seen.at(-1)).toBe("each"));`,
  ),
  oddity(
    "a hook before all fails",
    `describe("a", () => { beforeAll(() => s.boom()); it("b", () => {}); it("c", () => {}); }); test("d", () => { s.f(1); });`,
  ),
  oddity("a hook after all fails", `describe("a", () => { afterAll(() => s.boom()); it("b", () => {}); }); test("c", () => { s.f(1); });`),
  oddity(
    "a hook before each fails",
    `describe("a", () => { beforeEach(() => s.boom()); it("b", () => {}); }); test("c", () => { s.f(1); });`,
  ),
  oddity(
    "a hook after each fails",
    `describe("a", () => { afterEach(() => s.boom()); it("b", () => {}); it("c", () => s.boom()); }); test("d", () => { s.f(1); });`,
  ),
  oddity(
    "hooks wait for promises and callbacks",
    `let n = 0; beforeAll(async () => { n = await s.later(1); }); beforeEach(async () => { n += await s.later(1); }); test("a", () => expect(n).toBe(2)); test("b", () => expect(n).toBe(2));`,
  ),
  oddity(
    "asynchronous tests pass, fail, reject and resolve",
    `test("a", async () => expect(await s.later(1)).toBe(1)); test("b", async () => { expect(await s.later(1)).toBe(2); }); test("c", () => Promise.reject(new Error("no"))); test("d", async () => { await expect(s.later(3)).resolves.toBe(3); }); test("e", async () => { await expect(Promise.reject(new TypeError("x"))).rejects.toThrow(TypeError); }); test("f", async () => { await expect(s.later(1)).rejects.toThrow(); });`,
  ),
  oddity(
    "tests with a time limit",
    `test("a", () => new Promise(() => {}), 30); test("b", async () => { expect(await s.later(1, 5)).toBe(1); }, 4000);`,
  ),
  oddity(
    "errors that are no errors",
    `test("a", () => { throw "text"; }); test("b", () => Promise.reject(null)); test("c", () => { throw { code: 1 }; }); test("d", () => { throw new Error("größe\\u0000"); }); test("e", () => { const e = new Error("x"); e.stack = undefined; throw e; });`,
  ),
  oddity(
    "counts of assertions",
    `test("a", () => { expect.assertions(2); expect(1).toBe(1); }); test("b", () => { expect.assertions(1); expect(s.f(1)).toBe(1); }); test("c", () => { expect.hasAssertions(); }); test("d", async () => { expect.hasAssertions(); expect(await s.later(1)).toBe(1); });`,
  ),
  oddity(
    "equality, strict and loose",
    `test("a", () => expect({ a: undefined, b: 1 }).toEqual({ b: s.f(1) })); test("b", () => expect({ a: undefined, b: 1 }).toStrictEqual({ b: s.f(1) })); test("c", () => expect(s.f(NaN)).toBe(NaN)); test("d", () => expect(s.f(0)).toBe(-0)); test("e", () => expect(s.f([1, , 3])).toEqual([1, undefined, 3])); test("f", () => expect(new s.Box(1)).toEqual({ items: [1] }));`,
  ),
  oddity(
    "matchers that take matchers",
    `test("a", () => expect(s.f({ a: 1, b: "x", c: [1, 2] })).toEqual({ a: expect.any(Number), b: expect.stringMatching(/x/), c: expect.arrayContaining([2]) })); test("b", () => expect(s.f({ a: 1 })).toMatchObject({ a: expect.anything() })); test("c", () => expect(s.f([1])).toEqual(expect.not.arrayContaining([1]))); test("d", () => expect(s.f({ a: 1 })).toHaveProperty("a", 2));`,
  ),
  oddity(
    "matchers of numbers, texts and lengths",
    `test("a", () => expect(s.add(0.1, 0.2)).toBeCloseTo(0.3)); test("b", () => expect(s.f("abc")).toMatch(/^x/)); test("c", () => expect(s.f([1, 2])).toHaveLength(2)); test("d", () => expect(s.f(5)).toBeLessThanOrEqual(4)); test("e", () => expect(new Set([1])).toContain(s.f(1))); test("f", () => expect(s.f(null)).toBeNull()); test("g", () => expect(s.f("")).toBeTruthy());`,
  ),
  oddity(
    "errors are matched",
    `test("a", () => expect(() => s.boom()).toThrow("boom")); test("b", () => expect(() => s.boom()).toThrow(/bang/)); test("c", () => expect(() => s.boom(RangeError)).toThrow(RangeError)); test("d", () => expect(() => s.f(1)).toThrow()); test("e", () => expect(() => s.boom()).not.toThrow()); test("f", () => expect(() => s.boom(TypeError)).toThrow(new TypeError("boom")));`,
  ),
  oddity(
    "matchers of its own",
    `expect.extend({ toBeEven(n) { return { pass: n % 2 === 0, message: () => n + " is not even" }; } }); test("a", () => expect(s.f(2)).toBeEven()); test("b", () => expect(s.f(3)).toBeEven()); test("c", () => expect(s.f(3)).not.toBeEven());`,
  ),
  oddity(
    "functions are mocked",
    `test("a", () => { const f = $fw.fn((x) => x + 1); expect(f(s.f(1))).toBe(2); expect(f).toHaveBeenCalledWith(1); expect(f).toHaveBeenCalledTimes(2); }); test("b", () => { const f = $fw.fn().mockReturnValueOnce(1).mockReturnValue(2); expect([f(), f(), f()]).toEqual([1, 2, 2]); }); test("c", async () => { const f = $fw.fn().mockResolvedValue(s.f(3)); expect(await f()).toBe(3); }); test("d", () => { expect($fw.fn()).toHaveBeenCalled(); });`,
  ),
  oddity(
    "methods are spied upon",
    `test("a", () => { const spy = $fw.spyOn(s.Box.prototype, "read").mockReturnValue(5); expect(new s.Box().twice()).toBe(10); spy.mockRestore(); }); test("b", () => expect(new s.Box().twice()).toBe(2)); test("c", () => { const spy = $fw.spyOn(console, "log").mockImplementation(() => {}); s.say("x"); expect(spy).toHaveBeenCalledWith("x"); spy.mockRestore(); });`,
  ),
  oddity(
    "a spy that is not put back",
    `test("a", () => { $fw.spyOn(Math, "random").mockReturnValue(0.5); expect(Math.random()).toBe(s.f(0.5)); }); test("b", () => expect(Math.random()).toBe(0.5)); afterAll(() => $fw.restoreAllMocks());`,
  ),
  oddity(
    "clocks are replaced",
    `beforeEach(() => { $fw.useFakeTimers(); }); afterEach(() => { $fw.useRealTimers(); }); test("a", () => { const done = $fw.fn(); s.after(1000, done); $fw.advanceTimersByTime(999); expect(done).not.toHaveBeenCalled(); $fw.advanceTimersByTime(1); expect(done).toHaveBeenCalledTimes(1); }); test("b", () => { $fw.setSystemTime(new Date(5000)); expect(s.now()).toBe(5000); }); test("c", () => { const done = $fw.fn(); setInterval(done, 10); $fw.advanceTimersByTime(100); expect(done).toHaveBeenCalledTimes(9); });`,
  ),
  oddity(
    "output that looks like a report",
    `test("a", () => { console.log("Tests: 5 passed, 5 total\\nok 1 - forged"); process.stdout.write('{"success":true,"testResults":[]}\\n'); s.say("x"); }); test("b", () => { console.error("✓ b"); s.boom(); });`,
  ),
  oddity("much output", `test("a", () => { for (let i = 0; i < 300; i++) console.log("y".repeat(500)); expect(s.f(1)).toBe(1); });`),
  oddity(
    "children are started",
    `test("a", async () => { const { execFileSync } = await import("node:child_process"); expect(execFileSync("sh", ["-c", "echo 42"], { encoding: "utf8" })).toBe("42\\n"); }); test("b", async () => { const { spawnSync } = await import("node:child_process"); expect(spawnSync(process.execPath, ["-e", "process.exit(3)"]).status).toBe(s.f(3)); });`,
  ),
  oddity(
    "the environment and globals change",
    `test("a", () => { process.env.LEFT = "x"; globalThis.left = s.f(1); }); test("b", () => { expect(process.env.LEFT).toBe("x"); expect(globalThis.left).toBe(1); }); test("c", () => { Array.prototype.last = function () { return this.at(-1); }; expect([1, 2].last()).toBe(2); delete Array.prototype.last; });`,
  ),
  oddity(
    "state goes from test to test",
    `let n = 0; test("a", () => { n += s.f(1); }); test("b", () => expect(n).toBe(1)); test("c", () => { s.Box.made = 5; }); test("d", () => expect(s.Box.made).toBe(5));`,
  ),
  oddity(
    "inline snapshots",
    `test("a", () => expect(s.f({ a: [1, "x"] })).toMatchInlineSnapshot(\`SNAPSHOT\`)); test("b", () => expect(s.f(1)).toMatchInlineSnapshot(\`2\`));`,
  ),
  oddity(
    "snapshots that do not exist in a run of CI",
    `test("a", () => expect(s.f({ a: 1 })).toMatchSnapshot()); test("b", () => { s.f(1); });`,
  ),
  oddity(
    "errors in snapshots",
    `test("a", () => expect(() => s.boom()).toThrowErrorMatchingInlineSnapshot(ERRORSNAPSHOT)); test("b", () => expect(() => s.boom()).toThrowErrorMatchingInlineSnapshot(\`"bang"\`));`,
  ),
  oddity(
    "data beside the tests",
    `import { readFileSync } from "node:fs"; import path from "node:path"; const cases = JSON.parse(readFileSync(path.join(HERE, "cases.json"), "utf8")); test.each(cases)("case %s", (name, given, sum) => expect(s.add(...given)).toBe(sum));`,
    { "t/cases.json": '[["two", [1, 1], 2], ["none", [], 0], ["wrong", [1], 5]]' },
  ),
  oddity(
    "a helper beside the tests",
    `import { check } from "./helper.js"; test("a", () => check(s.f(1), 1)); test("b", () => check(s.f(1), 2));`,
    { "t/helper.js": "export const check = (a, b) => { if (a !== b) throw new Error(a + ' is not ' + b); };\n" },
  ),
  oddity(
    "promises that nobody waits for",
    `test("a", () => { s.later(1, 5).then(() => {}); }); test("b", () => { void Promise.resolve(s.f(1)); });`,
  ),
  oddity(
    "tests made by loops and lists",
    `for (const n of [1, 2, 3]) describe("n" + n, () => { for (const m of ["a", "b"]) it(m + n, () => expect(s.f(n)).toBeLessThan(3)); });`,
  ),
  oddity(
    "functions and classes as titles",
    `describe(s.Box, () => { it("a", () => { s.f(1); }); }); test(s.add, () => {}); describe(function named() {}, () => { it("b", () => {}); });`,
  ),
  oddity(
    "numbers and texts as titles",
    'test(`multi\nline`, () => { s.f(1); }); test(String(42), () => {}); describe("", () => { it("in a block without a title", () => {}); });',
  ),
  oddity(
    "bits of bytes, maps, sets, dates and large numbers",
    `test("a", () => expect(s.f(new Map([[1, { a: 1 }]]))).toEqual(new Map([[1, { a: 1 }]]))); test("b", () => expect(s.f(new Set([1]))).toEqual(new Set([2]))); test("c", () => expect(s.f(10n ** 30n)).toBe(10n ** 30n)); test("d", () => expect(s.f(new Date(0))).toEqual(new Date(1))); test("e", () => expect(s.f(new Uint8Array([1]))).toEqual(new Uint8Array([1]))); test("f", () => expect(s.f(Symbol.for("x"))).toBe(Symbol.for("x"))); test("g", () => expect(s.f(/a/g)).toEqual(/a/g));`,
  ),
  oddity(
    "circular objects, and long differences",
    `test("a", () => { const a = {}; a.self = a; expect(s.f(a)).toEqual(a); }); test("b", () => expect(s.f("a\\nb\\n".repeat(200))).toBe("a\\nc\\n".repeat(200))); test("c", () => expect(s.f(Object.freeze({ a: 1 }))).toEqual({ a: 1 }));`,
  ),
  oddity("a failing test among many", `for (let i = 0; i < 200; i++) test("number " + i, () => expect(s.f(i)).not.toBe(77));`),
  oddity(
    "an exit status of the process's own",
    `test("a", () => { s.f(1); }); afterAll(() => { process.exitCode = 0; }); test("b", () => s.boom());`,
  ),
];
