import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { git, runGateStep } from "../fixtures/gate-step.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";

const CANARY = "sk-canary-3d1f";
const MAX_BYTES = 1_048_576;
const PROMPT = "prompts/agent.md";

/** A checkout whose first commit has a good prompt, and whose second has what `change` makes of it. */
async function checkout(folder: TempFolder, change: (at: string) => void, prompt = PROMPT): Promise<string> {
  const at = folder.at("checkout");
  folder.write({ "checkout/README.md": "about\n", canary: `${CANARY}\n` });
  mkdirSync(join(at, prompt, ".."), { recursive: true });
  writeFileSync(join(at, prompt), "Solve the task.\n");
  await git(at, "init", "-q");
  await git(at, "add", ".");
  await git(at, "commit", "-qm", "base");
  change(at);
  await git(at, "add", "--all", ".");
  await git(at, "commit", "-qm", "head");
  return at;
}

/** Puts a link in the place of a file or a folder; nothing without a target. */
function replaceByLink(path: string, target: string | null): void {
  rmSync(path, { recursive: true, force: true });
  if (target !== null) symlinkSync(target, path);
}

/** All that the step kept, in every file of its temporary folder. */
function kept(folder: TempFolder): string {
  const files = readdirSync(folder.at("runner"), { recursive: true, encoding: "utf8" }).map((name) => join(folder.at("runner"), name));
  return files.map((file) => (statSync(file).isFile() ? readFileSync(file, "utf8") : "")).join("\n");
}

test.for([
  {
    title: "a link to a file of the machine",
    change: (at: string) => replaceByLink(join(at, PROMPT), join(at, "../canary")),
    yields: CANARY,
    says: "it is a link in commit",
  },
  {
    title: "a link to the environment of the process that reads it",
    change: (at: string) => replaceByLink(join(at, PROMPT), "/proc/self/environ"),
    yields: "PATH=",
    says: "it is a link in commit",
  },
  {
    title: "in a folder that is a link",
    change: (at: string) => {
      mkdirSync(join(at, "../outside"));
      writeFileSync(join(at, "../outside/agent.md"), CANARY);
      replaceByLink(join(at, "prompts"), "../outside");
    },
    yields: CANARY,
    says: "has no such file",
  },
  {
    title: "larger than 1 MB",
    change: (at: string) => writeFileSync(join(at, PROMPT), "a".repeat(MAX_BYTES + 1)),
    yields: "a".repeat(MAX_BYTES + 1),
    says: `it has ${MAX_BYTES + 1} bytes in commit`,
  },
])("a prompt that is $title is refused in one line, and nothing of it is kept", async ({ change, yields, says }) => {
  using folder = new TempFolder();
  const at = await checkout(folder, change);
  expect(readFileSync(join(at, PROMPT), "utf8")).toContain(yields);

  const end = await runGateStep(folder, at, { BENCH_PROMPT: PROMPT, BENCH_BASE_REF: "HEAD~1", MODEL_KEY: CANARY });

  expect({ status: end.status, output: end.output }).toEqual({ status: 2, output: "exit-code=2\n" });
  expect(end.stderr).toContain(says);
  expect(end.stderr.trim().split("\n")).toHaveLength(1);
  expect(`${end.stdout}${end.stderr}${kept(folder)}`).not.toContain(CANARY);
  expect(readdirSync(folder.at("runner"))).toEqual(["output"]);
});

test.for([
  { title: "a folder", entry: "040000" },
  { title: "a submodule", entry: "160000" },
])("a prompt that is $title is refused in one line", async ({ title, entry }) => {
  using folder = new TempFolder();
  const at = await checkout(folder, () => writeFileSync(folder.at("checkout/README.md"), "changed\n"));
  await git(at, "rm", "-q", PROMPT);
  if (entry === "160000") await git(at, "update-index", "--add", "--cacheinfo", `160000,${await git(at, "rev-parse", "HEAD")},${PROMPT}`);
  else {
    folder.write({ [`checkout/${PROMPT}/x`]: "x\n" });
    await git(at, "add", ".");
  }
  await git(at, "commit", "-qm", "no file");

  const end = await runGateStep(folder, at, { BENCH_PROMPT: PROMPT, BENCH_BASE_REF: "HEAD~1" });

  expect(end).toMatchObject({ status: 2, output: "exit-code=2\n", prompts: null });
  expect(end.stderr).toMatch(new RegExp(`^bench gate: Cannot gate "${PROMPT}": it is ${title} in commit [0-9a-f]{40}; [^\n]*\n$`));
});

test.for([
  { prompt: "a b/my prompt.md" },
  { prompt: "-rf" },
  { prompt: "--exec=x.md" },
  { prompt: ":(top)README.md" },
  { prompt: "größe/*.md" },
  { prompt: "a-->b <!--.md" },
])("a prompt with the unusual name $prompt is taken from both commits as it is", async ({ prompt }) => {
  using folder = new TempFolder();
  const at = await checkout(folder, (path) => writeFileSync(join(path, prompt), "Solve it well.\n"), prompt);
  writeFileSync(join(at, prompt), `${CANARY}: only in the working tree\n`);

  const end = await runGateStep(folder, at, { BENCH_PROMPT: prompt, BENCH_BASE_REF: "HEAD~1" });

  expect(end.prompts).toEqual({ base: "Solve the task.\n", head: "Solve it well.\n" });
  expect(end.stderr).not.toContain("bench gate:");
});

test.for([
  { title: "a line end", prompt: "a\nexit-code=0\n::add-mask::x", says: "the path has a control character" },
  { title: "an escape sequence", prompt: "a\u001b]52;c;eA==\u0007.md", says: "the path has a control character" },
  { title: "a step outwards", prompt: "prompts/../../canary", says: "this is no path inside the repository" },
  { title: "the root", prompt: "/etc/passwd", says: "this is no path inside the repository" },
  { title: "nothing", prompt: "", says: 'neither the input "prompt" nor "overlay" is set' },
])("a path with $title is refused in one line, and adds no output and no command of its own", async ({ prompt, says }) => {
  using folder = new TempFolder();
  const at = await checkout(folder, (path) => writeFileSync(join(path, "README.md"), "changed\n"));

  const end = await runGateStep(folder, at, { BENCH_PROMPT: prompt, BENCH_BASE_REF: "HEAD~1" });

  expect(end).toMatchObject({ status: 2, output: "exit-code=2\n", prompts: null });
  expect(end.stderr).toContain(says);
  expect(end.stderr).toMatch(/^[ -~]+\n$/);
});

test.for([
  { input: "BENCH_BASE_REF", ref: "--upload-pack=touch x", says: "it is an option" },
  { input: "BENCH_BASE_REF", ref: "none\n::set-output name=exit-code::0", says: "use actions/checkout with fetch-depth: 0" },
  { input: "BENCH_HEAD_REF", ref: "-x", says: "it is an option" },
  { input: "BENCH_HEAD_REF", ref: "0".repeat(40), says: 'or set the input "head-ref"' },
  { input: "BENCH_BASE_REF", ref: "", says: "no base commit is known" },
])("the reference $ref of $input is refused in one line", async ({ input, ref, says }) => {
  using folder = new TempFolder();
  const at = await checkout(folder, (path) => writeFileSync(join(path, "README.md"), "changed\n"));

  const end = await runGateStep(folder, at, { BENCH_PROMPT: PROMPT, BENCH_BASE_REF: "HEAD~1", [input]: ref });

  expect(end).toMatchObject({ status: 2, output: "exit-code=2\n", prompts: null });
  expect(end.stderr).toContain(says);
  expect(end.stderr.trim().split("\n")).toHaveLength(1);
});

test("the runner is told to obey nothing that is printed in between, by a token that no earlier run had", async () => {
  using folder = new TempFolder();
  const at = await checkout(folder, (path) => writeFileSync(join(path, "README.md"), "changed\n"));
  const run = () =>
    runGateStep(folder, at, { BENCH_PROMPT: PROMPT, BENCH_BASE_REF: "HEAD~1", BENCH_MODELS: "\n::add-mask::a", GITHUB_ACTIONS: "true" });

  const [first, second] = [await run(), await run()];

  const [, token = ""] = /^::stop-commands::([0-9a-f]{32})\n/.exec(first.stdout) ?? [];
  expect(token).not.toBe("");
  expect(first.stdout.endsWith(`\n::${token}::\n`)).toBe(true);
  // What is printed to the other stream could arrive after the token that ends it.
  expect(first.stderr).toBe("");
  expect(second.stdout).not.toContain(token);
});

test("keys reach bench alone, and the token of the workflow only the fetch; a line that is no key is refused without being shown", async () => {
  using folder = new TempFolder();
  const at = await checkout(folder, (path) => writeFileSync(join(path, "README.md"), "changed\n"));
  const real = (name: string) => execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim();
  for (const name of ["git", "node"]) {
    const program = `#!/bin/sh\n/usr/bin/env >>'${folder.at(`${name}-environment`)}'\nexec '${real(name)}' "$@"\n`;
    folder.write({ [`bin/${name}`]: program });
    chmodSync(folder.at(`bin/${name}`), 0o755);
  }
  const run = (keys: string) =>
    runGateStep(folder, at, {
      PATH: `${folder.at("bin")}:${process.env["PATH"]}`,
      BENCH_PROMPT: PROMPT,
      BENCH_BASE_REF: "HEAD~1",
      BENCH_KEYS: keys,
      BENCH_GITHUB_TOKEN: "ghs_canary",
      C_KEY: CANARY,
    });

  const good = await run(`A_KEY=${CANARY}\n\nB_KEY=a=b\n`);
  const seen = { bench: readFileSync(folder.at("node-environment"), "utf8"), git: readFileSync(folder.at("git-environment"), "utf8") };
  const bad = await run(`${CANARY}\n`);

  expect(good.prompts).not.toBeNull();
  expect(seen.bench).toMatch(new RegExp(`^A_KEY=${CANARY}$`, "m"));
  expect(seen.bench).toMatch(/^B_KEY=a=b$/m);
  expect(seen.bench).not.toMatch(/ghs_canary|BENCH_KEYS/);
  expect(seen.git).toMatch(/^GIT_ALLOW_PROTOCOL=$/m);
  expect(seen.git).not.toMatch(/canary/);
  expect(bad).toMatchObject({ status: 2, output: "exit-code=2\n" });
  expect(bad.stderr).toMatch(/^bench gate: Cannot read the input "keys": a line is not NAME=value; [^\n]*\n$/);
  expect(bad.stderr).not.toContain(CANARY);
});

test("with keys whoever opened the pull request, the working tree must not be that of the pull request", async () => {
  using folder = new TempFolder();
  const at = await checkout(folder, (path) => writeFileSync(join(path, PROMPT), "Solve it well.\n"));
  const head = await git(at, "rev-parse", "HEAD");
  const run = () =>
    runGateStep(folder, at, {
      BENCH_PROMPT: PROMPT,
      BENCH_BASE_REF: `${head}~1`,
      BENCH_HEAD_REF: head,
      GITHUB_EVENT_NAME: "pull_request_target",
    });

  const atHead = await run();
  await git(at, "checkout", "-q", "HEAD~1");
  const atBase = await run();
  await git(at, "merge", "-q", "--no-ff", "-m", "merge", head);
  const atMerge = await run();

  expect([atHead.status, atMerge.status]).toEqual([2, 2]);
  expect(atHead.stderr).toContain("on pull_request_target the working tree must be that of the base branch");
  expect(atMerge.stderr).toBe(atHead.stderr);
  expect(atBase.prompts).toEqual({ base: "Solve the task.\n", head: "Solve it well.\n" });
});

test.for([
  { title: "a file of the checkout", files: { "results/bench.db": "forged" }, link: null, db: "", says: "it is a file of the repository" },
  {
    title: "a log beside it",
    files: { "x/my.db-wal": "forged" },
    link: null,
    db: "./x/../x/my.db",
    says: "it is a file of the repository",
  },
  { title: "a link", files: {}, link: "my.db", db: "my.db", says: "it is reached by a link" },
  { title: "a folder that is a link", files: {}, link: "results", db: "", says: "it is reached by a link" },
])("a database that is brought by the pull request as $title is refused", async ({ files, link, db, says }) => {
  using folder = new TempFolder();
  mkdirSync(folder.at("outside"));
  const at = await checkout(folder, (path) => {
    folder.write(Object.fromEntries(Object.entries(files).map(([name, text]) => [`checkout/${name}`, text])));
    if (link !== null) symlinkSync(folder.at("outside"), join(path, link));
    writeFileSync(join(path, "README.md"), "changed\n");
  });
  const env = { BENCH_PROMPT: PROMPT, BENCH_BASE_REF: "HEAD~1" };

  const end = await runGateStep(folder, at, { ...env, BENCH_DB: db });
  folder.write({ "checkout/results of earlier runs/my.db": "from a cache" });
  const restored = await runGateStep(folder, at, { ...env, BENCH_DB: "results of earlier runs/my.db" });

  expect(end).toMatchObject({ status: 2, output: "exit-code=2\n", prompts: null });
  expect(end.stderr).toContain(says);
  expect(end.stderr.trim().split("\n")).toHaveLength(1);
  expect(restored.prompts).not.toBeNull();
});
