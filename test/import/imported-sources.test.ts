import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { nativeSource } from "../../src/config/native-source.ts";
import type { TaskSource } from "../../src/core/suite.ts";
import { IMPORTED_SOURCES } from "../../src/import/imported-sources.ts";
import { type SourceCase, taskSourceContract } from "../contract/task-source-contract.ts";
import { TempFolder, tinySuite } from "../fixtures/temp-folder.ts";

const folder = new TempFolder();
afterAll(() => folder[Symbol.dispose]());

const human = {
  task_id: "H/1",
  prompt: "def f():\n",
  entry_point: "f",
  canonical_solution: "    return 1\n",
  test: "def check(f):\n    assert f() == 1\n",
};
const HARBOR_TASK = { "instruction.md": "Say hello.\n", "environment/Dockerfile": "FROM scratch\n", "tests/test.sh": "echo 1\n" };
const terminal = (name: string, script: string) =>
  Object.entries({
    "task.yaml": "instruction: Say hello.\n",
    Dockerfile: "FROM scratch\n",
    "run-tests.sh": script,
    "tests/test_outputs.py": "",
    "solution.sh": "",
  }).map(([path, text]) => [`terminal/${name}/${path}`, text]);
const withToml = (name: string, toml: string) =>
  Object.entries({ ...HARBOR_TASK, "task.toml": toml }).map(([path, text]) => [`harbor/${name}/${path}`, text]);
const instance = (name: string, test: string) =>
  Object.entries({
    "task.yaml": `instance_id: ${name}\nrepo: a/b\nbase_commit: "${"0".repeat(40)}"\n`,
    "tests.json": JSON.stringify({ FAIL_TO_PASS: [test], PASS_TO_PASS: [] }),
    "problem_statement.md": "Say hello.\n",
    "gold.patch": "",
    "test.patch": "diff --git a/tests/test_a.py b/tests/test_a.py\n",
    Dockerfile: "FROM scratch\n",
  }).map(([path, text]) => [`swebench/tasks/${name}/${path}`, text]);
folder.write(Object.fromEntries([...instance("a-1", "tests/test_a.py::test_a"), ...instance("a-2", "test_a (a.Case)")]));
const basic = { task_id: 1, text: "Write f.", code: "def f():\n    return 1", test_setup_code: "", test_list: ["assert f() == 1"] };
folder.write({ "human.jsonl": JSON.stringify(human), "mbpp.jsonl": JSON.stringify(basic), "empty/x.txt": "" });
folder.write(Object.fromEntries([...terminal("hello", "pytest\n"), ...terminal("far", "uv run pytest\n")]));
folder.write(Object.fromEntries([...withToml("hello", 'version = "1.0"\n'), ...withToml("heavy", "[environment]\ngpus = 1\n")]));
folder.write(Object.fromEntries(Object.entries(tinySuite("add", "sub")).map(([path, text]) => [`tiny/${path}`, text])));

function imported(prefix: string): TaskSource {
  const source = IMPORTED_SOURCES.find((one) => one.prefix === prefix);
  if (source === undefined) throw new Error(`no source ${prefix}`);
  return source;
}

const CASES: readonly SourceCase[] = [
  { source: nativeSource, location: folder.at("tiny"), loaded: 2, leftOut: 0, nowhere: folder.at("empty") },
  {
    source: imported("exercism"),
    location: join(import.meta.dirname, "../fixtures/exercism"),
    loaded: 2,
    leftOut: 1,
    nowhere: folder.at("empty"),
  },
  { source: imported("harbor"), location: folder.at("harbor"), loaded: 1, leftOut: 1, nowhere: folder.at("empty") },
  { source: imported("humaneval"), location: folder.at("human.jsonl"), loaded: 1, leftOut: 0, nowhere: folder.at("none.jsonl") },
  { source: imported("mbpp"), location: folder.at("mbpp.jsonl"), loaded: 1, leftOut: 0, nowhere: folder.at("none.jsonl") },
  {
    source: imported("swebench"),
    location: folder.at("swebench"),
    loaded: 1,
    leftOut: 1,
    nowhere: folder.at("empty"),
    apply: async ({ files }) => ({ changed: [[], []], files: files.map((path) => ({ path, bytes: new Uint8Array(), executable: false })) }),
  },
  { source: imported("terminal-bench"), location: folder.at("terminal"), loaded: 1, leftOut: 1, nowhere: folder.at("empty") },
];

for (const one of CASES) taskSourceContract(one);

test("the contract covers every source, and each usage begins with its prefix", () => {
  expect(CASES.map(({ source }) => source)).toEqual([nativeSource, ...IMPORTED_SOURCES]);
  expect(IMPORTED_SOURCES.every(({ prefix, usage }) => usage.startsWith(`${prefix}:`))).toBe(true);
});
