import { existsSync } from "node:fs";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { QUICK_SANDBOX, runCli, startCli } from "../../fixtures/cli.ts";
import { TempFolder, tinySuite } from "../../fixtures/temp-folder.ts";

const MODELS = `models:
  - {name: prompt-directed, api: scripted, model: prompt-directed, price: {input: 1, output: 4, cache_read: 0.1}}
  - {name: oracle, api: scripted, model: oracle, price: {input: 1, output: 4, cache_read: 0.1}}
`;

function project(folder: TempFolder, ...ids: readonly string[]): void {
  const suite = Object.fromEntries(Object.entries(tinySuite(...ids)).map(([path, text]) => [`tasks/tiny/${path}`, text]));
  folder.write({
    "models.yaml": MODELS,
    ...suite,
    "prompts/short.md": "Solve the task.\n",
    "prompts/worse.md": "Solve the task.\n\n[behavior: flawed]\n",
    "prompts/copy.md": "Solve the task.\n\n",
  });
}

function query<Row>(folder: TempFolder, sql: string): readonly Row[] {
  const database = new Database(folder.at("results/bench.db"), { readonly: true });
  try {
    return database.prepare(sql).all() as Row[];
  } finally {
    database.close();
  }
}

const runIdIn = (stderr: string): string => /Run (\S+):/.exec(stderr)?.[1] ?? "none";
const bench = (folder: TempFolder, ...args: readonly string[]): ReturnType<typeof runCli> => runCli(args, { cwd: folder.path });
const run = (folder: TempFolder, ...args: readonly string[]): ReturnType<typeof runCli> => bench(folder, "run", ...QUICK_SANDBOX, ...args);

test("every model is run with every prompt, each content once, and the results distinguish the prompts", async () => {
  using folder = new TempFolder();
  project(folder, "add");
  const prompts = ["default", "prompts/short.md", "prompts/worse.md", "prompts/copy.md"].flatMap((path) => ["--prompt", path]);

  const end = await run(folder, ...prompts, "--tag", "nightly", "--tag", "prompts");

  expect(end.code).toBe(0);
  expect(end.stderr).toContain("prompts/copy.md has the same content as prompts/short.md: it is run only once");
  expect(query(folder, "select arm, prompt, pass_rate from v_pass_rate order by arm")).toEqual([
    { arm: "oracle+default", prompt: "default", pass_rate: 1 },
    { arm: "oracle+short", prompt: "short", pass_rate: 1 },
    { arm: "oracle+worse", prompt: "worse", pass_rate: 1 },
    { arm: "prompt-directed+default", prompt: "default", pass_rate: 1 },
    { arm: "prompt-directed+short", prompt: "short", pass_rate: 1 },
    { arm: "prompt-directed+worse", prompt: "worse", pass_rate: 0 },
  ]);
  expect(query(folder, "select tag from run_tags order by tag")).toEqual([{ tag: "nightly" }, { tag: "prompts" }]);
});

test("a run of several prompts that was killed is resumed with all of them", async () => {
  using folder = new TempFolder();
  project(folder, "a", "b", "c");
  const prompts = ["--prompt", "prompts/short.md", "--prompt", "prompts/worse.md"];
  const killed = startCli(["run", "--model", "prompt-directed", ...prompts, "--concurrency", "1", ...QUICK_SANDBOX], { cwd: folder.path });
  await killed.until((stderr) => stderr.includes("[2/6]"));
  killed.child.kill("SIGKILL");
  const runId = runIdIn((await killed.end).stderr);

  const resumed = await bench(folder, "run", "--resume", runId);

  expect(resumed.code).toBe(0);
  expect(query(folder, "select arm, sum(passed) as passed, count(*) as trials from v_trials group by arm order by arm")).toEqual([
    { arm: "prompt-directed+short", passed: 3, trials: 3 },
    { arm: "prompt-directed+worse", passed: 0, trials: 3 },
  ]);
});

test("a second run reuses finished trials, runs the rest, and pays for nothing twice", async () => {
  using folder = new TempFolder();
  project(folder, "add", "plus");
  const first = await run(folder, "--model", "prompt-directed", "--prompt", "prompts/short.md", "--attempts", "2");
  const prompts = ["--prompt", "prompts/copy.md", "--prompt", "prompts/worse.md"];

  const second = await run(folder, "--model", "prompt-directed", ...prompts, "--attempts", "3", "--reuse", "--json");

  expect([first.code, second.code]).toEqual([0, 0]);
  expect(second.stderr).toContain("Reused 4 of 12 trials from earlier runs");
  expect(second.stderr).toMatch(/Run \S+: 12 trials, 4 already done/);
  const { arms } = JSON.parse(second.stdout) as {
    arms: { name: string; graded: number; passed: number; costUsd: number; spentUsd: number }[];
  };
  expect(arms).toMatchObject([
    { name: "prompt-directed+copy", graded: 6, passed: 6 },
    { name: "prompt-directed+worse", graded: 6, passed: 0 },
  ]);
  expect(arms[0]?.spentUsd).toBeCloseTo((arms[0]?.costUsd ?? 0) / 3, 10);
  const reused = query<{ id: number; attempt: number }>(
    folder,
    "select id, attempt from v_trials where reused_from is not null order by task, attempt",
  );
  expect(reused.map(({ attempt }) => attempt)).toEqual([1, 2, 1, 2]);
  const shown = await bench(folder, "show", String(reused[0]?.id));
  expect(shown.stdout).toContain("Write `add(a, b)` in add.py");

  const again = await bench(folder, "run", "--resume", runIdIn(second.stderr));
  expect(again.code).toBe(0);
  expect(query(folder, "select count(*) as trials, count(reused_from) as reused from trials")).toEqual([{ trials: 16, reused: 4 }]);
});

test("a run that can reuse every trial runs nothing", async () => {
  using folder = new TempFolder();
  project(folder, "add");
  await run(folder, "--model", "oracle");

  const end = await run(folder, "--model", "oracle", "--reuse");

  expect(end.code).toBe(0);
  expect(end.stderr).toContain("Reused 1 of 1 trials");
  expect(end.stdout).toMatch(/oracle\*\s+100\.0 %/);
  expect(query(folder, "select ended, finished_at is not null as finished from runs")).toEqual([
    { ended: "complete", finished: 1 },
    { ended: "complete", finished: 1 },
  ]);
  expect(query(folder, "select count(*) as executions from executions")).toEqual([{ executions: 1 }]);
});

test("a prompt that is missing among several is refused before anything is stored", async () => {
  using folder = new TempFolder();
  project(folder, "add");

  const end = await run(folder, "--prompt", "prompts/short.md", "--prompt", "prompts/gone.md");

  expect(end).toMatchObject({ code: 2, stderr: 'bench: Cannot read "prompts/gone.md": there is no such file; check the path\n' });
  expect(existsSync(folder.at("results"))).toBe(false);
});
