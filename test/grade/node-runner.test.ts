import { describe, test } from "vitest";
import type { Isolation } from "../../src/core/task.ts";
import { honestSum, jestRequired, jestTask, nodeRequired, nodeTask } from "./node-task.ts";
import { gradeTexts, smallTask, type Texts } from "./small-task.ts";

const TIMEOUT = { timeout: 240_000 };
const BOTH: readonly Isolation[] = ["process", "none"];
const apart = (task: typeof jestTask, isolation: Isolation) => ({ ...task, tests: { ...task.tests, isolation, timeoutSeconds: 90 } });
const common = honestSum.replace("export function total", "exports.total = function total").replace(/\}\n$/, "};\n");

/** Solutions as people write them for Babel and Jest. */
const FOR_JEST: readonly { readonly title: string; readonly files: Texts }[] = [
  { title: "is written in CommonJS", files: { "total.js": common } },
  {
    title: "builds module.exports as it runs",
    files: { "total.js": `${honestSum.replace("export ", "")}module.exports = Object.fromEntries([["total", total]]);\n` },
  },
  {
    title: "is spread over files without extensions, with names beyond ASCII",
    files: { "total.js": `export * from "./größe";\n`, "größe/index.js": honestSum },
  },
  {
    title: "imports TypeScript with an enum",
    files: {
      "total.js": `export { total } from "./sum";\n`,
      "sum.ts": `enum Kind { A }\nexport const kind: Kind = Kind.A;\n${honestSum.replace("(values)", "(values: any): number")}`,
    },
  },
  {
    title: "rejects a promise that nobody waits for, which Jest ignores",
    files: { "total.js": honestSum.replace("let result", "Promise.reject(new Error('late'));\n  let result") },
  },
];

/** Solutions that leave something behind. */
const LEFT: readonly { readonly title: string; readonly files: Texts }[] = [
  { title: "prints five megabytes", files: { "total.js": `console.log("x".repeat(5_000_000));\n${honestSum}` } },
  {
    title: "leaves a timer and a server",
    files: { "total.js": `import http from "node:http";\nsetInterval(() => {}, 1000);\nhttp.createServer().listen(0);\n${honestSum}` },
  },
  {
    title: "leaves a child that is detached",
    files: {
      "total.js": `import { spawn } from "node:child_process";\nspawn("sleep", ["100000"], { detached: true, stdio: "ignore" });\n${honestSum}`,
    },
  },
];

describe("an honest solution in JavaScript", () => {
  test.for(FOR_JEST.flatMap((each) => BOTH.map((isolation) => ({ ...each, isolation }))))(
    "passes under Jest's globals with isolation $isolation when it $title",
    TIMEOUT,
    async ({ files, isolation }, { expect }) => {
      expect(await gradeTexts(apart(jestTask, isolation), files, jestRequired)).toMatchObject({
        passed: true,
        reason: "all-passed",
        tampering: [],
      });
    },
  );

  test.for(LEFT.flatMap((each) => BOTH.map((isolation) => ({ ...each, isolation }))))(
    "passes under node:test with isolation $isolation when it $title",
    TIMEOUT,
    async ({ files, isolation }, { expect }) => {
      expect(await gradeTexts(apart(nodeTask, isolation), files, nodeRequired)).toMatchObject({
        passed: true,
        reason: "all-passed",
        tampering: [],
      });
    },
  );
});

const typed = smallTask({
  workspace: { "tsconfig.json": '{"compilerOptions": {"paths": {"@app/*": ["./src/*"]}, "experimentalDecorators": true}}', "src/a.ts": "" },
  tests: {
    "test/a.test.ts": `import assert from "node:assert/strict";\nimport { test } from "node:test";\nimport five, { A, E, N, P, twice } from "../src/a.js";\nimport { k } from "@app/k";\nimport { T, one } from "./helper.js";\nenum Own { X = 3 }
test("language", () => { const n: number = twice(2); assert.equal(n, 4); assert.equal(E.B, 1); assert.equal(N.x, 4); assert.equal(new P(1).sum(), 3); assert.equal(Own.X, 3); assert.equal(five, 5); });
test("decorators and aliases", () => { assert.equal(new A().m(), 7); assert.equal((A.prototype as any).decorated, "m"); assert.equal(k, 7); const t: T = one; assert.equal(t, 1); });\n`,
    "test/helper.ts": "export type T = number;\nexport const one: T = 1;\n",
  },
  plan: { runner: "node", files: ["test/a.test.ts"], placement: "workspace" },
});
const TYPED: Texts = {
  "src/a.ts": `import { Q } from "./q.js";\nimport { k } from "@app/k";\nfunction mark(target: any, key: string) { target.decorated = key; }\nexport class A { @mark m() { return k; } }\nexport enum E { A, B }\nexport namespace N { export const x = 4; }\nexport class P { constructor(readonly y: number, private z = 2) {} sum() { return this.y + this.z; } }\nexport const twice = (n: Q): Q => 2 * n;\nexport default 5;\n`,
  "src/q.ts": "export type Q = number;\n",
  "src/k.ts": "export const k = 7;\n",
};

describe("TypeScript as people write it", () => {
  test.for(BOTH)("runs on both sides with isolation %s", TIMEOUT, async (isolation, { expect }) => {
    const required = ["language", "decorators and aliases"].map((name) => `test/a.test.ts > ${name}`);

    expect(await gradeTexts(apart(typed, isolation), TYPED, required)).toMatchObject({ passed: true, reason: "all-passed" });
  });
});

const WRONG: readonly { readonly title: string; readonly text: string; readonly sign?: string }[] = [
  { title: "leaves at import", text: "process.exit(0);\nexport const total = 0;\n" },
  { title: "leaves in a test", text: "export function total() { process.reallyExit(0); }\n" },
  {
    title: "empties node:assert",
    text: `import assert from "node:assert";\nfor (const set of [assert, assert.strict]) for (const name of Object.keys(set)) if (typeof set[name] === "function") set[name] = () => {};\nexport const total = () => 0;\n`,
    sign: "canary-passed",
  },
  {
    title: "reaches for the reporter",
    text: `const { default: report } = await import("/opt/bench/grading/node/judge/reporter.mjs");\nexport const total = () => 0;\n`,
  },
];

describe("a wrong solution in JavaScript", () => {
  test.for(WRONG)("fails in the process of its tests when it $title", TIMEOUT, async ({ text, sign }, { expect }) => {
    const verdict = await gradeTexts(apart(nodeTask, "none"), { "total.js": text }, nodeRequired);

    expect(verdict.passed).toBe(false);
    if (sign !== undefined) expect(verdict.tampering.map(({ kind }) => kind)).toContain(sign);
  });

  test("that ends its own process fails, and no test takes that for the error it expects", TIMEOUT, async ({ expect }) => {
    const verdict = await gradeTexts(
      apart(nodeTask, "process"),
      { "total.js": "export const total = () => process.reallyExit(0);\n" },
      nodeRequired,
    );

    expect(verdict).toMatchObject({ passed: false, reason: "tests-failed", testsPassed: 0, tampering: [] });
  });

  test("that speaks to the judge itself fails", TIMEOUT, async ({ expect }) => {
    const speak = (frame: string) =>
      `import fs from "node:fs";\nconst body = Buffer.from(JSON.stringify(${frame})); const head = Buffer.alloc(8); head.writeBigUInt64BE(BigInt(body.length));\nexport function total(values) { for (let fd = 3; fd < 40; fd++) try { fs.writeSync(fd, Buffer.concat([head, body])); } catch {} return 0; }\n`;
    const frames = [
      '[0, "answer", 3, false, 6, [], [false, []]]',
      '[0, "ask", 1, "call", ["y", "constructor"], ["u"], ["u"], ["return process"], [false, []]]',
      '[0, "ask", 1, "get", ["w", 0], "constructor", ["u"], [], [false, []]]',
      "[]",
    ];

    for (const frame of frames)
      expect(await gradeTexts(apart(nodeTask, "process"), { "total.js": speak(frame) }, nodeRequired)).toMatchObject({
        passed: false,
        reason: "tests-failed",
      });
  });

  test("that is passed a function of Node reads the test file with its own rights, which are none", TIMEOUT, async ({ expect }) => {
    const reads = smallTask({
      workspace: { "call.js": "" },
      tests: {
        "call.test.mjs": `import assert from "node:assert/strict";\nimport fs from "node:fs";\nimport { test } from "node:test";\nimport { call } from "/workspace/call.js";\ntest("refused", () => { assert.throws(() => call(fs.readFileSync, import.meta.filename), { code: "ENOENT" }); });\ntest("goes on", () => { assert.equal(call((n) => n, 3), 3); });\n`,
      },
      plan: { runner: "node", files: ["call.test.mjs"], isolation: "process", timeoutSeconds: 90 },
    });
    const required = ["refused", "goes on"].map((name) => `call.test.mjs > ${name}`);

    expect(await gradeTexts(reads, { "call.js": "export const call = (f, ...args) => f(...args);\n" }, required)).toMatchObject({
      passed: true,
    });
  });
});
