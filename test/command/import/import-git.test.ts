import { existsSync, readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CliEnd, QUICK_SANDBOX, runCli, startCli } from "../../fixtures/cli.ts";
import { GitHistory } from "../../fixtures/git-history.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";
import { until } from "../../fixtures/until.ts";

const CART = "def total(prices):\n    return sum(prices)\n";
const TAXED = "def total(prices, tax=0):\n    return sum(prices) * (1 + tax)\n";
const ROUNDED = "def total(prices, tax=0):\n    return round(sum(prices) * (1 + tax), 2)\n";
const TEST_SUM = "from shop.cart import total\n\n\ndef test_sum():\n    assert total([1, 2]) == 3\n";
const TEST_TAX = `${TEST_SUM}\n\ndef test_tax(rate):\n    assert total([100], tax=rate) == 150\n`;

const repository = new GitHistory([
  {
    message: "Begin",
    files: {
      "shop/__init__.py": "",
      "shop/cart.py": CART,
      "tests/test_cart.py": TEST_SUM,
      "tests/test_other.py": "def test_other():\n    pass\n",
      "run.sh": "#!/bin/sh\n",
    },
  },
  { message: "Write about it", files: { "README.md": "A shop\n" } },
  {
    message: "Add a tax (#7)\n\nTotals can have one.",
    files: {
      "shop/cart.py": TAXED,
      "tests/test_cart.py": TEST_TAX,
      "tests/conftest.py": "import pytest\n\n\n@pytest.fixture\ndef rate():\n    return 0.5\n",
    },
  },
  { message: "Test more", files: { "tests/test_other.py": "def test_more():\n    pass\n" } },
  {
    message: "Round",
    files: { "shop/cart.py": ROUNDED, "tests/test_cart.py": `${TEST_TAX}\n\ndef test_again():\n    assert total([]) == 0\n` },
  },
  { message: "Break", files: { "shop/cart.py": CART, "tests/test_cart.py": "def test_broken():\n    assert False\n" } },
]);
const [, , taxed = "", , rounded = "", broken = ""] = repository.hashes;
const folder = new TempFolder();
const out = folder.at("tasks/mine");
const id = `add-a-tax-${taxed.slice(0, 7)}`;

type Row = { readonly commit: string; readonly kept: Readonly<Record<string, unknown>> | null; readonly reason: string };
type Printed = { readonly commits: readonly Row[]; readonly unfit: Readonly<Record<string, number>> };

function importGit(...args: readonly string[]): Promise<CliEnd> {
  return runCli(["import", "git", repository.path, "--out", out, ...QUICK_SANDBOX, "--repeats", "2", ...args], { cwd: folder.path });
}

let end: CliEnd;

beforeAll(async () => {
  end = await importGit("--json");
});

afterAll(() => {
  repository[Symbol.dispose]();
  folder[Symbol.dispose]();
});

test("a commit whose tests fail before it and pass after it becomes a task, and what becomes of the others is said", () => {
  const { commits, unfit } = JSON.parse(end.stdout) as Printed;

  expect(end.code).toBe(0);
  expect(commits).toEqual([
    {
      commit: broken.slice(0, 7),
      subject: "Break",
      kept: null,
      reason: 'no test passes after it: "tests/test_cart.py::test_broken" failed (assert False)',
    },
    { commit: rounded.slice(0, 7), subject: "Round", kept: null, reason: "its tests pass before it as well" },
    { commit: taxed.slice(0, 7), subject: "Add a tax (#7)", kept: { task: id, tests: 2, failing: 1, isolation: "process" }, reason: "" },
  ]);
  expect(unfit).toEqual({ "their parent is not in this repository": 1, "it changes tests and no code": 1, "it changes no tests": 1 });
});

test("the task has the tree before the commit without the commit's tests, its tests with what they need, and what it requires", () => {
  const read = (path: string) => readFileSync(`${out}/${id}/${path}`, "utf8");

  expect(read("workspace/shop/cart.py")).toBe(CART);
  expect(readdirSync(`${out}/${id}/workspace`).sort()).toEqual(["README.md", "run.sh", "shop", "tests"]);
  expect(readdirSync(`${out}/${id}/workspace/tests`)).toEqual(["test_other.py"]);
  expect(readdirSync(`${out}/${id}/tests/tests`).sort()).toEqual(["conftest.py", "test_cart.py", "test_other.py"]);
  expect(read("solution/shop/cart.py")).toBe(TAXED);
  expect(read("task.yaml")).toContain(`# Made of commit ${taxed}`);
  expect(read("task.yaml")).toContain("required:\n    - tests/test_cart.py::test_sum\n    - tests/test_cart.py::test_tax\n");
  expect(read("prompt.md")).toContain("# Add a tax\n\nTotals can have one.\n");
  expect(read("prompt.md")).toContain("- tests/test_cart.py::test_tax\n\n");
});

test("the task is sound, and the check says that its prompt is a draft", async () => {
  const { code, stdout } = await runCli(["check", out, ...QUICK_SANDBOX, "--repeats", "2"], { cwd: folder.path });

  expect(stdout).toContain("1 of 1 task is sound.");
  expect(stdout).toContain('its prompt is a draft of an import; rewrite it, then remove "draft: true" from task.yaml');
  expect(code).toBe(0);
});

test("the same command again tries nothing again, and says what became of each commit", async () => {
  const again = await importGit();

  expect(again.stderr).toContain("0 candidates to try");
  expect(again.stdout).toMatch(/Add a tax \(#7\) +kept +2 +1 +process/);
  expect(again.stdout).toContain("its tests pass before it as well (an earlier import)");
  expect(again.code).toBe(0);
});

test("a killed import leaves no half-written task, and the next one removes what it left", async () => {
  using other = new TempFolder();
  const args = ["import", "git", repository.path, "--out", other.at("mine"), ...QUICK_SANDBOX, "--commit", taxed];
  const started = startCli(args, { cwd: other.path });
  const isWritten = () =>
    existsSync(other.at("mine/.import")) &&
    readdirSync(other.at("mine/.import")).some((name) => existsSync(other.at(`mine/.import/${name}/${id}/task.yaml`)));
  await until(isWritten);
  started.child.kill("SIGKILL");
  await started.end;
  expect(readdirSync(other.at("mine"))).toEqual([".import"]);

  const next = await runCli(args, { cwd: other.path });

  expect(next.code).toBe(0);
  expect(readdirSync(other.at("mine")).sort()).toEqual([".import", id, "suite.yaml"].sort());
  expect(readdirSync(other.at("mine/.import"))).toEqual(["commits.json"]);
});

test.for([
  [
    "an address",
    ["https://example.com/x.git"],
    'Cannot import "https://example.com/x.git": it is an address; clone it first ("git clone"), and name the folder',
  ],
  ["a remote in the short form", ["git@example.com:x.git"], "it is an address"],
  ["a folder that is not there", ["absent"], 'Cannot import "absent": there is no such folder; name a local git repository'],
  ["a folder without a repository", ["."], "it is not the top folder of a git repository; name that, and a folder in it with --path"],
  ["a commit that is not there", ["REPOSITORY", "--commit", "nothing"], "has no such commit; check its name"],
  ["a name that looks like a flag", ["REPOSITORY", "--commit=--output=x"], "has no such commit; check its name"],
  [
    "a date that git would take for now",
    ["REPOSITORY", "--since", "sometimes"],
    "Expected a day such as 2026-01-31, or a span such as 90d, 12w, 6m or 1y.",
  ],
  ["a folder outside", ["REPOSITORY", "--path", "../x"], 'Cannot import the folder "../x": it is no path inside the repository'],
  ["a folder that no commit touches", ["REPOSITORY", "--path", "nothing"], "no commit is chosen; check --since and --path"],
] as const)("%s is one line, and nothing is written", async ([, args, message]) => {
  using other = new TempFolder();
  const given = args.map((arg) => (arg === "REPOSITORY" ? repository.path : arg));
  const { code, stderr } = await runCli(["import", "git", ...given, "--out", "mine"], { cwd: other.path });

  expect(stderr).toContain(message);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(code).toBe(2);
  expect(readdirSync(other.path)).toEqual([]);
});

const STEPS = Array.from({ length: 5 }, (_, index) => index);

test("exactly as many tasks are made as are asked for, also while several commits are tried at once, and the next import makes the others", async () => {
  using history = new GitHistory([
    { message: "Begin", files: { "count.py": "" } },
    ...STEPS.map((step) => ({
      message: `Count to ${step}`,
      files: {
        "count.py": `NUMBERS = list(range(${step + 1}))\n`,
        "test_count.py": `from count import NUMBERS\n\n\ndef test_last():\n    assert NUMBERS[-1] == ${step}\n`,
      },
    })),
  ]);
  using other = new TempFolder();
  const importSome = (most: number) =>
    runCli(
      ["import", "git", history.path, "--out", "mine", "--max-tasks", `${most}`, "--grading", "3", ...QUICK_SANDBOX, "--repeats", "1"],
      {
        cwd: other.path,
      },
    );
  const tasks = () => readdirSync(other.at("mine")).filter((name) => name.startsWith("count-to"));

  const first = await importSome(2);
  expect(first.stderr).not.toMatch(/dropped/);
  expect(first.stdout).toContain("2 of 6 commits became tasks in mine");
  expect(first.code).toBe(0);
  expect(tasks()).toHaveLength(2);
  expect(readdirSync(other.at("mine/.import"))).toEqual(["commits.json"]);

  const second = await importSome(5);
  expect(second.code).toBe(0);
  expect(tasks()).toHaveLength(5);
});

test("a repository whose tree is too large to be held in memory becomes a task with a large workspace", async () => {
  const many = Object.fromEntries(["a", "b", "c", "d", "e"].map((letter) => [`data/${letter}.txt`, letter.repeat(14_000_000)]));
  using history = new GitHistory([
    { message: "Begin", files: { ...many, "count.py": "LAST = 0\n" } },
    {
      message: "Count on",
      files: { "count.py": "LAST = 1\n", "test_count.py": "from count import LAST\n\n\ndef test_last():\n    assert LAST == 1\n" },
    },
    { message: "Count further", files: { "count.py": "LAST = 1 \n", "test_count.py": "def test_nothing():\n    pass\n" } },
  ]);
  using other = new TempFolder();

  const { code, stdout, stderr } = await runCli(
    ["import", "git", history.path, "--out", "mine", "--grading", "1", ...QUICK_SANDBOX, "--repeats", "1"],
    { cwd: other.path },
  );

  expect(stderr).toMatch(/Copying a workspace of 6 files, 67 MB, into the cache/);
  expect(stdout).toContain("1 of 3 commits became tasks in mine");
  expect(stdout).toContain("its tests pass before it as well");
  expect(code).toBe(0);
  const [task = ""] = readdirSync(other.at("mine")).filter((name) => name.startsWith("count-on"));
  expect(readdirSync(other.at(`mine/${task}/workspace`)).sort()).toEqual(["count.py", "data"]);
  expect(readFileSync(other.at(`mine/${task}/workspace/data/e.txt`), "utf8")).toBe("e".repeat(14_000_000));
});

test("a folder of the repository becomes the workspace with --path", async () => {
  using monorepo = new GitHistory([
    { message: "Begin", files: { "packages/a/one.py": "def one():\n    return 0\n", "packages/b/two.py": "" } },
    {
      message: "Return one",
      files: {
        "packages/a/one.py": "def one():\n    return 1\n",
        "packages/a/test_one.py": "from one import one\n\n\ndef test_one():\n    assert one() == 1\n",
        "packages/b/two.py": "#\n",
      },
    },
  ]);
  using other = new TempFolder();
  const args = ["import", "git", monorepo.path, "--out", "mine", "--path", "packages/a", ...QUICK_SANDBOX, "--repeats", "2"];
  const { code, stdout } = await runCli(args, { cwd: other.path });

  expect(stdout).toContain("1 of 2 commits became tasks in mine");
  expect(code).toBe(0);
  const [task = ""] = readdirSync(other.at("mine")).filter((name) => name.startsWith("return-one"));
  expect(readdirSync(other.at(`mine/${task}/workspace`))).toEqual(["one.py"]);
});
