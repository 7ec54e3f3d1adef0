import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CliEnd, runCli } from "../../fixtures/cli.ts";
import { TempFolder, tinySuite } from "../../fixtures/temp-folder.ts";

type Row = {
  readonly taskId: string;
  readonly tests: number;
  readonly isolation: string | null;
  readonly problem: string | null;
  readonly problems: readonly string[];
  readonly remarks: readonly string[];
  readonly output: string | null;
};

const SCRIPTS = {
  "task.yaml": 'title: Sum\ndeliver: ["sum.py"]\ntests: {runner: exit-status, isolation: process}\n',
  "prompt.md": "Write sum.py.\n",
  "workspace/sum.py": "",
  "solution/sum.py": "import sys\nprint(sum(map(int, sys.argv[1:])))\n",
};

// What is changed in a sound task, by the name of the task.
const TASKS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  sound: {},
  "rejected-reference": { "solution/add.py": "def add(a, b):\n    print('a is', a)\n    return a - b\n" },
  skipping: {
    "tests/test_more.py": 'import pytest\n\n\n@pytest.mark.skip(reason="later")\ndef test_later():\n    pass\n',
  },
  "changing-ids": {
    "tests/test_more.py":
      'import os\nimport pytest\nfrom add import add\n\n\n@pytest.mark.parametrize("n", [1], ids=[os.urandom(4).hex()])\ndef test_n(n):\n    assert add(n, 1) == 2\n',
  },
  "absent-required": {
    "task.yaml":
      'title: Add\ndeliver: ["add.py"]\ntests: {runner: pytest, required: ["test_add.py::test_sum", "test_add.py::test_gone"]}\n',
  },
  twins: {
    "wrong/same/add.py": "def add(a, b):\n    return a + b\n",
    "wrong/nothing/add.py": "def add(a, b):\n    raise NotImplementedError\n",
  },
  "direct-call": { ...SCRIPTS, "tests/adds.sh": '. ./sum.py 2>/dev/null || cat sum.py\n[ "$(cat sum.py | python3 - 1 2)" = 3 ]\n' },
  "undelivered-reference": {
    "solution/helper.txt": "not asked for\n",
    "solution/conftest.py": "",
    "task.yaml": 'title: Add\ndeliver: ["*.py"]\ntests: {runner: pytest}\n',
  },
  "large-reference": { "task.yaml": 'title: Add\ndeliver: ["**"]\ntests: {runner: pytest}\n' },
  "large-wrong": { "task.yaml": 'title: Add\ndeliver: ["**"]\ntests: {runner: pytest}\n' },
  history: { "tests/test_add.py": "from add import add\n\n\ndef test_sum():\n    assert add(1, 2) == 3\n" },
  "clean-history": {},
};

const folder = new TempFolder();
const git = (repository: string, ...args: readonly string[]) =>
  execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false", "-c", "gc.auto=0", ...args], {
    cwd: repository,
    env: { PATH: process.env["PATH"], HOME: "/nonexistent" },
    stdio: "pipe",
  });
let end: CliEnd;
let rows: readonly Row[];
const rowOf = (taskId: string): Row => rows.find((row) => row.taskId === taskId) as Row;

beforeAll(async () => {
  for (const [id, changes] of Object.entries(TASKS)) {
    const isOwn = "tests/adds.sh" in changes;
    // Each wrong solution costs two gradings, and most tasks are not about them.
    const tiny = Object.entries(tinySuite(id)).filter(([path]) => id === "sound" || !path.includes("/wrong/"));
    const base = isOwn ? { "suite.yaml": "name: tiny\n" } : Object.fromEntries(tiny);
    const files = Object.entries(changes).map(([path, text]) => [`${id}/${path}`, text] as const);
    folder.write({ ...base, ...Object.fromEntries(files) });
  }
  folder.write(
    Object.fromEntries(Array.from({ length: 2_001 }, (_, number) => [`large-reference/solution/more/${number}.txt`, `${number}`])),
  );
  folder.write(Object.fromEntries(Array.from({ length: 2_001 }, (_, number) => [`large-wrong/wrong/many/${number}.txt`, `${number}`])));
  keepHistory("history", "def add(a, b):\r\n    return a + b\r\n");
  keepHistory("clean-history", "def add(a, b):\n    return None\n");
  const image = process.env["BENCH_TEST_IMAGE"] ?? "bench-sandbox:latest";
  const check = (...more: readonly string[]) => runCli(["check", folder.path, "--image", image, "--json", ...more]);
  end = await check("--repeats", "1", "--task", "!changing-ids");
  const again = await check("--repeats", "2", "--task", "changing-ids");
  rows = [end, again].flatMap(({ stdout }) => JSON.parse(stdout) as Row[]);
}, 900_000);
afterAll(() => folder[Symbol.dispose]());

// An earlier commit with `answer` that no branch leads to any more, packed.
function keepHistory(id: string, answer: string): void {
  const workspace = folder.at(join(id, "workspace"));
  folder.write({ [`${id}/workspace/more.py`]: answer });
  git(workspace, "init", "-q");
  git(workspace, "add", "-A");
  git(workspace, "commit", "-qm", "solved");
  git(workspace, "tag", "solved");
  git(workspace, "repack", "-adq");
  rmSync(join(workspace, "more.py"));
  git(workspace, "update-ref", "-d", "refs/tags/solved");
  git(workspace, "update-ref", "-d", "HEAD");
}

test("a sound task is found sound", () => {
  expect(rowOf("sound")).toMatchObject({ tests: 2, problem: null, problems: [], remarks: [], output: null });
});

test("a suite with an unsound task ends with exit code 1", () => {
  expect(end.code).toBe(1);
});

test.for([
  [
    "rejected-reference",
    /^its tests do not pass on its reference solution \(test "test_add\.py::test_sum" failed: .*fix the solution or the tests$/,
  ],
  [
    "changing-ids",
    /^names of tests change: "test_more\.py::test_n\[[0-9a-f]{8}\]" was "test_more\.py::test_n\[[0-9a-f]{8}\]" in another grading/,
  ],
  ["absent-required", /^required test "test_add\.py::test_gone" did not run on the reference; correct tests\.required: /],
  ["twins", /^wrong solution "same" is the reference; change or remove it$/],
  ["direct-call", /^test "adds\.sh" opens files of the workspace: with isolation "process" .*\$SOLUTION/],
  [
    "history",
    /^the git objects in "workspace\/\.git" hold the answer \("add\.py"\), which the agent can read; give the workspace a history without it$/,
  ],
  ["large-reference", /^its reference solution has 2,002 files; at most 2,000 are submitted from an agent's sandbox; make it smaller$/],
  ["large-wrong", /^its wrong solution "many" has 2,001 files; at most 2,000 are submitted from an agent's sandbox; make it smaller$/],
] as const)("%s: the first problem says what and what to do", ([id, problem]) => {
  expect(rowOf(id).problem).toMatch(problem);
});

test.for([
  ["skipping", [/^test "test_more\.py::test_later" is skipped on the reference and decides nothing$/]],
  [
    "undelivered-reference",
    [
      /^files of the reference are not graded: helper\.txt \(deliver does not name it\)$/,
      /^files of the reference are not graded: conftest\.py \(/,
    ],
  ],
  ["clean-history", []],
] as const)("%s: sound, with remarks", ([id, remarks]) => {
  const row = rowOf(id);

  expect(row.problems).toEqual([]);
  expect(row.remarks).toEqual(remarks.map((each) => expect.stringMatching(each)));
});

test("a wrong solution that is the untouched workspace is remarked on", () => {
  expect(rowOf("twins").remarks).toContainEqual(expect.stringMatching(/^wrong solution "nothing" is the untouched workspace/));
});

test("what a rejected reference printed is shown, its end only", () => {
  const { output } = rowOf("rejected-reference");

  expect(output).toContain("a is 1");
  expect((output ?? "").split("\n").length).toBeLessThanOrEqual(15);
});
