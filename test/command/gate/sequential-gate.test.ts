import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CliEnd, QUICK_SANDBOX, runCli, startCli, startOnTerminal } from "../../fixtures/cli.ts";
import { git, runGateStep } from "../../fixtures/gate-step.ts";
import { TempFolder, tinySuite } from "../../fixtures/temp-folder.ts";

const MODELS =
  "models:\n  - {name: prompt-directed, api: scripted, model: prompt-directed, price: {input: 1, output: 4, cache_read: 0.1}}\n";
const TASKS = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
// Several dozen trials on a busy machine.
const PATIENCE = { timeout: 300_000 };

function project(folder: TempFolder): void {
  const suite = Object.fromEntries(Object.entries(tinySuite(...TASKS)).map(([path, text]) => [`tasks/tiny/${path}`, text]));
  folder.write({
    "models.yaml": MODELS,
    ...suite,
    "base.md": "Solve the task.\n",
    "kind.md": "Solve the task, please.\n",
    "worse.md": "Solve the task.\n\n[behavior: flawed]\n",
    "same.md": "Solve the task.\n\n",
  });
}

const gate = (folder: TempFolder, ...args: readonly string[]): ReturnType<typeof runCli> =>
  runCli(["gate", "--sequential", "--yes", ...QUICK_SANDBOX, ...args], { cwd: folder.path });

function count(folder: TempFolder, sql: string): number {
  const database = new Database(folder.at("results/bench.db"), { readonly: true });
  try {
    return database.prepare(sql).pluck().get() as number;
  } finally {
    database.close();
  }
}

/** A project whose gate has failed. */
let failed: TempFolder;
let end: CliEnd;

beforeAll(async () => {
  failed = new TempFolder();
  project(failed);
  end = await gate(failed, "--prompt", "base.md", "--prompt", "worse.md", "--attempts", "2", "--output", "comment.md");
}, PATIENCE.timeout);
afterAll(() => failed[Symbol.dispose]());

test("a prompt made worse fails after the first round, says what that saved and leaves a readable comment", () => {
  expect(end.code).toBe(1);
  expect(end.stdout).toContain("is not excluded (exit code 1)");
  expect(end.stdout).toMatch(/20 of 40 trials.* 20 saved/);
  expect(readFileSync(failed.at("comment.md"), "utf8")).toContain("### ❌ Fail: prompt-directed+worse passes ");
  expect(count(failed, "select count(*) from trials")).toBe(20);
  expect(count(failed, "select rounds from runs")).toBe(1);
});

test(
  "an unchanged behaviour passes with a wide margin, is inconclusive with a narrow one, and nothing is paid for twice",
  PATIENCE,
  async () => {
    using folder = new TempFolder();
    project(folder);

    const wide = await gate(folder, "--prompt", "base.md", "--prompt", "kind.md", "--attempts", "2", "--max-drop", "50pp");
    const narrow = await gate(folder, "--reuse", "--prompt", "base.md", "--prompt", "kind.md", "--attempts", "2", "--max-drop", "3pp");

    expect(wide.code).toBe(0);
    expect(wide.stdout).toMatch(
      /\nPASS: prompt-directed\+kind passes as often as prompt-directed\+base .*: a drop of 50.0 points or more is excluded \(exit code 0\)\n/,
    );
    expect(narrow.code).toBe(3);
    expect(narrow.stdout).toContain("CANNOT TELL");
    const paid = count(folder, "select count(*) from trials where reused_from is null");
    expect(paid).toBe(40);
    expect(narrow.stderr).toContain("Reused 20 of 40 trials from earlier runs");
  },
);

test("two files of one content are one arm: the gate passes and runs nothing", async () => {
  using folder = new TempFolder();
  project(folder);

  const end = await gate(folder, "--prompt", "base.md", "--prompt", "same.md", "--attempts", "2", "--output", "comment.md");

  expect(end.code).toBe(0);
  expect(end.stderr).toContain("same.md has the same content as base.md: it is run only once");
  expect(end.stdout).toContain("nothing was run");
  expect(readFileSync(folder.at("comment.md"), "utf8")).toContain("### ✅ Pass");
  expect(count(folder, "select count(*) from runs")).toBe(0);
});

test("a killed gate resumes under its preregistered terms, which may not change", PATIENCE, async () => {
  using folder = new TempFolder();
  project(folder);
  const killed = startCli(
    [
      "gate",
      "--sequential",
      "--yes",
      "--prompt",
      "base.md",
      "--prompt",
      "worse.md",
      "--attempts",
      "2",
      "--concurrency",
      "1",
      ...QUICK_SANDBOX,
    ],
    { cwd: folder.path },
  );
  await killed.until((stderr) => stderr.includes("[4/40]"));
  killed.child.kill("SIGKILL");
  const runId = /Run (\S+):/.exec((await killed.end).stderr)?.[1] ?? "none";

  const changed = await runCli(["gate", "--resume", runId, "--max-drop", "20pp"], { cwd: folder.path });
  const resumed = await runCli(["gate", "--resume", runId], { cwd: folder.path });

  expect(changed.code).toBe(2);
  expect(changed.stderr).toContain("--max-drop would change the terms that were fixed");
  expect(resumed.code).toBe(1);
  expect(resumed.stdout).toContain("FAIL: prompt-directed+worse passes ");
  expect(count(folder, "select count(*) from trials where outcome = 'graded'")).toBe(20);
});

test("trials run for a gate are decided by that gate's own bounds at any time, and by no others", PATIENCE, async () => {
  const cwd = failed.path;

  const again = await runCli(["gate", "worse", "--baseline", "base"], { cwd });
  const other = await runCli(["gate", "worse", "--baseline", "base", "--max-drop", "50pp"], { cwd });
  const swapped = await runCli(["gate", "base", "--baseline", "worse"], { cwd });
  const plain = await runCli(["run", "--resume", "latest"], { cwd });

  expect(again.code).toBe(1);
  expect(again.stdout).toMatch(/20 of 40 trials.* 20 saved/);
  expect(other.stderr).toContain("with --max-drop: it was run for a gate whose terms were fixed before it started");
  expect(swapped.stderr).toContain("its own gate stopped it after 1 of 2 attempts, so it is not a fair sample for another");
  expect(plain.stderr).toContain("it belongs to a sequential gate; resume that with: bench gate --resume");
  expect([other.code, swapped.code, plain.code]).toEqual([2, 2, 2]);
});

test("a gate that is declined on the terminal does not pass", PATIENCE, async () => {
  using folder = new TempFolder();
  project(folder);
  folder.write({
    "dear.yaml":
      "models:\n  - {name: dear, api: openai-chat, model: m, base_url: 'http://127.0.0.1:9', api_key_env: null, price: {input: 1000, output: 1000}}\n",
  });
  const asked = startOnTerminal(
    ["gate", "--sequential", "--models", "dear.yaml", "--prompt", "base.md", "--prompt", "worse.md", "--attempts", "2"],
    { cwd: folder.path },
  );
  await asked.until((shown) => shown.includes("[y/N]"));
  asked.child.stdin?.write("n\n");

  expect((await asked.end).code).toBe(130);
  expect(count(folder, "select count(*) from runs")).toBe(0);
});

test("a sequential gate against a stored baseline runs only the candidate", PATIENCE, async () => {
  using folder = new TempFolder();
  project(folder);
  await runCli(["run", "--yes", "--prompt", "base.md", ...QUICK_SANDBOX], { cwd: folder.path });
  await runCli(["baseline", "save", "release"], { cwd: folder.path });

  const tighter = await gate(folder, "--baseline", "release", "--prompt", "worse.md", "--attempts", "2", "--max-iterations", "10");
  const end = await gate(folder, "--baseline", "release", "--prompt", "base.md", "--prompt", "worse.md", "--attempts", "2");

  expect(tighter.code).toBe(2);
  expect(tighter.stderr).toContain("they would differ in limits.maxIterations (20 against 10)");
  expect(end.code).toBe(1);
  expect(end.stdout).toContain("FAIL: prompt-directed+worse passes ");
  expect(count(folder, "select count(*) from trials")).toBe(20);
});

test.for([
  {
    title: "a single arm",
    args: ["--prompt", "base.md", "--attempts", "2"],
    says: "there is only one arm; give two --prompt, two --overlay or two --model",
  },
  { title: "a single round", args: ["--prompt", "base.md", "--prompt", "worse.md", "--attempts", "1"], says: "use --attempts 2 to 5" },
  {
    title: "a level without bounds",
    args: ["--prompt", "base.md", "--prompt", "worse.md", "--attempts", "3", "--alpha", "0.03"],
    says: "no bounds are known",
  },
  {
    title: "several candidates",
    args: ["--prompt", "base.md", "--prompt", "worse.md", "--prompt", "kind.md", "--attempts", "2"],
    says: "there are several candidates",
  },
  {
    title: "an unknown baseline",
    args: ["--baseline", "nobody", "--prompt", "base.md", "--attempts", "2"],
    says: 'Cannot gate against "nobody"',
  },
  {
    title: "a margin that so few trials cannot show",
    args: ["--mode", "non-inferiority", "--max-drop", "1pp", "--prompt", "base.md", "--prompt", "kind.md", "--attempts", "2"],
    says: "Cannot show that --max-drop 1.0pp is kept",
  },
])("a sequential gate refuses $title in one line and runs nothing", async ({ args, says }) => {
  using folder = new TempFolder();
  project(folder);
  const end = await gate(folder, ...args);

  expect(end.code).toBe(2);
  expect(end.stderr).toContain(says);
  expect(end.stderr.trim().split("\n")).toHaveLength(1);
  expect(existsSync(folder.at("results/bench.db")) ? count(folder, "select count(*) from runs") : 0).toBe(0);
});

// In the usual sandboxes, as a user of the action has them.
test(
  "the GitHub Action's script gates the prompt of one commit against another's and leaves comment, summary and outputs",
  PATIENCE,
  async () => {
    using folder = new TempFolder();
    project(folder);
    folder.write({ ".gitignore": "*\n!prompts\n!prompts/*\n", "prompts/agent.md": "Solve the task.\n" });
    await git(folder.path, "init", "-q", "-b", "main");
    await git(folder.path, "add", "prompts");
    await git(folder.path, "commit", "-qm", "base");
    folder.write({ "prompts/agent.md": "Solve the task.\n\n[behavior: flawed]\n" });
    await git(folder.path, "commit", "-qam", "head");
    folder.write({ "prompts/agent.md": "Only in the working tree.\n" });
    const { DOCKER_HOST } = process.env;

    const env = {
      ...(DOCKER_HOST ? { DOCKER_HOST } : {}),
      HOME: folder.at("first"),
      BENCH_PROMPT: "prompts/agent.md",
      BENCH_MODELS: "models.yaml",
      BENCH_MODEL: "prompt-directed",
      BENCH_BASE_REF: "main~1",
      BENCH_ATTEMPTS: "2",
      GITHUB_STEP_SUMMARY: folder.at("summary.md"),
    };
    const end = await runGateStep(folder, folder.path, env);

    expect(end.status).toBe(1);
    expect(end.output).toContain("exit-code=1");
    const comment = readFileSync(/^comment=(.*)$/m.exec(end.output)?.[1] ?? "", "utf8");
    expect(comment).toContain("❌ Fail: prompt-directed+head passes ");
    expect(comment).toBe(`<!-- bench gate of prompts/agent.md -->\n${readFileSync(folder.at("summary.md"), "utf8")}`);
    const [, reports = ""] = /^reports=(.*)\/report\.\*$/m.exec(end.output) ?? [];
    expect(existsSync(join(reports, "report.html"))).toBe(true);
    expect(statSync(reports).mode & 0o777).toBe(0o700);

    // A fresh machine that got the database from a cache: a user there is asked about it, and the action has decided.
    const fresh = { HOME: folder.at("home"), XDG_CONFIG_HOME: folder.at("home/.config") };
    const typed = await runCli(["gate", "--sequential", "--yes", "--prompt", "base.md", "--prompt", "worse.md", "--attempts", "2"], {
      cwd: folder.path,
      env: fresh,
    });
    const again = await runGateStep(folder, folder.path, { ...env, ...fresh });
    expect(typed.stderr).toContain('Cannot write to "results/bench.db", which was not made here: this is not allowed yet');
    expect([again.status, again.stderr]).toEqual([1, expect.stringMatching(/Reused 20 of \d+ trials from earlier runs/)]);
  },
);

test("the GitHub Action's script gates AGENTS.md of one commit against another's, and names what made it worse", PATIENCE, async () => {
  using folder = new TempFolder();
  project(folder);
  folder.write({ ".gitignore": "*\n!AGENTS.md\n", "AGENTS.md": "Run the tests.\n" });
  await git(folder.path, "init", "-q", "-b", "main");
  await git(folder.path, "add", "AGENTS.md");
  await git(folder.path, "commit", "-qm", "base");
  folder.write({ "AGENTS.md": "Run no tests.\n\n[behavior: flawed]\n" });
  await git(folder.path, "commit", "-qam", "head");
  const { DOCKER_HOST } = process.env;

  const end = await runGateStep(folder, folder.path, {
    ...(DOCKER_HOST ? { DOCKER_HOST } : {}),
    HOME: folder.at("home"),
    BENCH_OVERLAY: "AGENTS.md",
    BENCH_MODELS: "models.yaml",
    BENCH_MODEL: "prompt-directed",
    BENCH_BASE_REF: "main~1",
    BENCH_ATTEMPTS: "2",
  });

  expect(end.status).toBe(1);
  const comment = readFileSync(/^comment=(.*)$/m.exec(end.output)?.[1] ?? "", "utf8");
  expect(comment).toContain("<!-- bench gate of AGENTS.md -->");
  expect(comment).toContain("❌ Fail: prompt-directed+head passes ");
});
