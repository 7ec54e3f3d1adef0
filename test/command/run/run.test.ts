import Database from "better-sqlite3";
import Docker from "dockerode";
import { expect, test } from "vitest";
import { QUICK_SANDBOX, runCli, startCli, startOnTerminal } from "../../fixtures/cli.ts";
import { TempFolder, tinySuite } from "../../fixtures/temp-folder.ts";
import { until } from "../../fixtures/until.ts";

const MODELS = `models:
  - {name: oracle, api: scripted, model: oracle, price: {input: 1, output: 4, cache_read: 0.1}}
  - {name: flawed, api: scripted, model: flawed}
  - {name: keyed, api: openai-chat, model: m}
`;

function project(folder: TempFolder, ...ids: readonly string[]): void {
  const suite = Object.fromEntries(Object.entries(tinySuite(...ids)).map(([path, text]) => [`tasks/tiny/${path}`, text]));
  folder.write({ "models.yaml": MODELS, ...suite });
}

type TrialRow = { readonly task: string; readonly arm: string; readonly attempt: number; readonly passed: number };

function query<Row>(folder: TempFolder, sql: string): readonly Row[] {
  const database = new Database(folder.at("results/bench.db"), { readonly: true });
  try {
    return database.prepare(sql).all() as Row[];
  } finally {
    database.close();
  }
}

const containersOf = async (runId: string): Promise<number> =>
  (await new Docker().listContainers({ all: true, filters: { label: [`bench.run=${runId}`] } })).length;
const runIdIn = (stderr: string): string => /Run (\S+):/.exec(stderr)?.[1] ?? "none";

test("a run grades every model on every task, and every command reads its results", async () => {
  using folder = new TempFolder();
  project(folder, "add", "plus");

  const end = await runCli(["run", "--json"], { cwd: folder.path });
  const report = JSON.parse(end.stdout) as {
    arms: { name: string; passed: number; graded: number; errors: number; scripted: boolean; costUsd: number | null }[];
  };

  expect(end.code).toBe(0);
  expect(end.stderr).toContain("Left out: keyed (OPENAI_API_KEY is not set)");
  expect(report.arms).toMatchObject([
    { name: "oracle", passed: 2, graded: 2, errors: 0, scripted: true },
    { name: "flawed", passed: 0, graded: 2, errors: 0, scripted: true, costUsd: null },
  ]);
  expect(report.arms[0]?.costUsd).toBeGreaterThan(0);
  expect(await containersOf(runIdIn(end.stderr))).toBe(0);

  const listed = JSON.parse((await runCli(["list", "--json"], { cwd: folder.path })).stdout) as {
    id: string;
    end: string;
    graded: number;
  }[];
  expect(listed).toMatchObject([{ id: runIdIn(end.stderr), end: "complete", graded: 4 }]);

  const shownReport = await runCli(["report"], { cwd: folder.path });
  expect(shownReport.stdout).toMatch(/oracle\*\s+100\.0 %/);
  expect(shownReport.stdout).toContain("scripted, not a language model");
  expect(shownReport.stdout).toMatch(/add\s+1\/1\s+0\/1/);

  const failed = query<{ id: number }>(folder, "select id from v_trials where arm = 'flawed' order by id limit 1")[0]?.id;
  const shown = await runCli(["show", String(failed)], { cwd: folder.path });
  expect(shown.stdout).toContain("Write `add(a, b)` in add.py");
  expect(shown.stdout).toContain("failed (tests-failed)");
  expect(shown.stdout).toMatch(/> (edit_file|write_file)/);

  expect(query(folder, "select arm, pass_rate from v_pass_rate order by pass_rate desc")).toEqual([
    { arm: "oracle", pass_rate: 1 },
    { arm: "flawed", pass_rate: 0 },
  ]);
});

test("a run that was killed is resumed: every trial runs once, and no finished one again", async () => {
  using folder = new TempFolder();
  const ids = ["a", "b", "c", "d"];
  project(folder, ...ids);
  const killed = startCli(["run", "--concurrency", "2"], { cwd: folder.path });
  await killed.until((stderr) => stderr.includes("[3/8]"));
  killed.child.kill("SIGKILL");
  const runId = runIdIn((await killed.end).stderr);
  const before = query<{ id: number; execution_id: number }>(folder, "select id, execution_id from trials order by id");

  const resumed = await runCli(["run", "--resume", runId], { cwd: folder.path });

  expect(before.length).toBeGreaterThanOrEqual(3);
  expect(before.length).toBeLessThan(8);
  expect(resumed.code).toBe(0);
  const rows = query<TrialRow>(folder, "select task, arm, attempt, passed from v_trials order by task, arm desc");
  expect(rows).toEqual(
    ids.flatMap((task) => [
      { task, arm: "oracle", attempt: 1, passed: 1 },
      { task, arm: "flawed", attempt: 1, passed: 0 },
    ]),
  );
  expect(query(folder, "select id, execution_id from trials order by id").slice(0, before.length)).toEqual(before);
  expect(query(folder, "select id from executions where ended is null")).toEqual([]);
  expect(await containersOf(runId)).toBe(0);
});

test("Ctrl-C ends a run cleanly and prints the command that resumes it", async () => {
  using folder = new TempFolder();
  project(folder, "a", "b", "c", "d");
  const running = startCli(["run", "--concurrency", "2"], { cwd: folder.path });
  await running.until((stderr) => stderr.includes("[2/8]"));
  running.child.kill("SIGINT");
  const end = await running.end;
  const runId = runIdIn(end.stderr);

  expect(end.code).toBe(130);
  expect(end.stderr).toContain(`Resume with: bench run --resume ${runId}`);
  expect(await containersOf(runId)).toBe(0);
  expect(query<{ ended: string }>(folder, "select ended from runs")).toEqual([{ ended: "interrupted" }]);
  // What was under way is left to be gone on with, and says why.
  expect(query(folder, "select distinct reason from executions where ended is null")).toEqual([{ reason: "interrupted" }]);

  const resumed = await runCli(["run", "--resume", runId], { cwd: folder.path });
  expect(resumed.code).toBe(0);
  expect(query(folder, "select id from executions where ended is null")).toEqual([]);
  expect(query<{ n: number }>(folder, "select count(*) as n from trials where outcome = 'graded'")[0]?.n).toBe(8);
});

test("a terminal that is closed ends a run as Ctrl-C does: no container is left, and it can be resumed", async () => {
  using folder = new TempFolder();
  project(folder, "a", "b", "c", "d");
  const running = startOnTerminal(["run", "--concurrency", "2"], { cwd: folder.path });
  await running.until((shown) => shown.includes("2/8"));
  const runId = query<{ id: string }>(folder, "select id from runs")[0]?.id ?? "";
  running.child.kill("SIGKILL");

  await until(() => query<{ ended: string | null }>(folder, "select ended from runs")[0]?.ended !== null);
  expect(query(folder, "select ended from runs")).toEqual([{ ended: "interrupted" }]);
  await until(async () => (await containersOf(runId)) === 0);
  expect((await runCli(["run", "--resume", runId], { cwd: folder.path })).code).toBe(0);
});

test("a resumed run refuses flags and files that would change what it measures", async () => {
  using folder = new TempFolder();
  project(folder, "add");
  const runId = runIdIn((await runCli(["run", "--model", "oracle", ...QUICK_SANDBOX], { cwd: folder.path })).stderr);

  const flag = await runCli(["run", "--resume", runId, "--attempts", "5"], { cwd: folder.path });
  expect(flag).toMatchObject({
    code: 2,
    stderr: `bench: Cannot resume run "${runId}" with --attempts 5: it was started with --attempts 1, and another value would change what it measures; omit the flag, or start a new run\n`,
  });

  folder.write({ "tasks/tiny/add/prompt.md": "Something else." });
  const changed = await runCli(["run", "--resume", runId], { cwd: folder.path });
  expect(changed.code).toBe(2);
  expect(changed.stderr).toContain('task "add" has changed or was removed since it started');
});

test("a task whose reference does not pass is an error of the task and does not count against the model", async () => {
  using folder = new TempFolder();
  project(folder, "add", "sound");
  folder.write({ "tasks/tiny/add/solution/add.py": "def add(a, b):\n    return a - b\n" });

  const end = await runCli(["run", "--model", "oracle", ...QUICK_SANDBOX], { cwd: folder.path });

  expect(end.code).toBe(2);
  expect(end.stderr).toMatch(
    /\nTask "add" was not graded: Cannot learn the tests of task "add" \(.*\): its reference solution does not pass, .*; "bench check" tells more\n/,
  );
  expect(end.stderr).not.toContain("Resume with");
  expect(query(folder, "select task, outcome, passed, error_source, iterations from v_trials order by task")).toEqual([
    { task: "add", outcome: "error", passed: null, error_source: "task", iterations: 0 },
    { task: "sound", outcome: "graded", passed: 1, error_source: null, iterations: expect.any(Number) },
  ]);
  expect(end.stdout).toContain("Errors are failures of the harness, a provider, the configuration or the task");
});

// The program "script" makes the terminal; its flags are those of Linux.
test.skipIf(process.platform !== "linux")("Ctrl-C on a terminal ends a run as cleanly as through a pipe", async () => {
  using folder = new TempFolder();
  project(folder, "a", "b", "c", "d");
  const running = startOnTerminal(["run", "--concurrency", "2"], { cwd: folder.path });
  await running.until((screen) => / [2-7]\/8/.test(screen));
  running.child.stdin?.write("\u0003");
  const { stdout } = await running.end;
  const runId = /bench run --resume (\S+)/.exec(stdout)?.[1] ?? "none";

  expect(stdout).toContain("Stopping:");
  expect(stdout.replace(/\s+/g, " ")).toContain(
    "tasks not finished; it stopped: interrupted with Ctrl-C (SIGINT); resume with: bench run --resume",
  );
  expect(query<{ id: string; ended: string }>(folder, "select id, ended from runs")).toEqual([{ id: runId, ended: "interrupted" }]);
  // What was under way is left to be gone on with, and says why.
  expect(query(folder, "select distinct reason from executions where ended is null")).toEqual([{ reason: "interrupted" }]);
  expect(await containersOf(runId)).toBe(0);
});

test("a run that another process executes cannot be resumed", async () => {
  using folder = new TempFolder();
  project(folder, "a", "b", "c", "d");
  const running = startCli(["run", "--concurrency", "1", ...QUICK_SANDBOX], { cwd: folder.path });
  await running.until((stderr) => stderr.includes("[1/8]"));

  const second = await runCli(["run", "--resume", "latest"], { cwd: folder.path });
  running.child.kill("SIGINT");
  await running.end;

  expect(second.code).toBe(2);
  // What is taken from the database is said first.
  expect(second.stderr.trim().split("\n").at(-1)).toMatch(
    /^bench: Cannot resume run "\S+": another process is running it; wait for it to end, or stop it first$/,
  );
});

test("tests that change during a run are noticed and their results are not mixed", async () => {
  using folder = new TempFolder();
  project(folder, "a", "b");
  const running = startCli(["run", "--attempts", "4", "--concurrency", "1", "--grading", "1", ...QUICK_SANDBOX], { cwd: folder.path });
  await running.until((stderr) => stderr.includes("[2/16]"));
  folder.write({ "tasks/tiny/b/tests/test_add.py": "def test_sum():\n    assert True\n" });
  const end = await running.end;

  expect(end.code).toBe(2);
  expect(end.stderr).toMatch(/Task "b" was not graded: .*tests": it has changed since the run began/);
  expect(query(folder, "select distinct outcome, passed from v_trials where task = 'a' and arm = 'oracle'")).toEqual([
    { outcome: "graded", passed: 1 },
  ]);
  expect(
    query<{ n: number }>(folder, "select count(*) as n from v_trials where outcome = 'error' and error_source = 'task'")[0]?.n,
  ).toBeGreaterThan(0);
});
