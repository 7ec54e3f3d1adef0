import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { loadSuite } from "../../src/config/suite.ts";
import { UserError } from "../../src/core/errors.ts";
import type { LoadedSuite } from "../../src/core/suite.ts";
import { TEST_RUNNERS, type TestPlan } from "../../src/core/task.ts";
import { TempFolder, tinySuite } from "../fixtures/temp-folder.ts";
import { expectPresentable, thrownBy } from "./complaint.ts";
import { IS_FULL } from "./counted-run.ts";
import { brokenYaml } from "./yaml-mutation.ts";

const SPELLINGS = IS_FULL ? 1000 : 250;
const SUITE_YAML = `name: tiny
title: A suite
description: of one task
tasks:
  - add
defaults:
  image: some:image
  sandbox: {memory_mb: 512, cpus: 1.5, pids: 64, workspace_mb: 10, tmp_mb: 10}
  timeout_seconds: 30
`;
const TASK_YAML = `title: Add
difficulty: easy
tags: [python, "a b"]
deliver: ["add.py", "up/*", "!secret/**"]
context_files: [AGENTS.md]
image: other:image
sandbox: {memory_mb: 1024, cpus: 1}
tests:
  runner: pytest
  files: [test_add.py]
  required: ["test_add.py::test_sum"]
  timeout_seconds: 20
  placement: outside
  jest_globals: false
`;

const text = z.string();
const count = z.int().min(1);
const PLAN = z
  .strictObject({
    runner: z.enum(TEST_RUNNERS),
    files: z.array(z.enum(["test_add.py"])).min(1),
    required: z.array(text).min(1).nullable(),
    timeoutSeconds: count,
    placement: z.enum(["outside", "workspace"]),
    jestGlobals: z.boolean(),
    runSkipped: z.boolean(),
    isolation: z.enum(["none", "process"]),
    pythonPath: z.array(text).readonly(),
    command: z.array(text).min(1).readonly().nullable(),
    report: z
      .strictObject({ format: z.enum(["junit", "tap", "ctrf"]), path: text })
      .readonly()
      .nullable(),
  } satisfies Record<keyof TestPlan, z.ZodType>)
  .readonly();
const TASK = z.looseObject({
  id: z.literal("add"),
  suite: text.regex(/^[a-z0-9-]+$/),
  title: text.min(1),
  prompt: text.min(1),
  tags: z.array(text),
  image: text.min(1).nullable(),
  sandbox: z.strictObject({ memoryMb: count, cpus: z.number().positive(), pids: count, workspaceMb: count, tmpMb: count }),
  deliver: z.strictObject({ include: z.array(text), exclude: z.array(text) }),
  contextFiles: z.array(z.enum(["AGENTS.md", "add.py"])),
  tests: PLAN,
  digest: text.regex(/^[0-9a-f]{64}$/),
});
const SOUND = z.strictObject({
  name: text.regex(/^[a-z0-9-]+$/),
  tasks: z.array(TASK).length(1),
  digest: text.regex(/^[0-9a-f]{64}$/),
  leftOut: z.array(z.strictObject({ kind: text, count: z.literal(1), reason: z.literal("not listed in suite.yaml") })),
} satisfies Record<Exclude<keyof LoadedSuite, "notices" | "replaced">, z.ZodType>);

function startFolder(folder: TempFolder): void {
  folder.write({ ...tinySuite("add"), "suite.yaml": SUITE_YAML, "add/task.yaml": TASK_YAML, "add/workspace/AGENTS.md": "Be kind.\n" });
}

function expectSuiteOrOneLine(folder: TempFolder): string | null {
  const error = thrownBy(() => SOUND.parse(loadSuite(folder.path)));
  if (error === null) return null;
  expect(error).toBeInstanceOf(UserError);
  const { message } = error as UserError;
  expectPresentable(message);
  expect(message).toContain(folder.path);
  expect(message).toMatch(/; \w|expected|has none/);
  return message;
}

test.for([
  { file: "suite.yaml", yaml: SUITE_YAML },
  { file: "add/task.yaml", yaml: TASK_YAML },
])(`${SPELLINGS} broken spellings of $file give a sound suite or one line that says where and what to do`, ({ file, yaml }) => {
  using folder = new TempFolder();
  startFolder(folder);
  expect(expectSuiteOrOneLine(folder)).toBeNull();

  fc.assert(
    fc.property(brokenYaml(yaml), (bytes) => {
      writeFileSync(folder.at(file), bytes);
      expectSuiteOrOneLine(folder);
    }),
    { numRuns: SPELLINGS, seed: 20_260_102 },
  );
});

type Hostile = { readonly title: string; readonly spoil: (folder: TempFolder) => void; readonly says: RegExp };

function link(folder: TempFolder, path: string, target: string): void {
  rmSync(folder.at(path), { recursive: true, force: true });
  mkdirSync(dirname(folder.at(path)), { recursive: true });
  symlinkSync(target, folder.at(path));
}

const HOSTILE: readonly Hostile[] = [
  {
    title: "a workspace that is a link to a folder",
    spoil: (f) => link(f, "add/workspace", "/etc"),
    says: /it is a link; put the folder itself there/,
  },
  {
    title: "tests that are a link to a folder",
    spoil: (f) => link(f, "add/tests", f.at("add/workspace")),
    says: /it is a link; put the folder itself there/,
  },
  {
    title: "tests that are a link to themselves",
    spoil: (f) => link(f, "add/tests", f.at("add/tests")),
    says: /it is a link; put the folder itself there/,
  },
  { title: "a file in the workspace that is a link", spoil: (f) => link(f, "add/workspace/x", "/etc/passwd"), says: /it is a link/ },
  {
    title: "a task folder that is a link",
    spoil: (f) => {
      f.write({ "suite.yaml": "name: tiny\n" });
      link(f, "twin", f.at("add"));
    },
    says: /is a link to a folder/,
  },
  {
    title: "a prompt that is a folder",
    spoil: (f) => {
      rmSync(f.at("add/prompt.md"));
      mkdirSync(f.at("add/prompt.md"));
    },
    says: /is a folder/,
  },
  {
    title: "a link whose name has an end of line in it",
    spoil: (f) => link(f, "add/tests/a\nb\u001b[31m", "/etc/passwd"),
    says: /a\\u000ab\\u001b/,
  },
  {
    title: "a name that is too long",
    spoil: (f) => f.write({ "suite.yaml": `name: t\ntasks: [${"a".repeat(5000)}]\n` }),
    says: /not a valid task name/,
  },
  {
    title: "a name that leads out",
    spoil: (f) => f.write({ "suite.yaml": "name: t\ntasks: [../add]\n" }),
    says: /"\.\.\/add" is not a valid task name/,
  },
  {
    title: "a test file outside of tests",
    spoil: (f) => f.write({ "add/task.yaml": TASK_YAML.replace("[test_add.py]", "[../prompt.md]") }),
    says: /tests\.files names "\.\.\/prompt\.md", which is not in tests/,
  },
  {
    title: "an absolute test file",
    spoil: (f) => f.write({ "add/task.yaml": TASK_YAML.replace("[test_add.py]", "[/etc/passwd]") }),
    says: /tests\.files names "\/etc\/passwd", which is not in tests/,
  },
  {
    title: "a context file outside of the workspace",
    spoil: (f) => f.write({ "add/task.yaml": TASK_YAML.replace("[AGENTS.md]", "[../tests/test_add.py]") }),
    says: /context_files names "\.\.\/tests\/test_add\.py", which is not in workspace/,
  },
];

test.for(HOSTILE)("$title is refused in one line", ({ spoil, says }) => {
  using folder = new TempFolder();
  startFolder(folder);
  spoil(folder);

  expect(expectSuiteOrOneLine(folder)).toMatch(says);
});
