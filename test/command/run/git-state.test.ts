import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, utimesSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import { gitState } from "../../../src/command/run/git-state.ts";
import { HOSTILE_FILES, plant } from "../../fixtures/hostile-file.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";

const CI_VARIABLES = ["GITHUB_HEAD_REF", "GITHUB_REF_NAME", "CI_COMMIT_REF_NAME"];

type Git = (...args: readonly string[]) => string;

/** Makes a repository with one commit on the branch better-prompt; the test ends with the environment as it was. */
function repository(folder: TempFolder): Git {
  const before = CI_VARIABLES.map((name) => [name, process.env[name]] as const);
  onTestFinished(() => {
    for (const [name, value] of before) setVariable(name, value);
  });
  for (const name of CI_VARIABLES) setVariable(name, undefined);
  const git: Git = (...args) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], { cwd: folder.path, encoding: "utf8" });
  folder.write({ "agent.md": "Work carefully.\n" });
  git("init", "--quiet");
  git("checkout", "--quiet", "-b", "better-prompt");
  git("add", "agent.md");
  git("commit", "--quiet", "--message", "prompt");
  return git;
}

function setVariable(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

test("the state of a repository is its commit, its branch and whether files have changed", async () => {
  using folder = new TempFolder();
  const git = repository(folder);
  const commit = git("rev-parse", "HEAD").trim();
  setVariable("GITHUB_REF_NAME", "not-asked");

  expect(await gitState(folder.path)).toEqual({ commit, dirty: false, branch: "better-prompt" });
  folder.write({ "agent.md": "Work fast.\n" });
  expect(await gitState(folder.path)).toEqual({ commit, dirty: true, branch: "better-prompt" });
});

test.for([
  { title: "none elsewhere", env: {}, branch: null },
  { title: "the one that GitHub names", env: { GITHUB_REF_NAME: "main" }, branch: "main" },
  { title: "that of a pull request", env: { GITHUB_REF_NAME: "7/merge", GITHUB_HEAD_REF: "theirs" }, branch: "theirs" },
  { title: "the pushed one where there is no pull request", env: { GITHUB_REF_NAME: "main", GITHUB_HEAD_REF: "" }, branch: "main" },
  { title: "the one that GitLab names", env: { CI_COMMIT_REF_NAME: "main" }, branch: "main" },
])("the branch of a detached checkout is $title", async ({ env, branch }) => {
  using folder = new TempFolder();
  repository(folder)("checkout", "--quiet", "--detach");
  for (const [name, value] of Object.entries(env)) setVariable(name, value);

  expect(await gitState(folder.path)).toMatchObject({ branch });
});

test.for([...HOSTILE_FILES])("a committed file that is now $title has changed, and is not read", async (hostile) => {
  using folder = new TempFolder();
  repository(folder);
  plant(hostile, folder.at("agent.md"));
  expect(hostile.harms(folder.at("agent.md"))).toBe(true);

  expect(await gitState(folder.path)).toMatchObject({ dirty: true });
});

test("a file that was only touched has not changed", async () => {
  using folder = new TempFolder();
  repository(folder);
  utimesSync(folder.at("agent.md"), new Date(0), new Date(0));

  expect(await gitState(folder.path)).toMatchObject({ dirty: false });
});

test("a staged change, a deleted file and a file in a subfolder count as changes", async () => {
  using folder = new TempFolder();
  const git = repository(folder);
  folder.write({ "prompts/other.md": "x\n" });
  git("add", "prompts");
  expect(await gitState(folder.path)).toMatchObject({ dirty: true });
  git("commit", "--quiet", "--message", "more");
  expect(await gitState(folder.at("prompts"))).toMatchObject({ dirty: false });
  rmSync(folder.at("agent.md"));
  expect(await gitState(folder.at("prompts"))).toMatchObject({ dirty: true });
});

describe("a repository of a stranger runs nothing", () => {
  // Each attack writes this file, and is first shown to work on a plain `git status`.
  const program = (folder: TempFolder): string => {
    folder.write({ "evil.sh": `#!/bin/sh\nenv > "${folder.at("ran")}"\ncat\n` });
    chmodSync(folder.at("evil.sh"), 0o755);
    return folder.at("evil.sh");
  };

  test.for([
    { title: "core.fsmonitor", prepare: (git: Git, evil: string) => git("config", "core.fsmonitor", evil) },
    {
      title: "a clean filter of a changed file",
      prepare: (git: Git, evil: string, folder: TempFolder) => {
        git("config", "filter.evil.clean", evil);
        folder.write({ ".gitattributes": "*.md filter=evil\n", "agent.md": "Work carelessy.\n" });
      },
    },
    {
      title: "a clean filter of a file that is as old as the index",
      prepare: (git: Git, evil: string, folder: TempFolder) => {
        git("config", "filter.evil.clean", evil);
        folder.write({ ".git/info/attributes": "*.md filter=evil\n" });
        // git trusts no time in an index that is not newer, and compares the content of every file.
        utimesSync(folder.at(".git/index"), new Date(1000), new Date(1000));
      },
      keepsTimes: true,
    },
    {
      title: "a hook that follows a change of the index",
      prepare: (_git: Git, evil: string, folder: TempFolder) => {
        mkdirSync(folder.at(".git/hooks"), { recursive: true });
        execFileSync("cp", [evil, folder.at(".git/hooks/post-index-change")]);
        utimesSync(folder.at("agent.md"), new Date(0), new Date(0));
      },
    },
  ])("by $title", async ({ prepare, keepsTimes = false }) => {
    using folder = new TempFolder();
    const git = repository(folder);
    prepare(git, program(folder), folder);

    git("status", "--porcelain");
    expect(existsSync(folder.at("ran"))).toBe(true);
    rmSync(folder.at("ran"));
    if (keepsTimes) prepare(git, program(folder), folder);
    else utimesSync(folder.at("agent.md"), new Date(0), new Date(0));
    const state = await gitState(folder.path);

    expect(existsSync(folder.at("ran"))).toBe(false);
    expect(state).toMatchObject({ branch: "better-prompt" });
  });

  test("by a bare repository inside a plain checkout", async () => {
    using folder = new TempFolder();
    const git = repository(folder);
    git("init", "--quiet", "--bare", "inner");
    git("--git-dir", folder.at("inner"), "config", "core.fsmonitor", program(folder));
    git("--git-dir", folder.at("inner"), "config", "core.bare", "false");
    git("--git-dir", folder.at("inner"), "config", "core.worktree", folder.path);
    execFileSync("git", ["status"], { cwd: folder.at("inner") });
    expect(existsSync(folder.at("ran"))).toBe(true);
    rmSync(folder.at("ran"));

    expect(await gitState(folder.at("inner"))).toBeNull();
    expect(existsSync(folder.at("ran"))).toBe(false);
  });
});

test("a git that fetches missing objects starts no program that the checkout names as its remote", async () => {
  using folder = new TempFolder();
  const git = repository(folder);
  const settings = {
    "remote.origin.url": `ext::touch ${folder.at("ran")}`,
    "remote.origin.promisor": "true",
    "extensions.partialClone": "origin",
    "core.repositoryFormatVersion": "1",
    "protocol.ext.allow": "always",
  };
  for (const [name, value] of Object.entries(settings)) git("config", name, value);
  const tree = git("rev-parse", "HEAD^{tree}").trim();
  rmSync(folder.at(`.git/objects/${tree.slice(0, 2)}/${tree.slice(2)}`));
  // Older versions do not know the variable.
  const real = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
  folder.write({ "bin/git": `#!/bin/sh\nunset GIT_NO_LAZY_FETCH\nexec "${real}" "$@"\n` });
  chmodSync(folder.at("bin/git"), 0o755);
  const path = process.env["PATH"];
  onTestFinished(() => setVariable("PATH", path));
  setVariable("PATH", `${folder.at("bin")}:${path}`);

  expect(() => git("-c", "protocol.allow=never", "diff-index", "--cached", "HEAD")).toThrow();
  expect(existsSync(folder.at("ran"))).toBe(true);
  rmSync(folder.at("ran"));

  expect(await gitState(folder.path)).toBeNull();
  expect(existsSync(folder.at("ran"))).toBe(false);
});

test("git is not given the keys of models", async () => {
  using folder = new TempFolder();
  repository(folder);
  const bin = folder.at("bin");
  const real = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
  folder.write({ "bin/git": `#!/bin/sh\nenv >> "${folder.at("seen")}"\nexec "${real}" "$@"\n` });
  chmodSync(folder.at("bin/git"), 0o755);
  const path = process.env["PATH"];
  onTestFinished(() => setVariable("PATH", path));
  onTestFinished(() => setVariable("SOME_API_KEY", undefined));
  setVariable("PATH", `${bin}:${path}`);
  setVariable("SOME_API_KEY", "sk-not-for-git");

  expect(await gitState(folder.path)).not.toBeNull();

  expect(readFileSync(folder.at("seen"), "utf8")).toContain("PATH=");
  expect(readFileSync(folder.at("seen"), "utf8")).not.toContain("sk-not-for-git");
});

test("a folder outside any repository has no state", async () => {
  using folder = new TempFolder();

  expect(await gitState(folder.path)).toBeNull();
});
