import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { type CliEnd, runCli } from "../fixtures/cli.ts";
import { git, runProgram } from "../fixtures/gate-step.ts";
import { TempFolder, tinySuite } from "../fixtures/temp-folder.ts";
import { IS_FULL } from "./counted-run.ts";
import { canTrace, readTrace, type Trace, underTrace } from "./traced.ts";

// A clone of a stranger's repository, in which people then type what the README shows.
const ROOT = join(import.meta.dirname, "../..");
const CANARY = "canary-51c7e0";
const MODELS = "models:\n  - {name: nop, api: scripted, model: nop}\n";
const TASK = "tasks/tiny/add";

/** Programs that the command line may start: itself and git. */
const EXPECTED_PROGRAMS = [/^"[^"]*\/node", /, /^"[^"]*\/git", \["git", "--no-optional-locks", "-c", "core.fsmonitor=false"/];
/** The engine. */
const EXPECTED_ADDRESSES = /AF_UNIX, sun_path="[^"]*docker[^"]*"/;
const SYSTEM = /^(\/usr\/|\/lib|\/etc\/|\/proc\/|\/sys\/|\/dev\/(null|u?random)$|pipe:|socket:|anon_inode:)/;

type Spoiled = {
  readonly title: string;
  readonly commands: readonly string[];
  readonly spoil: (at: string, outside: string) => void;
};

const SPOILED: readonly Spoiled[] = [
  {
    title: "a prompt that is a link",
    commands: ["check", "plan", "run"],
    spoil: (at, outside) => link(join(at, TASK, "prompt.md"), join(outside, "canary")),
  },
  { title: "a task that is a link", commands: ["check"], spoil: (at, outside) => link(join(at, TASK), join(outside, "task")) },
  { title: "a suite that is a link", commands: ["plan"], spoil: (at, outside) => link(join(at, "tasks/tiny"), outside) },
  { title: "a task.yaml that is an endless device", commands: ["check"], spoil: (at) => link(join(at, TASK, "task.yaml"), "/dev/zero") },
  { title: "a prompt that is a pipe", commands: ["check", "run"], spoil: (at) => pipe(join(at, TASK, "prompt.md")) },
  { title: "hidden tests that are a link", commands: ["check"], spoil: (at, outside) => link(join(at, TASK, "tests"), outside) },
  { title: "a file of the workspace that is a pipe", commands: ["check"], spoil: (at) => pipe(join(at, TASK, "workspace/add.py")) },
  {
    title: "a models.yaml that is a link",
    commands: ["plan", "run"],
    spoil: (at, outside) => link(join(at, "models.yaml"), join(outside, "canary")),
  },
  { title: "a models.yaml that is a pipe", commands: ["plan"], spoil: (at) => pipe(join(at, "models.yaml")) },
  { title: "a database that is a pipe", commands: ["report", "show"], spoil: (at) => pipe(join(at, "results/bench.db")) },
  { title: "a database that is a device", commands: ["report"], spoil: (at) => link(join(at, "results/bench.db"), "/dev/zero") },
];

function link(path: string, target: string): void {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}

function pipe(path: string): void {
  rmSync(path, { force: true });
  mkdirSync(dirname(path), { recursive: true });
  execFileSync("mkfifo", [path]);
}

const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  check: ["check"],
  plan: ["plan"],
  run: ["run", "--yes", "--task", "none"],
  report: ["report"],
  show: ["show", "1"],
};

/** A clone whose git configuration asks for a program, beside files that are none of its business. */
async function hostileClone(folder: TempFolder): Promise<string> {
  const at = folder.at("clone");
  const suite = Object.fromEntries(Object.entries(tinySuite("add")).map(([path, text]) => [`clone/tasks/tiny/${path}`, text]));
  folder.write({
    ...suite,
    "clone/models.yaml": MODELS,
    "outside/canary": CANARY,
    "outside/task/task.yaml": CANARY,
    "home/.keep": "",
    "tmp/.keep": "",
  });
  folder.write({ "clone/evil.sh": `#!/bin/sh\nenv >'${folder.at("ran")}'\n` });
  chmodSync(join(at, "evil.sh"), 0o755);
  await git(at, "init", "-q");
  await git(at, "add", ".");
  await git(at, "commit", "-qm", "clone me");
  await git(at, "config", "core.fsmonitor", join(at, "evil.sh"));
  return at;
}

async function traced(
  folder: TempFolder,
  args: readonly string[],
  cwd = folder.at("clone"),
): Promise<{ readonly end: CliEnd; readonly trace: Trace }> {
  const { DOCKER_HOST } = process.env;
  const env = {
    HOME: folder.at("home"),
    XDG_CONFIG_HOME: folder.at("home/.config"),
    TMPDIR: folder.at("tmp"),
    OPENAI_API_KEY: CANARY,
    ...(DOCKER_HOST ? { DOCKER_HOST } : {}),
  };
  const end = await runCli(args, { cwd, env, under: underTrace(folder) });
  return { end, trace: readTrace(folder) };
}

/** What a traced program did beyond what the page on security lists. */
function excesses(folder: TempFolder, { started, connected, opened }: Trace): readonly string[] {
  const own = ["clone", "home", "tmp"].map((name) => `${folder.path}/${name}`);
  const isOwn = (path: string): boolean => [...own, ROOT].some((one) => path === one || path.startsWith(`${one}/`));
  return [
    ...started.filter((program) => !EXPECTED_PROGRAMS.some((expected) => expected.test(program))).map((program) => `started ${program}`),
    ...connected.filter((address) => !EXPECTED_ADDRESSES.test(address)).map((address) => `connected to ${address}`),
    ...opened.filter((path) => !isOwn(path) && !SYSTEM.test(path) && path !== "/").map((path) => `opened ${path}`),
  ];
}

const needsTrace = { skip: !canTrace(), timeout: 300_000 };

test("the trace shows a program that is started, an address and a file outside", needsTrace, async () => {
  using folder = new TempFolder();
  const at = await hostileClone(folder);
  link(join(at, "prompt.md"), folder.at("outside/canary"));
  const source =
    'require("fs").readFileSync("prompt.md"); require("net").connect(9, "127.0.0.1").on("error", () => {}); require("child_process").spawnSync("git", ["status"]);';

  await runProgram([...underTrace(folder), process.execPath, "-e", source], { cwd: at });

  expect(existsSync(folder.at("ran"))).toBe(true);
  expect(excesses(folder, readTrace(folder))).toEqual(
    expect.arrayContaining([
      expect.stringContaining(`started "${join(at, "evil.sh")}"`),
      expect.stringMatching(/^connected to .*htons\(9\)/),
      `opened ${folder.at("outside/canary")}`,
    ]),
  );
});

// The commands load suites, models and databases by the same functions; the first one of each is tried in every test run.
test.for(SPOILED.flatMap((one) => one.commands.slice(0, IS_FULL ? undefined : 1).map((command) => ({ ...one, command }))))(
  "bench $command in a checkout with $title ends in one line and reaches nothing outside",
  needsTrace,
  async ({ command, spoil }) => {
    using folder = new TempFolder();
    spoil(await hostileClone(folder), folder.at("outside"));

    const { end, trace } = await traced(folder, ARGUMENTS[command] ?? []);

    expect(end.code).toBe(2);
    expect(end.stderr.trim().split("\n")).toHaveLength(1);
    expect(end.stdout + end.stderr).not.toContain(CANARY);
    expect(excesses(folder, trace)).toEqual([]);
    expect(existsSync(folder.at("ran"))).toBe(false);
  },
);

test.for([
  { title: "its top", inner: "." },
  { title: "a bare repository that it contains", inner: "inner" },
])("bench run in $title starts git alone, which starts nothing", needsTrace, async ({ inner }) => {
  using folder = new TempFolder();
  const at = await hostileClone(folder);
  if (inner !== ".") {
    await git(at, "init", "-q", "--bare", inner);
    for (const [name, value] of Object.entries({ "core.fsmonitor": join(at, "evil.sh"), "core.bare": "false", "core.worktree": at }))
      await git(at, "--git-dir", join(at, inner), "config", name, value);
    for (const name of ["tasks", "models.yaml"]) renameSync(join(at, name), join(at, inner, name));
  }
  await runProgram(["git", "status"], { cwd: join(at, inner) });
  expect(existsSync(folder.at("ran"))).toBe(true);
  rmSync(folder.at("ran"));

  const { end, trace } = await traced(folder, ["run", "--yes"], join(at, inner));

  expect(end.stderr).toContain("[1/1] fail");
  expect(trace.started.some((program) => program.includes('/git"'))).toBe(true);
  expect(excesses(folder, trace)).toEqual([]);
  expect(existsSync(folder.at("ran"))).toBe(false);
});

test.for([
  { title: "a plain http address", address: "http://198.51.100.7/v1" },
  { title: "a host that is not the vendor's", address: "https://api.openai.example/v1" },
  { title: "the metadata service of a cloud", address: "http://169.254.169.254/latest" },
])("a models.yaml that sends a key to $title connects to nothing", needsTrace, async ({ address }) => {
  using folder = new TempFolder();
  await hostileClone(folder);
  const entry = `{name: m, api: openai-chat, model: m, base_url: "${address}", api_key_env: OPENAI_API_KEY, price: {input: 1, output: 1}}`;
  folder.write({ "clone/models.yaml": `models:\n  - ${entry}\n` });

  const { end, trace } = await traced(folder, ["run", "--yes"]);

  expect(end.code).toBe(2);
  expect(end.stderr.trim().split("\n")).toHaveLength(1);
  expect(end.stderr).not.toContain(CANARY);
  expect(excesses(folder, trace)).toEqual([]);
});
