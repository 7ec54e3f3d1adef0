import { beforeAll, describe, expect, test } from "vitest";
import type { Shapes } from "../../src/core/verdict.ts";
import { grade, gradeWithDetails } from "../../src/grade/grade.ts";
import { runPlainNode } from "./node/plain-node.ts";
import { APART, sandboxes, smallTask, sources } from "./small-task.ts";

const FILE = "list.test.mjs";
const TESTS = `
import assert from "node:assert/strict";
import { test } from "node:test";
import { each, mean, range, total } from "/workspace/list.mjs";
test("watches", (t) => { const spy = t.mock.fn(); each([4, 5], spy); assert.equal(spy.mock.callCount(), 2); assert.deepEqual(spy.mock.calls[1].arguments, [5]); });
test("adds", () => { assert.equal(total([1, 2, 3]), 6); });
test("sees all", () => { assert.deepEqual([total([1]), total([20])], [1, 20]); });
test("is near", () => { assert.ok(Math.abs(mean([1, 2]) - 1.5) < 1e-9); });
test("has them", () => { assert.ok(range(3).includes(2) && range(3).every((n) => n > 0)); assert.equal(range(3).length, 3); });
test("refuses", () => { assert.throws(() => total("x"), TypeError); });
`;
const RIGHT = `
export const total = (list) => { if (typeof list === "string") throw new TypeError("no"); return list.reduce((a, b) => a + b, 0); };
export const mean = (list) => total(list) / list.length;
export const range = (n) => Array.from({ length: n }, (_, i) => i + 1);
export const each = (list, f) => list.forEach((x) => f(x));
`;
const WRONG = `export const total = () => 0; export const mean = () => 0; export const range = () => [0, 0, 0];`;
const REFUSING = `export const total = (list) => { if (typeof list === "string") throw new TypeError(); return 0; }; export const mean = () => 0; export const range = () => [0, 0, 0];`;
const EMPTY = `assert.ok = () => {}; for (const name of ["equal", "deepEqual", "throws"]) assert[name] = () => {};`;

/** Wrong solutions that Node's own runner believes. */
const CHEATS: readonly { readonly title: string; readonly text: string }[] = [
  {
    title: "empties the functions of node:assert",
    text: `import assert from "node:assert/strict"; ${EMPTY} ${WRONG} export const each = (list, f) => list.forEach((x) => f(x));`,
  },
  { title: "leaves with status 0 as it is imported", text: `process.exit(0); ${WRONG} export const each = () => {};` },
  { title: "leaves with status 0 in a test", text: `${WRONG} export const each = () => process.reallyExit(0);` },
  {
    title: "reads the answers in the test file",
    text: `import fs from "node:fs"; const text = fs.readFileSync(process.argv[1], "utf8"); ${REFUSING.replace("return 0; }", "const at = text.indexOf('total(' + JSON.stringify(list).replaceAll(',', ', ') + ')'); return text.includes('[1, 20]') && list.length === 1 ? list[0] : Number(/, (\\d+)\\)/.exec(text.slice(at))[1]); }").replace("mean = () => 0", "mean = () => Number(/- ([\\d.]+)\\)/.exec(text)[1])").replace("[0, 0, 0]", "[1, 2, 3]")} export const each = (list, f) => { f(4); f(5); };`,
  },
  {
    title: "gets Function from what it is passed, and with it the assertions",
    text: `${WRONG} export const each = (list, f) => { const assert = f.constructor("return process")().getBuiltinModule("node:assert").strict; ${EMPTY} f(4); f(5); };`,
  },
  {
    title: "sets the mock that it is passed, and lies in an array of its own",
    text: `class Liar extends Array { includes() { return true; } every() { return true; } } ${RIGHT.replace(/export const range.*\n/, "export const range = (n) => Liar.from({ length: n }, () => 0);").replace(/export const each.*\n/, "export const each = (list, f) => { f.mock.callCount = () => 2; Object.defineProperty(f.mock, 'calls', { value: [0, { arguments: [5] }] }); };")}`,
  },
  {
    title: "lies in an object that looks like an array",
    text: `${RIGHT.replace(/export const range.*\n/, "export const range = (n) => ({ length: n, includes: () => true, every: () => true });")}`,
  },
  {
    title: "lies in an array of its own class",
    text: `class Liar extends Array { includes() { return true; } every() { return true; } } ${RIGHT.replace(/export const range.*\n/, "export const range = (n) => Liar.from({ length: n }, () => 0);")}`,
  },
];

// Speaks on the pipes of the process that serves the solution, past what that would send.
const WIRE = `
import fs from "node:fs";
const [input, output] = fs.readFileSync("/proc/self/cmdline", "utf8").split("\\0").findLast((word) => /^\\d+(,\\d+){3}$/.test(word)).split(",").map(Number);
const raw = (bytes) => fs.writeSync(output, bytes);
const sent = (...messages) => { for (const each of messages) { const body = Buffer.from(JSON.stringify([0, ...each])); const head = Buffer.alloc(8); head.writeBigUInt64BE(BigInt(body.length)); raw(Buffer.concat([head, body])); } };
const read = (count) => { const bytes = Buffer.alloc(count); for (let at = 0; at < count; ) { const got = fs.readSync(input, bytes, at, count - at); if (got === 0) throw new Error("closed"); at += got; } return bytes; };
const ask = (op, on, key, args = []) => { sent(["ask", 7000, op, on, key, ["u"], args, [false, []]]); return JSON.parse(read(Number(read(8).readBigUInt64BE())).toString()); };
`;
const BY_HAND = `${WIRE} ${RIGHT.replace(/export const each.*\n/, 'export const each = (list, f) => { for (const x of list) ask("call", ["w", 0], ["u"], [x]); };')}`;
const EARLY = 'for (let id = 1; id < 80; id++) sent(["answer", id, false, 6, [], [false, []]]);';

/** Wrong solutions that go for the tests over the wire, which Node's own runner has not. */
const ON_THE_WIRE: readonly { readonly title: string; readonly early: string }[] = [
  { title: "answers before it is asked", early: EARLY },
  {
    title: "answers and settles what is not its own",
    early: `sent(["settle", 1, true, 6, []], ["abort", 1, true, 6], ["rest", 1e15]); ${EARLY}`,
  },
  {
    title: "sends what is no message",
    early: 'sent([], ["?"], [["answer"]], ["answer", -1, 1, ["H"], {}, null]); raw(Buffer.from("{}{}{}"));',
  },
  { title: "claims an endless length", early: "raw(Buffer.alloc(4096, 255));" },
  {
    title: "names what all objects have",
    early:
      'sent(["__proto__", 1], ["ask", 1, "constructor", ["w", "__proto__"], "constructor", ["u"], [], [false, [["__proto__", 0, 1]]]]);',
  },
  ...["get", "set", "method", "import", "keys"].map((op) => ({
    title: `asks to ${op} what it was not passed`,
    early: `for (const key of ["constructor", "mock", "__proto__", "node:fs"]) { const [, kind, , failed, value] = ask("${op}", ["w", 0], key, [1]); if (kind === "answer" && failed === false) console.log("FOUND", key, JSON.stringify(value)); }`,
  })),
];

const task = smallTask({
  workspace: { "list.mjs": "" },
  tests: { [FILE]: TESTS },
  plan: { runner: "node", files: [FILE], isolation: "process" },
});
const required = ["watches", "adds", "sees all", "is near", "has them", "refuses"].map((name) => `${FILE} > ${name}`);

async function gradeText(text: string, shapes: Shapes | null) {
  return grade({
    task,
    submitted: sources({ "list.mjs": text }),
    expected: { required, shapes },
    sandboxes,
    signal: new AbortController().signal,
  });
}

describe("a wrong solution in JavaScript that", () => {
  let shapes: Shapes | null = null;

  beforeAll(async () => {
    const request = { task, submitted: sources({ "list.mjs": RIGHT }), expected: null, sandboxes, signal: new AbortController().signal };
    const learned = await gradeWithDetails(request);
    shapes = learned.shapes;
    expect(learned.verdict.passed).toBe(true);
    expect(shapes).toMatchObject({ "list.mjs.total()": "data", "list.mjs.range()": "data" });
  }, 120_000);

  test.for(CHEATS)("$title fools Node's own runner, and fails behind the boundary", { timeout: 120_000 }, async ({ text }) => {
    const plain = await runPlainNode({ solution: { "list.mjs": text }, tests: { [FILE]: TESTS }, files: [FILE] });
    const verdict = await gradeText(text, shapes);

    expect(plain.filter(({ status }) => status === "failed")).toEqual([]);
    expect(verdict).toMatchObject({ passed: false, reason: "tests-failed", isolation: APART.isolation });
  });

  test("speaks by hand on the wire, and says what is right, passes", { timeout: 120_000 }, async () => {
    expect(await gradeText(BY_HAND, shapes)).toMatchObject({ passed: true, reason: "all-passed" });
  });

  test.for(ON_THE_WIRE)("$title fails", { timeout: 120_000 }, async ({ early }) => {
    const text = `${WIRE} ${RIGHT.replace("0); };", "1); };").replace(/export const each.*\n/, `export const each = (list, f) => { ${early} list.forEach((x) => f(x)); };`)}`;
    const verdict = await gradeText(text, shapes);

    expect(verdict.passed).toBe(false);
    expect(verdict.log).not.toContain("FOUND");
  });

  test("is right but gives an array of its own class passes: only the array counts", { timeout: 120_000 }, async () => {
    const text = `class Own extends Array { sum() { return 0; } }\n${RIGHT.replace("Array.from", "Own.from")}`;

    expect(await gradeText(text, shapes)).toMatchObject({ passed: true, reason: "all-passed" });
  });
});
