import type { Texts } from "../small-task.ts";

/** Honest tests and a solution that are unusual in one way, and that Node's own runner runs. */
export type Oddity = { readonly title: string; readonly solution: Texts; readonly tests: Texts };

/** What the test files import. */
export const HEAD = `import assert from "node:assert/strict";\nimport { after, afterEach, before, beforeEach, describe, it, mock, suite, test } from "node:test";\n`;

/** Makes an oddity of one test file, `it.test.mjs`, which has `node:test`, `assert` and the solution as `own`. */
export function oddity(title: string, solution: string, body: string): Oddity {
  return {
    title,
    solution: { "it.mjs": solution },
    tests: { "it.test.mjs": `${HEAD}import * as own from "/workspace/it.mjs";\n${body}\n` },
  };
}

/** Oddities of the tests, and of what crosses between tests and solution. */
export const ODDITIES: readonly Oddity[] = [
  oddity(
    "t.plan counts assertions and subtests",
    "export const twice = (n) => 2 * n;",
    `test("planned", (t) => { t.plan(2); t.assert.equal(own.twice(1), 2); t.assert.equal(own.twice(2), 4); });
test("too few", (t) => { t.plan(2); t.assert.equal(own.twice(1), 2); });
test("waits", (t) => { t.plan(1, { wait: 500 }); setTimeout(() => t.assert.ok(own.twice(1)), 5); });`,
  ),
  oddity(
    "t.mock replaces a method and a function",
    "export const run = (f, n) => f(n); export class Store { read() { return 1; } twice() { return 2 * this.read(); } }",
    `test("fn", (t) => { const f = t.mock.fn((n) => n + 1); assert.equal(own.run(f, 2), 3); assert.equal(f.mock.callCount(), 1); assert.deepEqual(f.mock.calls[0].arguments, [2]); });
test("method", (t) => { const store = new own.Store(); t.mock.method(store, "read", () => 5); assert.equal(store.twice(), 10); t.mock.restoreAll(); assert.equal(store.twice(), 2); });
test("prototype", (t) => { t.mock.method(own.Store.prototype, "read", () => 7); assert.equal(new own.Store().twice(), 14); });
test("object of the test", () => { const spy = mock.fn(() => 4); assert.equal(own.run(spy), 4); assert.equal(spy.mock.calls.length, 1); });`,
  ),
  oddity(
    "t.assert and its snapshots are there",
    "export const list = () => [1, 2];",
    `test("same", (t) => { t.assert.deepStrictEqual(own.list(), [1, 2]); t.assert.throws(() => t.assert.equal(own.list().length, 3)); });
test("no snapshot yet", (t) => { t.assert.snapshot(own.list()); });`,
  ),
  oddity(
    "hooks get a context and run in order",
    "const seen = []; export const note = (x) => seen.push(x); export const all = () => seen;",
    `before((t) => own.note("before " + typeof t.signal)); beforeEach((t) => own.note("each " + t.name)); afterEach(() => own.note("after each")); after(() => own.note("never seen"));
describe("in a suite", () => { before(() => own.note("suite")); it("one", (t) => { own.note(t.fullName); }); });
test("order", () => assert.deepEqual(own.all(), ["before object", "suite", "each one", "in a suite > one", "after each", "each order"]));`,
  ),
  oddity(
    "tests are awaited at the top of the file",
    "export const later = async (n) => { await new Promise((r) => setTimeout(r, 5)); return n; };",
    `await test("first", async () => assert.equal(await own.later(1), 1));
const value = await own.later(3);
await test("second", () => assert.equal(value, 3));
await test("fails", () => assert.equal(value, 4));`,
  ),
  oddity(
    "subtests run inside of tests, and one of them fails",
    "export const f = (n) => n;",
    `test("outer", async (t) => { t.beforeEach(() => {}); await t.test("good", () => assert.equal(own.f(1), 1)); await t.test("bad", () => assert.equal(own.f(1), 2)); await t.test("deep", async (s) => { await s.test("deepest", () => {}); }); });`,
  ),
  oddity(
    "tests are skipped, to do, and only",
    "export const f = () => 1;",
    `test.skip("skipped", () => assert.fail()); test("option", { skip: "no" }, () => assert.fail()); test.todo("later"); test("to do", { todo: true }, () => assert.fail());
test("inside", (t) => { t.skip("why"); }); test("inside too", (t) => { t.todo(); assert.equal(own.f(), 2); }); test.only("only", () => assert.equal(own.f(), 1)); test("still runs", () => assert.equal(own.f(), 1));
describe.skip("suite", () => { it("never", () => assert.fail()); });`,
  ),
  oddity(
    "one name is used twice, empty, long, and with separators in it",
    "export const f = () => 1;",
    `test("same", () => {}); test("same", () => assert.equal(own.f(), 1)); test("a > b", () => {}); test("", () => {}); test(() => {}); test(function named() {}); test("x".repeat(1500), () => {}); test("tab\\t and é ☀", () => {});`,
  ),
  oddity(
    "a test takes a callback",
    "export const later = (done) => void setTimeout(() => done(null, 3), 5);",
    `test("called", (t, done) => own.later((error, n) => { assert.equal(n, 3); done(error); }));
test("with an error", (t, done) => own.later(() => done(new Error("no"))));`,
  ),
  oddity(
    "a test has a time limit",
    "export const never = () => new Promise((resolve) => setTimeout(resolve, 60_000).unref());",
    `test("too slow", { timeout: 50 }, async () => { await own.never(); }); test("next", () => {});`,
  ),
  oddity(
    "timers are mocked",
    "export function debounce(f, ms) { let timer; return (...args) => { clearTimeout(timer); timer = setTimeout(() => f(...args), ms); }; } export const now = () => Date.now(); export const today = () => new Date().toISOString();",
    `test("debounces", (t) => { t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1000 }); const f = t.mock.fn(); const d = own.debounce(f, 500); d(1); t.mock.timers.tick(300); d(2); t.mock.timers.tick(499); assert.equal(f.mock.callCount(), 0); t.mock.timers.tick(1); assert.deepEqual(f.mock.calls.map((c) => c.arguments), [[2]]); assert.equal(own.now(), 1800); assert.equal(own.today(), "1970-01-01T00:00:01.800Z"); });
test("restored", () => assert.ok(own.now() > 1e12));`,
  ),
  oddity(
    "output is captured",
    "export const hello = () => { console.log('hello', { a: 1 }); process.stdout.write('raw'); };",
    `test("console", (t) => { const log = t.mock.method(console, "log", () => {}); own.hello(); assert.deepEqual(log.mock.calls[0].arguments, ["hello", { a: 1 }]); });
test("stream", (t) => { const seen = []; const write = t.mock.method(process.stdout, "write", (text) => { seen.push(text); return true; }); own.hello(); write.mock.restore(); assert.deepEqual(seen, ["hello { a: 1 }\\n", "raw"]); });`,
  ),
  oddity(
    "fetch, Math.random and process.exit are replaced",
    "export const get = async (url) => { const r = await fetch(url); return r.ok ? (await r.json()).name : r.status; }; export const roll = () => 1 + Math.floor(Math.random() * 6); export const quit = () => process.exit(3);",
    `test("fetch", async (t) => { t.mock.method(globalThis, "fetch", async (url) => ({ ok: url.endsWith("good"), status: 404, json: async () => ({ name: "me" }) })); assert.equal(await own.get("http://x/good"), "me"); assert.equal(await own.get("http://x/bad"), 404); });
test("response", async (t) => { t.mock.method(globalThis, "fetch", async () => new Response('{"name":"you"}', { status: 200 })); assert.equal(await own.get("http://x"), "you"); });
test("random", (t) => { t.mock.method(Math, "random", () => 0.5); assert.equal(own.roll(), 4); });
test("exit", (t) => { const exit = t.mock.method(process, "exit", () => {}); own.quit(); assert.deepEqual(exit.mock.calls[0].arguments, [3]); });`,
  ),
  oddity(
    "variables and the working folder change",
    "import path from 'node:path'; export const level = () => process.env.LEVEL; export const here = () => path.basename(process.cwd());",
    `import { mkdtempSync } from "node:fs"; import os from "node:os"; import path from "node:path";
test("variable", () => { process.env.LEVEL = 5; assert.equal(own.level(), "5"); delete process.env.LEVEL; assert.equal(own.level(), undefined); });
test("folder", () => { const old = process.cwd(); const made = mkdtempSync(path.join(os.tmpdir(), "here-")); process.chdir(made); assert.equal(own.here(), path.basename(made)); process.chdir(old); });`,
  ),
  oddity(
    "files are written by one side and read by the other",
    "import fs from 'node:fs'; import os from 'node:os'; import path from 'node:path'; export const copy = (from, to) => fs.writeFileSync(to, fs.readFileSync(from, 'utf8').toUpperCase()); export const made = () => { const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'm-')), 'a.txt'); fs.writeFileSync(file, 'made'); return file; };",
    `import fs from "node:fs"; import os from "node:os"; import path from "node:path";
test("in a folder of the test", () => { const folder = fs.mkdtempSync(path.join(os.tmpdir(), "f-")); fs.writeFileSync(path.join(folder, "in"), "a"); own.copy(path.join(folder, "in"), path.join(folder, "out")); assert.equal(fs.readFileSync(path.join(folder, "out"), "utf8"), "A"); fs.rmSync(folder, { recursive: true }); });
test("in a folder of the solution", () => assert.equal(fs.readFileSync(own.made(), "utf8"), "made"));`,
  ),
  {
    title: "data beside the tests is passed by name and read by the solution",
    solution: {
      "it.mjs":
        "import fs from 'node:fs'; export const size = (file) => fs.readFileSync(file, 'utf8').length; export const name = (file) => file.split('/').at(-1);",
    },
    tests: {
      "it.test.mjs": `${HEAD}import path from "node:path"; import { fileURLToPath } from "node:url"; import { size, name } from "/workspace/it.mjs"; import { extra } from "./helper.mjs"; import data from "./data/a.json" with { type: "json" };
test("by path", () => { const file = path.join(import.meta.dirname, "data", "a.txt"); assert.equal(size(file), 5); assert.equal(name(file), "a.txt"); });
test("by URL", () => assert.equal(size(fileURLToPath(new URL("data/a.txt", import.meta.url))), 5));
test("helper and JSON", () => assert.deepEqual([extra, data], [7, { a: [1] }]));\n`,
      "helper.mjs": "export const extra = 7;\n",
      "data/a.txt": "12345",
      "data/a.json": '{"a": [1]}',
    },
  },
  oddity(
    "odd values cross",
    "export const echo = (x) => x; export const kind = (x) => Object.prototype.toString.call(x);",
    `const values = [undefined, null, NaN, -0, Infinity, 2n ** 70n, -5n, "\\ud800 é \\0", Symbol.for("x"), Symbol.iterator, [1, , 3], Object.create(null), { a: { b: [] } }, new Map([[{ k: 1 }, new Set([1])]]), new Date(NaN), /a+/giy, Buffer.from("x"), new Float64Array([1.5]), new DataView(new ArrayBuffer(2)), new URL("http://a/b?c"), new RangeError("r", { cause: "c" })];
test("there and back", () => { for (const value of values) assert.deepEqual(own.echo(value), value); assert.ok(Object.is(own.echo(-0), -0)); assert.ok(!(1 in own.echo([1, , 3]))); });
test("kinds", () => assert.deepEqual([new Map(), [], null, /x/, new Date()].map(own.kind), ["Map", "Array", "Null", "RegExp", "Date"].map((k) => "[object " + k + "]")));
test("own __proto__", () => { const made = JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}'); assert.deepEqual(Object.keys(own.echo(made)), ["__proto__", "constructor"]); assert.equal({}.x, undefined); });`,
  ),
  oddity(
    "classes, subclasses and private state stay what they are",
    "export class Shape { #n = 0; static made = 0; constructor(n) { this.#n = n; Shape.made++; } get area() { return this.#n; } set area(n) { this.#n = n; } grow() { this.#n++; return this; } static of(n) { return new this(n); } toString() { return 'shape ' + this.#n; } [Symbol.toPrimitive](hint) { return hint === 'string' ? String(this.toString()) : this.#n; } } export class Square extends Shape { get area() { return super.area ** 2; } } export class Stack extends Array { peek() { return this.at(-1); } } export class Cache extends Map { get(k) { return super.get(k) ?? 'none'; } }",
    `test("instances", () => { const s = new own.Square(3); assert.ok(s instanceof own.Square && s instanceof own.Shape && !(s instanceof Map)); assert.equal(s.area, 9); assert.equal(s.grow().grow().area, 25); assert.equal(s.constructor.name, "Square"); assert.equal(String(own.Shape.of(2)), "shape 2"); assert.equal(own.Shape.of(2) + 1, 3); assert.ok(own.Shape.made >= 3); assert.ok(own.Shape.of(1) < own.Shape.of(2)); });
test("setter", () => { const s = new own.Shape(1); s.area = 5; assert.equal(s.area, 5); });
test("array", () => { const s = new own.Stack(); s.push(1, 2); assert.equal(s.length, 2); assert.equal(s.peek(), 2); assert.ok(Array.isArray(s)); assert.deepEqual([...s], [1, 2]); assert.deepEqual(s.map((n) => n * 2).length, 2); });
test("map", () => { const c = new own.Cache([["a", 1]]); assert.equal(c.get("a"), 1); assert.equal(c.get("b"), "none"); c.set("b", 2); assert.deepEqual([...c.keys()], ["a", "b"]); assert.equal(c.size, 2); });
test("compared", () => { assert.deepEqual(new own.Shape(1), new own.Shape(1)); assert.notEqual(new own.Shape(1), new own.Shape(1)); assert.throws(() => own.Shape(1), TypeError); });`,
  ),
  oddity(
    "errors have class, fields, cause and can be matched",
    "export class AppError extends Error { constructor(m, code) { super(m); this.name = 'AppError'; this.code = code; } } export class NotFound extends AppError { get status() { return 404; } } export const fail = (kind) => { if (kind === 'range') throw new RangeError('r'); if (kind === 'text') throw 'text'; if (kind === 'many') throw new AggregateError([new Error('one')], 'many'); if (kind === 'fs') return import('node:fs').then((fs) => fs.readFileSync('/no/such')); if (kind === 'null') return null.x; throw new NotFound('gone', 7); }; export const later = async () => { throw new NotFound('late', 1); };",
    `test("class", () => { assert.throws(() => own.fail(), own.NotFound); assert.throws(() => own.fail(), own.AppError); assert.throws(() => own.fail(), { name: "AppError", message: "gone", code: 7 }); assert.throws(() => own.fail(), (e) => e.status === 404 && e instanceof Error); assert.throws(() => own.fail(), /gone/); });
test("built in", () => { assert.throws(() => own.fail("range"), RangeError); assert.throws(() => own.fail("null"), TypeError); assert.throws(() => own.fail("many"), (e) => e.errors[0].message === "one"); });
test("no error", () => assert.throws(() => own.fail("text"), (e) => e === "text"));
test("of the system", () => assert.rejects(own.fail("fs"), { code: "ENOENT", syscall: "open" }));
test("later", () => assert.rejects(own.later, own.NotFound));
test("wrong class", () => assert.throws(() => own.fail("range"), own.AppError));`,
  ),
  oddity(
    "iterators, generators and streams",
    "import { Readable } from 'node:stream'; import { EventEmitter } from 'node:events'; export function* count(n) { for (let i = 0; i < n; i++) yield i; } export async function* slow(n) { for (let i = 0; i < n; i++) { await null; yield i; } } export const lines = () => Readable.from(['a', 'b']); export const sum = (items) => { let s = 0; for (const i of items) s += i; return s; }; export const drain = async (items) => { const out = []; for await (const i of items) out.push(i); return out; }; export const bus = () => new EventEmitter(); export const pairs = { *[Symbol.iterator]() { yield ['a', 1]; } };",
    `test("sync", () => { assert.deepEqual([...own.count(3)], [0, 1, 2]); const [a, ...rest] = own.count(3); assert.deepEqual([a, rest], [0, [1, 2]]); assert.deepEqual(new Map(own.pairs), new Map([["a", 1]])); const g = own.count(2); g.next(); assert.deepEqual(g.return(9), { value: 9, done: true }); });
test("async", async () => { const out = []; for await (const i of own.slow(3)) out.push(i); assert.deepEqual(out, [0, 1, 2]); });
test("stream", async () => { const out = []; for await (const chunk of own.lines()) out.push(chunk); assert.deepEqual(out, ["a", "b"]); });
test("of the test", async () => { assert.equal(own.sum((function* () { yield 1; yield 2; })()), 3); assert.equal(own.sum(new Set([1, 5])), 6); assert.deepEqual(await own.drain((async function* () { yield 1; })()), [1]); });
test("events", () => { const bus = own.bus(); const seen = []; bus.on("x", (...args) => seen.push(args)); bus.emit("x", 1, { a: 2 }); assert.deepEqual(seen, [[1, { a: 2 }]]); });`,
  ),
  oddity(
    "objects of the test are used by the solution",
    "export const use = (service, n) => service.add(n); export const size = (queue) => { queue.push(1); queue.push(2); return queue.size; }; export const make = (Kind) => { const k = new Kind(4); return k.value + k.double(); }; export const on = (signal) => new Promise((resolve) => { if (signal.aborted) resolve('was'); signal.addEventListener('abort', () => resolve(signal.reason)); }); export const chain = (node) => { const out = []; for (let at = node; at; at = at.next) out.push(at.value); return out; };",
    `test("service", () => { const service = { total: 0, add(n) { this.total += n; return this.total; } }; own.use(service, 2); assert.equal(own.use(service, 3), 5); assert.equal(service.total, 5); });
test("class", () => { class Queue { #items = []; push(x) { this.#items.push(x); } get size() { return this.#items.length; } } assert.equal(own.size(new Queue()), 2); });
test("constructed", () => { class Kind { constructor(n) { this.value = n; } double() { return 2 * this.value; } } assert.equal(own.make(Kind), 12); });
test("signal", async () => { const controller = new AbortController(); const waiting = own.on(controller.signal); controller.abort("because"); assert.equal(await waiting, "because"); assert.equal(await own.on(AbortSignal.abort()), "was"); });
test("list", () => { class Node { constructor(value, next = null) { this.value = value; this.next = next; } } assert.deepEqual(own.chain(new Node(1, new Node(2))), [1, 2]); });`,
  ),
  oddity(
    "live bindings, default, namespace and dynamic import",
    "export let count = 0; export const up = () => ++count; export default { name: 'd' }; export const then = 5; const late = await Promise.resolve(7); export { late as constructor, late };",
    `import whole, { count, up, late } from "/workspace/it.mjs";
test("live", () => { up(); up(); assert.equal(count, 2); assert.equal(own.count, 2); });
test("names", async () => { assert.equal(whole.name, "d"); assert.equal(late, 7); assert.equal(own.constructor, 7); const again = await import("/workspace/it.mjs"); assert.equal(again.up, up); assert.deepEqual(Object.keys(again), ["constructor", "count", "default", "late", "then", "up"]); });
test("missing", async () => { await assert.rejects(import("/workspace/none.mjs"), { code: "ERR_MODULE_NOT_FOUND" }); });`,
  ),
  {
    title: "tests and solution are CommonJS",
    solution: {
      "it.js":
        "module.exports = function main(n) { return n + 1; }; module.exports.other = class { get x() { return 1; } }; module.exports.config = { a: [1] };",
      "esm.mjs": "export const e = 5; export default 6;",
    },
    tests: {
      "it.test.js": `const test = require("node:test"); const assert = require("node:assert"); const main = require("/workspace/it.js"); const { other, config } = require("/workspace/it"); const esm = require("/workspace/esm.mjs"); const helper = require("./helper");
test("called", () => assert.equal(main(helper.one), 2)); test("property", () => { assert.equal(new other().x, 1); assert.deepEqual(config, { a: [1] }); assert.equal(require("/workspace/it.js"), main); }); test("module", () => { assert.equal(esm.e, 5); assert.equal(esm.default, 6); }); test("main", () => assert.equal(require.main, module));\n`,
      "helper.js": "exports.one = 1;\n",
    },
  },
  oddity(
    "errors outside of tests fail what Node fails",
    "export const loose = () => { setTimeout(() => { throw new Error('late'); }, 1); return new Promise((r) => setTimeout(r, 300)); }; export const forgotten = () => { Promise.reject(new Error('forgotten')); return new Promise((r) => setTimeout(r, 300)); };",
    `test("thrown later", async () => { await own.loose(); }); test("rejected", async () => { await own.forgotten(); }); test("fine", () => {});`,
  ),
  {
    title: "a program is started by the path of Node",
    solution: { "cli.mjs": "console.log('hello', process.argv[2]); process.exitCode = 3;" },
    tests: {
      "it.test.mjs": `${HEAD}import { spawnSync } from "node:child_process";
test("ran", () => { const { stdout, status } = spawnSync(process.execPath, ["/workspace/cli.mjs", "you"], { encoding: "utf8" }); assert.deepEqual([stdout, status], ["hello you\\n", 3]); });\n`,
    },
  },
  {
    title: "a file throws as it is loaded",
    solution: { "it.mjs": "throw new Error('broken');" },
    tests: { "it.test.mjs": `${HEAD}import "/workspace/it.mjs"; test("never", () => {});\n` },
  },
  {
    title: "a file has no tests",
    solution: { "it.mjs": "export const n = 2;" },
    tests: { "it.test.mjs": `${HEAD}import { n } from "/workspace/it.mjs"; assert.equal(n, 2);\n` },
  },
  {
    title: "a file without tests fails",
    solution: { "it.mjs": "export const n = 2;" },
    tests: { "it.test.mjs": `${HEAD}import { n } from "/workspace/it.mjs"; assert.equal(n, 3);\n` },
  },
  {
    title: "a solution that cannot be parsed",
    solution: { "it.mjs": "export const = ;" },
    tests: { "it.test.mjs": `${HEAD}import { n } from "/workspace/it.mjs"; test("never", () => n);\n` },
  },
  {
    title: "a name that is not exported",
    solution: { "it.mjs": "export const m = 1;" },
    tests: { "it.test.mjs": `${HEAD}import { n } from "/workspace/it.mjs"; test("never", () => n);\n` },
  },
  oddity(
    "suites nest, run at once, and a hook of one fails",
    "export const f = (n) => n;",
    `suite("outer", { concurrency: true }, () => { describe("inner", () => { it("a", async () => { await null; assert.equal(own.f(1), 1); }); it("b", () => {}); }); it("c", () => {}); });
describe("broken", () => { before(() => { throw new Error("hook"); }); it("d", () => {}); it("e", () => {}); });
describe("broken body", () => { it("f", () => {}); throw new Error("body"); });
describe("broken after", () => { after(() => { throw new Error("late hook"); }); it("g", () => {}); });`,
  ),
  oddity(
    "built-in functions are passed as callbacks",
    "export const map = (list, f) => list.map((x) => f(x)); export const reduce = (list, f) => list.reduce((a, b) => f(a, b)); export const is = (x, Kind) => x instanceof Kind;",
    `test("passed", () => { assert.deepEqual(own.map(["1", "2"], Number), [1, 2]); assert.deepEqual(own.map([[1], []], Array.isArray), [true, true]); assert.equal(own.reduce([1, 5], Math.max), 5); assert.deepEqual(own.reduce([{ a: 1 }, { b: 2 }], Object.assign), { a: 1, b: 2 }); assert.equal(own.is(new Map(), Map), true); assert.deepEqual(own.map([1.5], String), ["1.5"]); });`,
  ),
];
