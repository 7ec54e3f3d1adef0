import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { loadSuite } from "../../src/config/suite.ts";
import { compileRule, isAllowed } from "../../src/core/glob.ts";
import type { SourceFile, Task } from "../../src/core/task.ts";

const FOLDER = join(import.meta.dirname, "../../tasks/starter");
const suite = loadSuite(FOLDER);
const LANGUAGES = ["python", "typescript", "javascript", "shell", "sql"];
const DIFFICULTIES = ["easy", "medium", "hard"];
const KINDS = ["write", "bugfix", "feature", "refactor"];
const each = test.for(suite.tasks.map((task) => [task.id, task] as const));

function countOf(tag: string): number {
  return suite.tasks.filter((task) => task.tags.includes(tag)).length;
}

function isDelivered(path: string, { deliver }: Task): boolean {
  return isAllowed(compileRule(deliver), path);
}

function text(files: readonly SourceFile[]): string {
  return files.map((file) => new TextDecoder().decode(file.bytes)).join("\n");
}

function sameBytes(one: SourceFile, other: SourceFile | undefined): boolean {
  return other !== undefined && Buffer.from(one.bytes).equals(Buffer.from(other.bytes));
}

test("the starter suite has eighteen tasks in five languages", () => {
  expect(suite.name).toBe("starter");
  expect(suite.tasks).toHaveLength(18);
  expect(Object.fromEntries(LANGUAGES.map((tag) => [tag, countOf(tag)]))).toEqual({
    python: 7,
    typescript: 3,
    javascript: 2,
    shell: 3,
    sql: 3,
  });
});

test("the starter suite goes from easy to hard", () => {
  const levels = suite.tasks.map((task) => DIFFICULTIES.findIndex((tag) => task.tags.includes(tag)));
  expect(levels).not.toContain(-1);
  expect(levels).toEqual(levels.toSorted((a, b) => a - b));
  for (const tag of DIFFICULTIES) expect(countOf(tag), tag).toBeGreaterThanOrEqual(5);
});

test("the starter suite has every kind of work", () => {
  for (const kind of KINDS) expect(countOf(kind), kind).toBeGreaterThanOrEqual(1);
  expect(countOf("bugfix")).toBeGreaterThanOrEqual(3);
  expect(suite.tasks.some((task) => task.contextFiles.length > 0)).toBe(true);
});

test("suite.yaml describes the suite", () => {
  const yaml = parse(readFileSync(join(FOLDER, "suite.yaml"), "utf8"));
  expect(yaml.title).toMatch(/\S/);
  expect(yaml.description).toMatch(/\S/);
});

each("%s has one language, one difficulty and one kind", ([, task]) => {
  for (const choices of [LANGUAGES, DIFFICULTIES, KINDS]) expect(choices.filter((tag) => task.tags.includes(tag))).toHaveLength(1);
  expect(task.title).not.toBe(task.id);
  expect(task.tests.timeoutSeconds).toBeLessThanOrEqual(60);
});

each("%s says in its prompt which files to write", async ([, task]) => {
  expect(task.prompt.length).toBeGreaterThan(400);
  const reference = (await task.files.reference()) ?? [];
  // A bug's place is for the model to find, so such a prompt need only name the folder.
  const places = reference.flatMap((file) => [file.path, file.path.split("/").at(-1) ?? "", `${file.path.split("/")[0]}/`]);
  expect(places.some((place) => task.prompt.includes(place))).toBe(true);
});

each("%s delivers every file of its solutions", async ([, task]) => {
  const reference = (await task.files.reference()) ?? [];
  expect(reference.length).toBeGreaterThan(0);
  const wrong = await task.files.wrong();
  for (const { path } of [...reference, ...wrong.flatMap(({ files }) => files)]) expect(isDelivered(path, task), path).toBe(true);
});

each("%s has a solution that differs from the workspace and from every wrong one", async ([, task]) => {
  const workspace = new Map((await task.files.workspace()).map((file) => [file.path, file]));
  const reference = (await task.files.reference()) ?? [];
  expect(reference.some((file) => !sameBytes(file, workspace.get(file.path)))).toBe(true);
  const wrong = await task.files.wrong();
  expect(wrong.length).toBeGreaterThanOrEqual(2);
  const laid = (files: readonly SourceFile[]) =>
    text([...new Map([...workspace, ...files.map((file) => [file.path, file] as const)]).values()]);
  const variants = [[...workspace.values()], reference, ...wrong.map(({ files }) => files)].map(laid);
  expect(new Set(variants).size).toBe(variants.length);
});

const STARTER_RUNNERS = ["pytest", "node", "exit-status"] as const;

function runnerOf(task: Task): (typeof STARTER_RUNNERS)[number] {
  const found = STARTER_RUNNERS.find((name) => name === task.tests.runner);
  if (found === undefined) throw new Error(`${task.id} has the runner ${task.tests.runner}`);
  return found;
}

each("%s has hidden tests with negative and type assertions", async ([, task]) => {
  const tests = text(await task.files.tests());
  const { negative, type } = {
    pytest: { negative: /!=|not in\b|pytest\.raises|is not\b/, type: /type\([^)]*\)+ is / },
    node: { negative: /assert\.(not\w+|throws|rejects|doesNotMatch)|assert\.ok\(!/, type: /typeof / },
    "exit-status": { negative: /!=|absent|\|\| fail/, type: /equal "\$(status|\{status)/ },
  }[runnerOf(task)];
  expect(tests).toMatch(negative);
  expect(tests).toMatch(type);
});

each("%s has between 8 and 40 hidden tests", async ([, task]) => {
  const files = (await task.files.tests()).filter((file) => task.tests.files.includes(file.path));
  const declared = { pytest: /^def test_\w+/gm, node: /^test\(/gm, "exit-status": /^\. "\$\(dirname "\$0"\)/gm }[runnerOf(task)];
  const count = text(files).match(declared)?.length ?? 0;
  expect(count).toBeGreaterThanOrEqual(8);
  expect(count).toBeLessThanOrEqual(40);
});

each("%s has hidden tests that do not wait", async ([, task]) => {
  expect(text(await task.files.tests())).not.toMatch(/\bsleep\b|setTimeout\(|time\.sleep/);
});

each("%s keeps its hidden tests and its solution out of the workspace", async ([, task]) => {
  const workspace = await task.files.workspace();
  const tests = new Set((await task.files.tests()).map((file) => file.path.split("/").at(-1)));
  for (const file of workspace) expect(tests.has(file.path.split("/").at(-1)), file.path).toBe(false);
  expect(workspace.some((file) => file.path === "README.md")).toBe(true);
});

test("six tasks or more are about several files", async () => {
  const isLarge = await Promise.all(
    suite.tasks
      .filter((task) => task.tags.includes("multi-file"))
      .map(async (task) => (await task.files.workspace()).filter((file) => /\.(py|js|ts|sh|sql)$/.test(file.path)).length >= 3),
  );
  expect(isLarge.length).toBeGreaterThanOrEqual(6);
  expect(isLarge).not.toContain(false);
});
