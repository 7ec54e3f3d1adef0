import { execFileSync } from "node:child_process";
import { expect, onTestFinished, test } from "vitest";
import { gitState } from "../../../src/command/run/git-state.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";

const CI_VARIABLES = ["GITHUB_HEAD_REF", "GITHUB_REF_NAME", "CI_COMMIT_REF_NAME"];

/** Makes a repository with one commit on the branch better-prompt; the test ends with the environment as it was. */
function repository(folder: TempFolder): (...args: readonly string[]) => string {
  const before = CI_VARIABLES.map((name) => [name, process.env[name]] as const);
  onTestFinished(() => {
    for (const [name, value] of before) setVariable(name, value);
  });
  for (const name of CI_VARIABLES) setVariable(name, undefined);
  const git = (...args: readonly string[]): string =>
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

test("a folder outside any repository has no state", async () => {
  using folder = new TempFolder();

  expect(await gitState(folder.path)).toBeNull();
});
