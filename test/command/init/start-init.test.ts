import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { QUICK_SANDBOX, runCli } from "../../fixtures/cli.ts";
import { GitHistory } from "../../fixtures/git-history.ts";
import { TempFolder, tinySuite } from "../../fixtures/temp-folder.ts";

test("init begins with tasks of a repository's history, which check finds sound", async () => {
  using repository = new GitHistory([
    { message: "Begin", files: { "one.py": "" } },
    {
      message: "Add one",
      files: { "one.py": "def one():\n    return 1\n", "test_one.py": "from one import one\n\n\ndef test_one():\n    assert one() == 1\n" },
    },
  ]);
  using folder = new TempFolder();

  const begun = await runCli(["init", "evals", "--from", `git:${repository.path}`, ...QUICK_SANDBOX], { cwd: folder.path });

  expect(begun.code).toBe(0);
  expect(begun.stdout).toContain("wrote evals/models.yaml");
  expect(begun.stdout).toContain("Next: rewrite the prompts in evals/tasks/mine, then cd evals, bench run --suite mine");
  expect(readdirSync(folder.at("evals/tasks"))).toEqual(["mine"]);
  const checked = await runCli(["check", "mine", ...QUICK_SANDBOX, "--repeats", "2"], { cwd: folder.at("evals") });
  expect(checked.stdout).toContain("1 of 1 task is sound.");
});

test("init begins with a suite that is there, which stays where it is", async () => {
  using folder = new TempFolder();
  folder.write(Object.fromEntries(Object.entries(tinySuite("add")).map(([path, text]) => [`suite/${path}`, text])));

  const { code, stdout } = await runCli(["init", "evals", "--from", "suite"], { cwd: folder.path });

  expect(code).toBe(0);
  expect(stdout).toContain("1 task in suite, which are read where they are.");
  expect(readdirSync(folder.at("evals"))).toEqual(["models.yaml"]);
});

test.for([
  ["git:absent", 'Cannot import "absent": there is no such folder; name a local git repository'],
  ["nothing:here", '"nothing" is not a known format'],
] as const)("a source that cannot be read (%s) is one line, and nothing is written", async ([from, message]) => {
  using folder = new TempFolder();

  const { code, stderr } = await runCli(["init", "evals", "--from", from], { cwd: folder.path });

  expect(stderr).toContain(message);
  expect(code).toBe(2);
  expect(readdirSync(folder.path)).toEqual([]);
});
