import { cpSync, writeFileSync } from "node:fs";
import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { countedFiles } from "../../faults/counted-run.ts";
import { startCountingServer } from "../../faults/counting-server.ts";
import { type CliEnd, runCli } from "../../fixtures/cli.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";

// Asks for the product, as one would who confused two tasks.
const MISTAKEN_TEST = "from add import add\n\n\ndef test_sum():\n    assert add(3, 4) == 12\n";

let finished: TempFolder;

// A run whose provider is gone afterwards: whatever comes next cannot ask a model.
beforeAll(async () => {
  finished = new TempFolder();
  const server = await startCountingServer({ latencyMs: 0 });
  finished.write(countedFiles(server.url, 2));
  // By names that are the same in a copy.
  const run = await runCli(["run", "--models", "models.yaml", "--suite", "suite", "--db", "bench.db"], { cwd: finished.path });
  await server.close();
  expect(run).toMatchObject({ code: 0 });
});
afterAll(() => finished[Symbol.dispose]());

/** A copy of the finished run, and the command line in it. */
function copyOfRun(): TempFolder & { readonly bench: (...args: readonly string[]) => Promise<CliEnd> } {
  const folder = new TempFolder();
  cpSync(finished.path, folder.path, { recursive: true });
  return Object.assign(folder, { bench: (...args: readonly string[]) => runCli([...args, "--db", "bench.db"], { cwd: folder.path }) });
}

// Trials are numbered as they finish, which is another order each time.
function trialOf(folder: TempFolder, task: string, arm: string): string {
  const database = new Database(folder.at("bench.db"), { readonly: true });
  const id = database.prepare("select id from v_trials where task = ? and arm = ?").pluck().get(task, arm);
  database.close();
  return String(id);
}

test("submissions are graded again with a corrected test without asking a model, and both verdicts are kept", async () => {
  using folder = copyOfRun();
  writeFileSync(folder.at("suite/task-0/tests/test_add.py"), MISTAKEN_TEST);
  writeFileSync(folder.at("suite/task-0/solution/add.py"), "def add(a, b):\n    return a * b\n");

  const regraded = await folder.bench("regrade", "latest");

  expect(regraded.stdout).toMatch(/4 trials graded again, 2 with another verdict; no model was called/);
  expect(regraded.stdout).toMatch(/trial \d {2}task-0 {2}right #1 {2}pass \(2 of 2\) -> fail \(0 of 1\)/);
  expect(regraded.stdout).toMatch(/trial \d {2}task-0 {2}wrong #1 {2}fail \(\d of 2\) -> pass \(1 of 1\)/);
  expect(regraded.code).toBe(0);
  const report = JSON.parse((await folder.bench("report", "latest", "--json")).stdout) as {
    readonly arms: readonly { readonly name: string; readonly passed: number }[];
  };
  expect(report.arms.map(({ name, passed }) => `${name} ${passed}`)).toEqual(["right 1", "wrong 1"]);
  const shown = await folder.bench("show", trialOf(folder, "task-0", "right"));
  expect(shown.stdout).toMatch(/verdict until [\d: -]+: passed, 2 of 2 tests/);
});

test("a task whose prompt has changed keeps its verdicts, and says why", async () => {
  using folder = copyOfRun();
  writeFileSync(folder.at("suite/task-1/prompt.md"), "Write something else.\n");

  const regraded = await folder.bench("regrade", "latest");

  expect(regraded.stdout).toContain("task-1 keeps its verdicts: its prompt, its workspace or what may be submitted has changed");
  expect(regraded.stdout).toContain("2 trials graded again");
  expect(regraded.code).toBe(4);
});

test("a missing run and a missing suite are errors of one line", async () => {
  using folder = copyOfRun();
  const other = new TempFolder();
  using _other = other;
  other.write({ "suite.yaml": "name: other\n" });

  expect(await folder.bench("regrade", "nothing")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Cannot find run "nothing"'),
  });
  const gone = await folder.bench("regrade", "latest", "--suite", other.path);
  expect(gone.code).toBe(2);
  expect(gone.stderr.trim().split("\n")).toEqual([
    expect.stringMatching(/^Run \S+ is graded with --suite /),
    expect.stringMatching(/^bench: Cannot /),
  ]);
});

test("a stored trial is replayed in a fresh container with the same result", async () => {
  using folder = copyOfRun();

  const same = await folder.bench("replay", "1");

  expect(same.stdout).toContain("every tool call and every file is the same");
  expect(same.code).toBe(0);
});

test("a replay that differs shows where, with the value before and now", async () => {
  using folder = copyOfRun();
  writeFileSync(folder.at("suite/task-0/workspace/note.txt"), "new here\n");

  const other = await folder.bench("replay", trialOf(folder, "task-0", "right"));

  expect(other.stderr).toContain("Task task-0 has changed since");
  expect(other.stdout).toMatch(/list_directory in response 1\n {4}was: nothing\n {4}now: note\.txt/);
  expect(other.code).toBe(1);
  expect(await folder.bench("replay", "99")).toMatchObject({ code: 2 });
});
