import { describe, test } from "vitest";
import { gradeTexts, smallTask, type Texts } from "./small-task.ts";

function boundaryTask(tests: Texts, jestGlobals = false) {
  const files = Object.keys(tests).filter((path) => /\.(test|spec)\./.test(path));
  return smallTask({
    workspace: { "thing.js": "", "old.cjs": "" },
    tests,
    plan: {
      runner: "node",
      files,
      isolation: "process",
      timeoutSeconds: 60,
      jestGlobals,
      placement: jestGlobals ? "workspace" : "outside",
    },
  });
}

const SOLUTION = `
export const LIMIT = 5;
export default function main() { return "main"; }
export class ThingError extends Error {
  constructor(message, line) { super(message); this.name = "ThingError"; this.line = line; }
  get place() { return this.message + " at " + this.line; }
}
export class DeepError extends ThingError {}
export class Bag {
  static made = 0;
  #things;
  constructor(...things) { this.#things = things; this.label = "bag"; Bag.made++; }
  static of(text) { return new Bag(...text); }
  add(thing) { this.#things.push(thing); return this; }
  get size() { return this.#things.length; }
  *[Symbol.iterator]() { yield* this.#things; }
}
export class BigBag extends Bag {}
export const echo = (value) => value;
export const kind = (value) => Object.prototype.toString.call(value);
export const sort = (values) => void values.sort();
export function fill(table, seen) { table.created = [1]; seen.add(9); table.old.push(2); }
export function fail() { throw new DeepError("broken", 7); }
export const native = () => { throw new RangeError("far", { cause: "why" }); };
export const apply = (callback, ...args) => callback(...args);
export async function later(callback) { await null; return callback(2); }
export const never = async () => { throw new ThingError("late", 1); };
export const counter = () => { let count = 0; return { get count() { return count; }, up() { count++; return this; } }; };
export const compile = (text) => (data) => text + data;
export const now = ({ clock, ...rest }) => [clock.now(), rest.limit, typeof clock.now, "missing" in clock];
export const tick = (callback) => new Promise((resolve) => setTimeout(() => resolve(callback("timer")), 5));
export const loose = () => { setTimeout(() => { throw new Error("from a timer"); }, 1); return new Promise((resolve) => setTimeout(resolve, 30)); };
export const values = () => [undefined, NaN, -0, Infinity, 10n ** 30n, new Date(5), /a/gi, new Map([[{ a: 1 }, new Set([1])]]), Buffer.from("x"), new Uint8Array([1, 2]), [1, , 3], Object.create(null), Symbol.for("s"), Symbol.iterator, null, { nested: { deep: [] } }];
`;

const TESTS = `
import assert from "node:assert/strict";
import { test } from "node:test";
import main, { apply, Bag, BigBag, compile, counter, DeepError, echo, fail, fill, kind, later, LIMIT, native, never, now, sort, ThingError, tick, values } from "/workspace/thing.js";
import * as whole from "/workspace/thing.js";
import { twice } from "./helper.mjs";
import { createRequire } from "node:module";
import old from "/workspace/old.cjs";
import { half } from "/workspace/old.cjs";

test("values cross by value", () => {
  const hole = [1, , 3];
  const want = [undefined, NaN, -0, Infinity, 10n ** 30n, new Date(5), /a/gi, new Map([[{ a: 1 }, new Set([1])]]), Buffer.from("x"), new Uint8Array([1, 2]), hole, Object.create(null), Symbol.for("s"), Symbol.iterator, null, { nested: { deep: [] } }];
  assert.deepEqual(values(), want);
  assert.deepEqual(echo(want), want);
  assert.ok(!(1 in echo(hole)));
  assert.equal(kind(new Map()), "[object Map]");
  assert.equal(LIMIT, 5);
  assert.equal(main(), "main");
  assert.equal(twice(2), 4);
  assert.equal(whole.LIMIT, 5);
  assert.equal(old.half(4), 2);
  assert.equal(half(4), 2);
});

test("what is passed is changed as the solution changes it", () => {
  const list = [3, 1, 2];
  sort(list);
  assert.deepEqual(list, [1, 2, 3]);
  const table = { old: [1] };
  const { old } = table;
  const seen = new Set([1]);
  fill(table, seen);
  assert.deepEqual([table, seen, old], [{ old: [1, 2], created: [1] }, new Set([1, 9]), [1, 2]]);
  assert.equal(table.old, old);
  assert.equal(echo(list), list);
});

test("errors have their class and fields", () => {
  assert.throws(fail, (error) => error instanceof DeepError && error instanceof ThingError && error instanceof Error && error.line === 7 && error.place === "broken at 7" && error.name === "ThingError");
  assert.throws(fail, ThingError);
  assert.throws(fail, /broken/);
  assert.throws(native, { name: "RangeError", message: "far", cause: "why" });
  const mine = new TypeError("mine");
  assert.throws(() => apply(() => { throw mine; }), (error) => error === mine);
});

test("objects keep their class and their identity", () => {
  const bag = new Bag(1, 2);
  assert.ok(bag instanceof Bag && !(bag instanceof BigBag) && new BigBag() instanceof Bag);
  assert.equal(bag.constructor, Bag);
  assert.equal(echo(bag), bag);
  assert.equal(bag.add(3), bag);
  assert.equal(bag.size, 3);
  assert.deepEqual([...bag], [1, 2, 3]);
  assert.deepEqual(Object.keys(bag), ["label"]);
  bag.label = "other";
  assert.equal(echo(bag).label, "other");
  assert.equal(Bag.of("ab").size, 2);
  assert.ok(Bag.made >= 3 && Bag.name === "Bag" && typeof Bag === "function");
  const one = counter();
  assert.equal(one.up().up().count, 2);
  assert.equal(compile("a")("b"), "ab");
});

test("what belongs to the test can be called and comes back as itself", () => {
  const seen = [];
  const listener = (...args) => seen.push(args);
  assert.equal(apply(listener, 1, { a: 2 }), 1);
  assert.deepEqual(seen, [[1, { a: 2 }]]);
  assert.equal(echo(listener), listener);
  class Clock { #at = 5; now() { return this.#at; } }
  const clock = new Clock();
  assert.deepEqual(now({ clock, limit: 3 }), [5, 3, "function", false]);
  assert.equal(echo(clock), clock);
  assert.equal(apply((n) => apply((m) => n + m, 2), 1), 3);
});

test("promises settle on both sides", async () => {
  assert.equal(await later((n) => n + 1), 3);
  assert.equal(await later(async (n) => n + 2), 4);
  await assert.rejects(never, ThingError);
  assert.equal(await tick((from) => from.length), 5);
  assert.equal(await apply(async () => 6), 6);
  assert.equal(echo("é".repeat(300_000)).length, 300_000);
});
`;

const REQUIRED = [...TESTS.matchAll(/^test\("([^"]+)"/gm)].map(([, name]) => `thing.test.mjs > ${name}`);

const small = boundaryTask({
  "sum.test.mjs": `import assert from "node:assert/strict";\nimport { test } from "node:test";\nimport { total } from "/workspace/thing.js";\ntest("adds", () => { assert.equal(total([1, 2]), 3); assert.equal(total([5]), 5); });\ntest("refuses", () => { assert.throws(() => total("x")); });\n`,
  "answers.txt": "the-answers-of-the-tests",
});
const smallRequired = ["sum.test.mjs > adds", "sum.test.mjs > refuses"];

const callback = smallTask({
  workspace: { "thing.js": "" },
  tests: {
    "call.test.mjs": `import assert from "node:assert/strict";\nimport { test } from "node:test";\nimport { run } from "/workspace/thing.js";\nclass Clock { now() { return 1; } }\ntest("calls", () => { assert.equal(run({ clock: new Clock(), done: () => {} }), 12345); });\n`,
  },
  plan: { runner: "node", files: ["call.test.mjs"], isolation: "process", timeoutSeconds: 60 },
});

const WRONG = "export const total = () => 0;\n";

/** Solutions that go for the process of the tests; each prints FOUND when it got something. */
const ATTACKS: readonly { readonly title: string; readonly text: string }[] = [
  {
    title: "reads what other processes have open and in memory",
    text: `import fs from "node:fs";\nfor (const pid of fs.readdirSync("/proc").filter((name) => /^\\d+$/.test(name) && name !== String(process.pid) && name !== "1")) for (const what of ["fd", "mem", "environ", "maps"]) try { what === "fd" ? fs.readdirSync("/proc/" + pid + "/fd") : fs.openSync("/proc/" + pid + "/" + what, "r"); console.log("FOUND", pid, what); } catch {}\n${WRONG}`,
  },
  {
    title: "has the debugger of the tests' process started, or ends it",
    text: `import fs from "node:fs";\nfor (const pid of fs.readdirSync("/proc").filter((name) => /^\\d+$/.test(name) && Number(name) > 1 && name !== String(process.pid))) for (const signal of ["SIGUSR1", "SIGSTOP", "SIGKILL"]) try { process.kill(Number(pid), signal); console.log("FOUND", pid, signal); } catch {}\n${WRONG}`,
  },
  {
    title: "looks for the tests and their data",
    text: `import fs from "node:fs";\nfunction walk(folder) { let names = []; try { names = fs.readdirSync(folder, { withFileTypes: true }); } catch {} for (const each of names) { const path = folder + "/" + each.name; if (each.isDirectory()) walk(path); else try { if (/answers-of|node:test/.test(fs.readFileSync(path, "utf8")) && !path.endsWith("thing.js")) console.log("FOUND", path); } catch {} } }\nwalk("/tmp"); walk("/workspace");\n${WRONG}`,
  },
  {
    title: "plants packages where the tests may find them",
    text: `import fs from "node:fs";\nfor (const folder of ["/tmp/node_modules/expect", "/workspace/node_modules/expect", "/workspace/node_modules/@jest/globals"]) try { fs.mkdirSync(folder, { recursive: true }); fs.writeFileSync(folder + "/index.js", "console.log('FOUND'); process.reallyExit(0);"); } catch {}\n${WRONG}`,
  },
  {
    title: "says what is no message",
    text: `import fs from "node:fs";\nfor (let fd = 3; fd < 40; fd++) try { fs.writeSync(fd, Buffer.from("\\0\\0\\0\\0\\0\\0\\0\\x05hello")); } catch {}\n${WRONG}`,
  },
  {
    title: "answers before it is asked",
    text: `import fs from "node:fs";\nconst body = Buffer.from(JSON.stringify({ answers: 3, failed: false, value: 3, changed: [] }));\nconst head = Buffer.alloc(8); head.writeBigUInt64BE(BigInt(body.length));\nfor (let fd = 3; fd < 40; fd++) try { for (let i = 0; i < 9; i++) fs.writeSync(fd, Buffer.concat([head, body])); } catch {}\n${WRONG}`,
  },
  { title: "leaves when it is called", text: "export const total = () => process.reallyExit(0);\n" },
  {
    title: "gives what decides by itself what it equals",
    text: "export const total = () => ({ asymmetricMatch: () => true, valueOf: () => 3, [Symbol.toPrimitive]: () => 3, [Symbol.toStringTag]: 'Number', run() {} });\n",
  },
  {
    title: "patches what it shares with nobody",
    text: `Object.is = () => true;\nJSON.stringify = () => "{}";\nArray.prototype.push = () => 1;\nPromise.prototype.then = () => {};\n${WRONG}`,
  },
];

describe.concurrent("behind a boundary", () => {
  test("a Node test finds values, errors, objects, calls and promises as in one process", async ({ expect }) => {
    const task = boundaryTask({ "thing.test.mjs": TESTS, "helper.mjs": "export const twice = (value) => 2 * value;\n" });

    const verdict = await gradeTexts(
      task,
      { "thing.js": SOLUTION, "old.cjs": "exports.half = function half(value) { return value / 2; };\n" },
      REQUIRED,
    );

    expect(verdict.tests.filter((one) => one.status !== "passed")).toEqual([]);
    expect(verdict).toMatchObject({ passed: true, tampering: [] });
  });

  test("an unhandled error fails the test in which it occurred", async ({ expect }) => {
    const task = boundaryTask({
      "loose.test.mjs": `import { test } from "node:test";\nimport { loose } from "/workspace/thing.js";\ntest("loose", async () => { await loose(); });\n`,
    });

    const verdict = await gradeTexts(task, { "thing.js": SOLUTION }, ["loose.test.mjs > loose"]);

    expect(verdict.tests).toMatchObject([{ status: "failed", message: "Error: from a timer" }]);
  });

  test("Jest's matchers and mocks work", async ({ expect }) => {
    const task = boundaryTask(
      {
        "thing.spec.js": `import { apply, Bag, fail, ThingError, values } from "./thing";\ntest("jest", () => {\n  const mock = jest.fn((n) => n * 2);\n  expect(apply(mock, 4)).toBe(8);\n  expect(mock).toHaveBeenCalledWith(4);\n  expect(fail).toThrow(ThingError);\n  expect(fail).toThrow("broken");\n  expect(values()[15]).toEqual({ nested: { deep: [] } });\n  expect(new Bag(1)).toBeInstanceOf(Bag);\n  expect(new Bag(1)).not.toEqual({ a: 1 });\n});\n`,
      },
      true,
    );

    const verdict = await gradeTexts(task, { "thing.js": SOLUTION }, ["thing.spec.js > jest"]);

    expect(verdict.tests).toMatchObject([{ status: "passed" }]);
    expect(verdict.passed).toBe(true);
  });

  test.for(ATTACKS)("a wrong JavaScript solution gets nothing when it $title", async ({ text }, { expect }) => {
    const verdict = await gradeTexts(small, { "thing.js": text }, smallRequired);

    expect(verdict.passed).toBe(false);
    expect(verdict.log).not.toContain("FOUND");
    expect(verdict.tests.find(({ name }) => name.endsWith("refuses"))?.status).not.toBe("passed");
  });

  test("the solution cannot get at the tests' process through what it is given", async ({ expect }) => {
    const text = `
const tries = [
  (given) => given.clock.constructor.constructor("return process")().pid,
  (given) => given.done.constructor("return process")().pid,
  (given) => given.constructor.constructor("return process")().pid,
  (given) => Reflect.get(given.clock, "__proto__").constructor,
  (given) => given.clock.__defineGetter__("x", () => 1),
  (given) => given.clock.now.constructor("return process")().pid,
];
export function run(given) {
  tries.forEach((each, index) => { try { const got = each(given); if (got !== undefined && got !== process.pid) console.log("FOUND", index, got); } catch {} });
  return 0;
}
`;

    const verdict = await gradeTexts(callback, { "thing.js": text }, ["call.test.mjs > calls"]);

    expect(verdict.passed).toBe(false);
    expect(verdict.log).not.toContain("FOUND");
  });
});
