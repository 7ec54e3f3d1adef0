import { HEAD, type Oddity, oddity } from "./oddities.ts";

const SAME = "export const f = (x) => x; export const boom = (Kind = Error) => { throw new Kind('boom'); };";

/** Oddities of names, marks, hooks, processes, output and mocks. */
export const MORE_ODDITIES: readonly Oddity[] = [
  oddity(
    "names in all letters, with line ends, escapes and markup",
    SAME,
    `for (const name of ["größe", "日本語", "😀", "a\\nb", "\\t", "\\u001b[31mred", "<b>&amp;</b>", "# skip", "not ok 1", "ok 2 - x", "\\\\", "%s %d", "'\\"\`", "a > b", "  spaces  ", "\\ud800"]) test(name, () => assert.equal(own.f(name.length > 2), true));`,
  ),
  oddity(
    "names that are no text, or missing",
    SAME,
    `test(() => assert.ok(own.f(1))); test(function named() { assert.ok(own.f(0)); }); test({}, () => {}); describe(() => { it(() => {}); it(async function inner() {}); }); test(123, () => {}); test(null, () => {});`,
  ),
  oddity(
    "a name of thousands of characters",
    SAME,
    `test("x".repeat(1500), () => assert.ok(own.f(1))); describe("y".repeat(300), () => { it("z".repeat(300), () => assert.ok(own.f(0))); });`,
  ),
  oddity(
    "marks by option, function and context, with reasons",
    SAME,
    `test("a", { skip: "why not" }, () => assert.fail()); test("b", { todo: "later" }, () => assert.fail()); test.skip("c", () => assert.fail()); test.todo("d"); it.todo("e", () => own.boom()); test("f", (t) => { t.skip("now"); }); test("g", (t) => { t.todo("soon"); own.boom(); }); test("h", { skip: false, todo: false }, () => own.f(1)); describe.skip("i", () => { it("j", () => assert.fail()); }); describe.todo("k", () => { it("l", () => own.boom()); }); describe("m", { skip: true }, () => { it("n", () => {}); });`,
  ),
  oddity(
    "skipped after it failed, and failed after it skipped",
    SAME,
    `test("a", (t) => { t.skip(); own.boom(); }); test("b", async (t) => { await t.test("c", (s) => { s.skip(); }); own.boom(); });`,
  ),
  oddity(
    "only, without the switch that makes it count",
    SAME,
    `test.only("a", () => own.f(1)); test("b", () => own.boom()); describe.only("c", () => { it("d", () => {}); it.only("e", () => {}); });`,
  ),
  oddity(
    "hooks fail, each in its place",
    SAME,
    `describe("each", () => { beforeEach(() => own.boom()); it("a", () => {}); it("b", () => {}); });
describe("after each", () => { afterEach(() => own.boom()); it("a", () => {}); it("b", () => own.boom()); });
describe("outer", () => { before(() => own.boom()); describe("inner", () => { it("a", () => {}); }); });
describe("async", () => { before(async () => { await null; own.boom(TypeError); }); it("a", () => {}); });
describe("slow", () => { before(() => new Promise((r) => setTimeout(r, 1000)), { timeout: 5 }); it("a", () => {}); });`,
  ),
  oddity(
    "hooks inside of tests",
    SAME,
    `test("a", async (t) => { const seen = []; t.before(() => seen.push("before")); t.after(() => seen.push("after")); t.beforeEach(() => seen.push("each")); await t.test("b", () => assert.deepEqual(seen, ["before", "each"])); await t.test("c", () => assert.equal(own.f(seen.length), 9)); });
test("d", async (t) => { t.after(() => own.boom()); }); test("e", (t) => { t.afterEach(() => own.boom()); return t.test("f", () => {}); });`,
  ),
  oddity(
    "a hook of the whole file fails at its start",
    SAME,
    `before(() => own.boom()); test("a", () => own.f(1)); describe("s", () => { it("b", () => {}); });`,
  ),
  oddity(
    "an after hook leaves with the status it likes",
    SAME,
    `test("a", () => own.f(1)); test("b", () => assert.equal(own.f(1), 2)); after(() => { process.exitCode = 0; });`,
  ),
  oddity(
    "tests fail by what is no error",
    SAME,
    `test("a", () => { throw "text"; }); test("b", () => { throw null; }); test("c", () => Promise.reject()); test("d", () => { throw { code: 1 }; }); test("e", async () => { throw new AggregateError([new Error("1")], "many"); }); test("f", () => { throw new Error("größe\\u0000\\ud800"); }); test("g", () => { throw Object.freeze(new RangeError("frozen")); }); test("h", () => { const e = new Error("x"); e.stack = 5; throw e; }); test("i", () => { throw Symbol("s"); });`,
  ),
  oddity(
    "tests run at once, and finish in another order",
    "export const wait = (ms) => new Promise((r) => setTimeout(r, ms, ms));",
    `describe("s", { concurrency: 4 }, () => { for (const ms of [30, 5, 20, 1]) it("waits " + ms, async () => assert.equal(await own.wait(ms), ms)); });
test("p", { concurrency: true }, async (t) => { await Promise.all([t.test("slow", () => own.wait(20)), t.test("fast", () => own.wait(1)), t.test("bad", async () => { await own.wait(5); assert.fail(); })]); });`,
  ),
  oddity(
    "subtests are not awaited",
    SAME,
    `test("a", (t) => { t.test("b", async () => { await new Promise((r) => setTimeout(r, 50)); own.f(1); }); }); test("c", (t) => { t.test("d", () => own.boom()); t.test("e", () => {}); });`,
  ),
  oddity(
    "a test is aborted by its signal",
    SAME,
    `test("a", { signal: AbortSignal.abort() }, () => {}); test("b", { signal: AbortSignal.timeout(10) }, () => new Promise((r) => setTimeout(r, 400))); test("c", (t) => { assert.equal(t.signal.aborted, own.f(false)); });`,
  ),
  oddity(
    "a suite and a test have time limits",
    SAME,
    `describe("s", { timeout: 20 }, () => { it("a", () => {}); it("b", () => new Promise((r) => setTimeout(r, 300))); }); test("c", { timeout: 10 }, async (t) => { await t.test("d", () => new Promise((r) => setTimeout(r, 300))); }); test("e", { timeout: 1000 }, () => own.f(1));`,
  ),
  oddity(
    "callbacks are called twice, late, and with errors",
    SAME,
    `test("a", (t, done) => { setTimeout(done, 1); }); test("b", (t, done) => { done(new Error("no")); }); test("c", (t, done) => { done(); done(); }); test("d", (t, done) => Promise.resolve(done)); it("e", (t, done) => { setImmediate(() => done(own.f(null))); });`,
  ),
  oddity(
    "output that looks like a report",
    SAME,
    `test("a", () => { console.log("ok 1 - forged\\n1..1\\n# pass 1\\n✔ a (1ms)"); process.stdout.write('{"kind":"test","name":"x","status":"passed"}\\n'); console.error("not ok"); own.f(1); }); test("b", (t) => { t.diagnostic("# fail 0"); console.log("x".repeat(200_000)); assert.fail(); });`,
  ),
  oddity(
    "children are spawned, forked and left",
    SAME,
    `import { execFileSync, fork, spawn, spawnSync } from "node:child_process"; import { fileURLToPath } from "node:url";
test("a", () => assert.equal(execFileSync("sh", ["-c", "echo $((6 * 7))"], { encoding: "utf8" }), "42\\n")); test("b", () => assert.equal(spawnSync(process.execPath, ["-e", "process.exit(3)"]).status, own.f(3))); test("c", () => { spawn("sleep", ["100"], { stdio: "ignore", detached: true }).unref(); }); test("d", () => assert.throws(() => execFileSync("false"), { status: 1 }));`,
  ),
  oddity(
    "workers and channels",
    SAME,
    `import { MessageChannel, Worker } from "node:worker_threads"; import { once } from "node:events";
test("a", async () => { const worker = new Worker("require('node:worker_threads').parentPort.postMessage(6 * 7)", { eval: true }); assert.deepEqual(await once(worker, "message"), [42]); await worker.terminate(); }); test("b", async () => { const { port1, port2 } = new MessageChannel(); port1.postMessage(own.f({ a: 1 })); const [message] = await once(port2, "message"); assert.deepEqual(message, { a: 1 }); port1.close(); });`,
  ),
  oddity(
    "a server of the tests is asked",
    SAME,
    `import http from "node:http"; import { once } from "node:events";
let server; before(async () => { server = http.createServer((q, a) => a.end(own.f("served"))).listen(0, "127.0.0.1"); await once(server, "listening"); }); after(() => server.close());
test("a", async () => { const answer = await fetch("http://127.0.0.1:" + server.address().port); assert.equal(await answer.text(), "served"); });`,
  ),
  oddity(
    "timers tick: sets, intervals, dates and promises",
    "export const later = (ms, f) => setTimeout(f, ms); export const stamp = () => Date.now(); export const every = (ms, f) => setInterval(f, ms);",
    `test("a", (t) => { t.mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: 1000 }); const f = t.mock.fn(); own.later(50, f); const i = own.every(10, f); t.mock.timers.tick(50); assert.equal(f.mock.callCount(), 6); assert.equal(own.stamp(), 1050); t.mock.timers.setTime(2000); assert.equal(own.stamp(), 2000); clearInterval(i); });
test("b", () => { assert.ok(own.stamp() > 1e12); }); test("c", (t) => { t.mock.timers.enable({ apis: ["Date"] }); assert.equal(own.stamp(), 0); });`,
  ),
  oddity(
    "mocks: once, accesses, errors, getters, reset",
    "export class Store { size = 1; get full() { return false; } read() { return 1; } } export const use = (s) => s.read();",
    `test("a", (t) => { const s = new own.Store(); const m = t.mock.method(s, "read", () => 2, { times: 2 }); assert.deepEqual([own.use(s), own.use(s), own.use(s)], [2, 2, 1]); assert.equal(m.mock.callCount(), 3); });
test("b", (t) => { const f = t.mock.fn(); f.mock.mockImplementationOnce(() => 7); assert.deepEqual([f(), f()], [7, undefined]); f.mock.resetCalls(); assert.equal(f.mock.callCount(), 0); });
test("c", (t) => { const f = t.mock.fn(() => { throw new Error("x"); }); assert.throws(f); assert.equal(f.mock.calls[0].error.message, "x"); }); test("d", (t) => { const o = { get a() { return 1; } }; t.mock.getter(o, "a", () => 5); assert.equal(o.a, 5); }); test("e", () => assert.equal(own.use(new own.Store()), 1));`,
  ),
  oddity(
    "snapshots that lie beside the tests are compared",
    SAME,
    `test("a", (t) => { t.assert.equal(own.f(1), 1); t.assert.fileSnapshot?.({ a: 1 }, new URL("a.snap", import.meta.url).pathname); });`,
  ),
  oddity(
    "assert in its loose, strict and other forms",
    SAME,
    `import loose from "node:assert";
test("a", () => loose.equal(own.f("1"), 1)); test("b", () => assert.equal(own.f("1"), 1)); test("c", () => loose.deepEqual({ a: "1" }, own.f({ a: 1 }))); test("d", () => assert.partialDeepStrictEqual?.(own.f({ a: 1, b: 2 }), { a: 1 })); test("e", () => assert.match(own.f("abc"), /^x/)); test("f", async () => { await assert.rejects(Promise.resolve(own.f(1))); }); test("g", () => assert.ifError(own.f(null))); test("h", () => assert.notDeepEqual(own.f([1]), [1])); test("i", () => assert.throws(() => own.boom(TypeError), RangeError)); test("j", () => assert.equal(own.f(NaN), NaN)); test("k", () => assert.doesNotThrow(() => own.boom()));`,
  ),
  oddity(
    "tests are made by loops, tables and asynchronous reading",
    SAME,
    `import { readFile } from "node:fs/promises"; const text = await readFile(new URL(import.meta.url), "utf8");
for (const [i, word] of ["a", "b"].entries()) test(\`case \${i}: \${word}\`, () => assert.equal(own.f(word), "a")); for await (const n of (async function* () { yield 1; yield 2; })()) describe(String(n), () => { it("is", () => assert.ok(text.length > own.f(n))); });`,
  ),
  oddity(
    "tests are registered late",
    SAME,
    `setTimeout(() => test("late", () => own.f(1)), 5); test("a", () => {}); await new Promise((r) => setTimeout(r, 20)); test("b", () => assert.fail());`,
  ),
  oddity(
    "a suite is asynchronous, and one in it throws",
    SAME,
    `describe("s", async () => { await null; it("a", () => own.f(1)); await new Promise((r) => setTimeout(r, 5)); it("b", () => {}); }); describe("t", async () => { it("c", () => {}); await null; throw new Error("late body"); });`,
  ),
  oddity(
    "the same name in suites, files and twice",
    SAME,
    `describe("s", () => { it("a", () => {}); it("a", () => own.boom()); }); describe("s", () => { it("a", () => own.f(1)); }); test("s", () => {});`,
  ),
  oddity(
    "variables, arguments and memory are looked at",
    SAME,
    `test("a", () => { assert.ok(process.argv.length >= 2 && process.execPath.includes("node")); }); test("b", () => assert.ok(process.memoryUsage().rss > own.f(0))); test("c", () => { process.env.LEFT = "x"; }); test("d", () => assert.equal(process.env.LEFT, "x")); test("e", () => assert.equal(typeof process.env.NODE_TEST_CONTEXT, "string")); test("f", () => assert.ok(import.meta.filename.endsWith("it.test.mjs") && import.meta.dirname.length > 1));`,
  ),
  oddity(
    "global objects change and come back",
    SAME,
    `test("a", () => { globalThis.own = 1; Array.prototype.last = function () { return this.at(-1); }; assert.equal([1, 2].last(), own.f(2)); }); test("b", () => { assert.equal(globalThis.own, 1); delete Array.prototype.last; delete globalThis.own; });`,
  ),
  oddity(
    "streams, buffers and events go both ways",
    "import { Readable, Transform } from 'node:stream'; export const upper = () => new Transform({ transform(c, e, d) { d(null, String(c).toUpperCase()); } }); export const words = () => Readable.from(['a', 'b']); export const bytes = (b) => Buffer.from(b).reverse();",
    `import { text } from "node:stream/consumers"; import { Readable } from "node:stream";
test("a", () => assert.deepEqual(own.bytes(Buffer.from([1, 2])), Buffer.from([2, 1]))); test("b", async () => assert.equal(await text(own.words()), "ab")); test("c", async () => { const t = own.upper(); t.end("abc"); assert.equal(await text(t), "ABC"); });`,
  ),
  oddity(
    "a test file runs other tests by run()",
    SAME,
    `import { run } from "node:test"; import { fileURLToPath } from "node:url"; import { writeFileSync, mkdtempSync } from "node:fs"; import { tmpdir } from "node:os"; import path from "node:path";
test("a", async () => { const file = path.join(mkdtempSync(path.join(tmpdir(), "t-")), "inner.mjs"); writeFileSync(file, "process.exit(0)"); assert.ok(own.f(file)); });`,
  ),
  oddity(
    "the file ends by process.exit in its midst",
    SAME,
    `test("a", () => own.f(1)); test("b", () => process.exit(own.f(0))); test("c", () => {});`,
  ),
  oddity(
    "the file ends by a failing process.exit",
    SAME,
    `test("a", () => own.f(1)); test("b", () => { process.exit(own.f(4)); }); test("c", () => {});`,
  ),
  oddity(
    "the file is ended by a signal",
    SAME,
    `test("a", () => own.f(1)); test("b", () => { process.kill(process.pid, "SIGKILL"); return new Promise(() => {}); });`,
  ),
  oddity(
    "warnings, deprecations and unhandled ones that are handled",
    SAME,
    `test("a", () => { process.emitWarning("careful", "DeprecationWarning"); own.f(1); }); test("b", async () => { const seen = []; const on = (e) => seen.push(e.message); process.on("warning", on); process.emitWarning("x"); await new Promise((r) => setTimeout(r, 5)); process.off("warning", on); assert.deepEqual(seen, ["x"]); });`,
  ),
  {
    title: "a JavaScript file with .cjs and strict helpers beside it",
    solution: { "it.cjs": "'use strict'; exports.f = (x) => x;" },
    tests: {
      "it.test.cjs": `const { test, describe } = require("node:test"); const assert = require("node:assert"); const { f } = require("/workspace/it.cjs"); const data = require("./data.json"); const { check } = require("./lib/check.cjs");
describe("cjs", () => { test("json", () => assert.deepEqual(f(data), { n: [1] })); test("helper", () => check(f(2), 2)); test("names", () => assert.ok(__filename.endsWith("it.test.cjs"))); test("bad", () => check(f(1), 2)); });\n`,
      "data.json": '{"n": [1]}',
      "lib/check.cjs": "exports.check = require('node:assert').equal;\n",
    },
  },
  {
    title: "TypeScript with types, enumerations, overloads and assertions",
    solution: {
      "it.ts":
        "export enum Kind { A = 1, B }\nexport interface Item { readonly kind: Kind; n?: number }\nexport function f(x: number): number; export function f(x: string): string; export function f(x: unknown) { return x; }\nexport class Box<T> { constructor(readonly item: T) {} get(): T { return this.item; } }\nexport abstract class Base { abstract name(): string }\n",
    },
    tests: {
      "it.test.ts": `import assert from "node:assert/strict"; import { describe, it } from "node:test"; import { Box, f, Kind, type Item } from "/workspace/it.ts";
describe("types", () => { it("enumerates", () => { const item: Item = { kind: Kind.B }; assert.equal(item.kind, 2); assert.equal(Kind[1], "A"); }); it("boxes", () => assert.equal(new Box<number>(f(3)).get()!, 3)); it("satisfies", () => { const x = { n: 1 } satisfies Partial<Item>; assert.equal(x.n, f("1") as unknown as number); }); });\n`,
    },
  },
  {
    title: "two test files with the same tests, one of them in a folder",
    solution: { "it.mjs": SAME },
    tests: {
      "it.test.mjs": `${HEAD}import { f } from "/workspace/it.mjs"; test("a", () => assert.ok(f(1)));\n`,
      "deep/er/it.test.mjs": `${HEAD}import { f } from "/workspace/it.mjs"; test("a", () => assert.ok(f(0)));\n`,
    },
  },
];
