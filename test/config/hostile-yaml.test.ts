import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { modelsSchema } from "../../src/config/models-schema.ts";
import { suiteSchema } from "../../src/config/suite.ts";
import { taskSchema } from "../../src/config/task.ts";
import { readYaml } from "../../src/config/yaml-file.ts";
import { UserError } from "../../src/core/errors.ts";
import { placeNamed } from "../../src/files/place.ts";
import { YAML_SIGNS } from "../fixtures/yaml-signs.ts";

const folder = mkdtempSync(join(tmpdir(), "bench-yaml-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SCHEMAS = { models: modelsSchema, suite: suiteSchema, task: taskSchema } as const;

function problemOf(yaml: string, schema: keyof typeof SCHEMAS = "models"): string {
  const file = join(folder, "given.yaml");
  writeFileSync(file, yaml);
  try {
    readYaml(placeNamed(file), SCHEMAS[schema]);
    return "none";
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message;
  }
}

const MB = 1_000_000;
const many = (count: number, text: (index: number) => string, between = "\n"): string =>
  Array.from({ length: count }, (_, i) => text(i)).join(between);

// Each is as large as a text may be, or just below another limit.
const HOSTILE: readonly (readonly [title: string, yaml: string])[] = [
  ["open brackets", "[".repeat(MB)],
  ["open braces", "{a: ".repeat(MB / 4)],
  ["closed brackets", "]".repeat(49_000)],
  ["nested lists in one line", "- ".repeat(24_000)],
  ["nested keys in one line", "? ".repeat(24_000)],
  ["nested groups", many(1400, (i) => `${" ".repeat(i)}a:`)],
  ["empty values", `[${",".repeat(MB - 2)}]`],
  ["values", many(MB / 4, () => "- a")],
  ["equal keys", "a: 1\n".repeat(MB / 5)],
  ["keys of one group", many(9000, (i) => `k${i}`, ",").replace(/^.*$/s, "{$&}")],
  ["anchors", many(70_000, (i) => `- &a${i} x`)],
  ["aliases", `- &a x\n${"- *a\n".repeat(190_000)}`],
  ["aliases of large values", `a: &a {${many(8000, (i) => `k${i}`, ",")}}\n${many(40, (i) => `b${i}: *a`)}`],
  ["merges of large values", `a0: &a0 {${many(7000, (i) => `k${i}`, ",")}}\n${many(40, (i) => `a${i + 1}: &a${i + 1} {<<: *a${i}}`)}`],
  ["aliases of aliases", `a0: &a0 [x,x]\n${many(30, (i) => `a${i + 1}: &a${i + 1} [*a${i},*a${i}]`)}`],
  ["a value that holds itself many times", "&a [*a, *a, *a, *a]"],
  ["a group that merges itself", "a: &a {<<: *a}"],
  ["a long number", `a: ${"9".repeat(MB - 10)}`],
  ["a long key", `${"a".repeat(MB - 10)}: 1`],
  ["bytes", `a: !!binary ${"A".repeat(MB - 20)}`],
  ["tags", "- !t x\n".repeat(MB / 7)],
  ["directives", `${"%FOO bar\n".repeat(MB / 10)}---\na: 1`],
  ["documents", "---\n".repeat(MB / 4)],
  ["comments", "# x\n".repeat(MB / 4)],
  ["blank lines", "\n".repeat(MB)],
  ["lines of a text", `a: |\n${"  x\n".repeat(MB / 5)}`],
  ["escapes that are none", `a: "${"\\q".repeat(MB / 2 - 10)}"`],
  ["a text without an end", `a: "${"x\n".repeat(MB / 2 - 10)}`],
];

test.for(HOSTILE)("a file of %s is refused in one line and without delay", ([, yaml]) => {
  const started = performance.now();

  const problem = problemOf(yaml);

  expect(problem).toMatch(/^Cannot read "[^\n]{1,600}$/);
  expect(performance.now() - started).toBeLessThan(30_000);
});

test("hundreds of texts of repeated signs are read or refused in one line, none with delay", () => {
  const run = fc.tuple(fc.constantFrom(...YAML_SIGNS), fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 20_000 })));
  const text = fc.array(run, { minLength: 1, maxLength: 7 }).map((runs) => runs.map(([sign, times]) => sign.repeat(times)).join(""));
  fc.assert(
    fc.property(text, fc.constantFrom("models" as const, "suite" as const, "task" as const), (yaml, schema) => {
      const started = performance.now();
      expect(problemOf(yaml, schema)).toMatch(/^Cannot read "[^\n]{1,600}$/);
      expect(performance.now() - started).toBeLessThan(30_000);
    }),
    { numRuns: 150, seed: 5 },
  );
});

// The parser alone, as it was called before, on texts of a tenth or half of the size above.
test.for([
  ["keys of one group", `{${many(60_000, (i) => `k${i}`, ",")}}`],
  ["escapes that are none", `a: "${"\\q".repeat(MB / 2 - 10)}"`],
  ["aliases of large values", `a: &a {${many(20_000, (i) => `k${i}`, ",")}}\n${many(1_500, (i) => `b${i}: *a`)}`],
])("without the bounds, a file of %s takes the parser longer than a second", async ([, yaml]) => {
  const file = join(folder, "attack.yaml");
  writeFileSync(file, yaml as string);
  const script = `const value = require("yaml").parseDocument(require("node:fs").readFileSync(process.argv[1], "utf8"), { prettyErrors: false, merge: true, schema: "core" }).toJS(); JSON.stringify(value)`;

  const run = promisify(execFile)(process.execPath, ["-e", script, file], { timeout: 1000, cwd: join(import.meta.dirname, "../..") });

  await expect(run).rejects.toMatchObject({ killed: true });
});

test("a key that stands twice in one group is found at any depth, and an equal key elsewhere is not", () => {
  expect(problemOf("models:\n  - {name: a, model: m,\n     name: b}\n")).toContain(
    "line 3: it is not valid YAML (Map keys must be unique)",
  );
  expect(problemOf("models:\n  - {name: a, model: m, api: openai-chat, extra_body: {1: x, '1': y, name: z}}\n")).toBe("none");
});

test("a suite that lists five thousand tasks, and a file with thousands of aliases of its own, are read", () => {
  expect(problemOf(`name: a\ntasks:\n${many(5000, (i) => `  - task-${i}`)}`, "suite")).toBe("none");
  expect(problemOf(`name: a\ntasks:\n${many(5001, (i) => `  - task-${i}`)}`, "suite")).toContain("expected at most 5000 entries");
  const models = many(100, (i) => `  - {name: m${i}, model: m, api: openai-chat, extra_body: *body}`);
  expect(problemOf(`defaults: {extra_body: &body {a: {b: 1}}}\nmodels:\n${models}`)).toBe("none");
});

const TASK = "title: t\ntests: {runner: pytest}\n";

test.for([
  [
    "thirty choices",
    `deliver: ["src/**", "${"{a,b}".repeat(30)}"]`,
    "line 3: deliver[1]: the glob has braces that expand to more than 1000 patterns",
  ],
  ["open braces", `deliver: ["${"{".repeat(1001)}"]`, "line 3: deliver[0]: the glob has more than 1000 characters"],
  ["many stars", `deliver: ["${"*a".repeat(60)}"]`, "deliver[0]: the glob has more than 50 stars"],
  ["choices that are excluded", `deliver: ["**", "!${"{a,b}".repeat(30)}"]`, "deliver[1]: the glob has braces"],
  ["many globs", `deliver: [${many(1001, () => "a", ",")}]`, "deliver: the globs expand to more than 1000 patterns"],
  ["a long tag", `deliver: ["**"]\ntags: [${"x".repeat(301)}]`, "tags[0] is"],
  ["many tags", `deliver: ["**"]\ntags: [${many(51, (i) => `t${i}`, ",")}]`, "expected at most 50 entries"],
  ["many context files", `deliver: ["**"]\ncontext_files: [${many(101, (i) => `f${i}`, ",")}]`, "expected at most 100 entries"],
])("a task with %s is refused with the line and the field", ([, yaml, expected]) => {
  expect(problemOf(`${TASK}${yaml}`, "task")).toContain(expected);
});

test("a task with braces without a partner, within the limits, is read", () => {
  expect(problemOf(`${TASK}deliver: ["${"{".repeat(1000)}", "{${",".repeat(998)}", "{a,b}/**"]`, "task")).toBe("none");
});
