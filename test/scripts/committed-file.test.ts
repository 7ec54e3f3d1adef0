import { chmodSync, existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { git, runGateStep, runProgram } from "../fixtures/gate-step.ts";
import { startGitServer } from "../fixtures/git-server.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";

const PROMPT = "agent.md";
const TOKEN = "ghs_canary";
const HEADER = `basic ${Buffer.from(`x-access-token:${TOKEN}`).toString("base64")}`;
const PROMPTS = { base: "Solve the task.\n", head: "Solve it well.\n" };

/** The repository of a project on a server, with a pull request number 7. */
async function project(folder: TempFolder): Promise<{ readonly base: string; readonly head: string }> {
  const work = folder.at("work");
  folder.write({ [`work/${PROMPT}`]: PROMPTS.base, "work/README.md": "about\n" });
  await git(work, "init", "-q");
  await git(work, "add", ".");
  await git(work, "commit", "-qm", "base");
  await git(folder.path, "clone", "-q", "--bare", "work", "server/team/project");
  writeFileSync(join(work, PROMPT), PROMPTS.head);
  await git(work, "commit", "-qam", "head");
  await git(work, "push", "-q", folder.at("server/team/project"), "HEAD:refs/pull/7/head");
  return { base: await git(work, "rev-parse", "HEAD~1"), head: await git(work, "rev-parse", "HEAD") };
}

/** What the action sets for a step that may fetch by the token of the workflow. */
function withToken(
  { base, head }: { readonly base: string; readonly head: string },
  server: { readonly url: string },
): Record<string, string> {
  return {
    BENCH_PROMPT: PROMPT,
    BENCH_BASE_REF: base,
    BENCH_HEAD_REF: head,
    BENCH_GITHUB_TOKEN: TOKEN,
    GITHUB_SERVER_URL: server.url,
    GITHUB_REPOSITORY: "team/project",
  };
}

/** Lets the server hand out parts and unadvertised objects, as GitHub's does. */
async function allowParts(folder: TempFolder): Promise<void> {
  for (const setting of ["allowFilter", "allowAnySHA1InWant"])
    await git(folder.at("server/team/project"), "config", `uploadpack.${setting}`, "true");
}

/** What actions/checkout leaves: the newest commit of one branch. */
async function shallowCheckout(folder: TempFolder): Promise<string> {
  await git(folder.path, "clone", "-q", "--depth=1", `file://${folder.at("server/team/project")}`, "checkout");
  return folder.at("checkout");
}

test.for([
  { title: "a server that hands out any object", any: true },
  { title: "a server that hands out only what it advertises", any: false },
])("commits that a private checkout lacks come from $title, by the token of the workflow", async ({ any }) => {
  using folder = new TempFolder();
  const { base, head } = await project(folder);
  if (any) await allowParts(folder);
  const at = await shallowCheckout(folder);
  const server = await startGitServer(folder.at("server"), HEADER);
  const env = { BENCH_PROMPT: PROMPT, BENCH_BASE_REF: base, BENCH_HEAD_REF: head, BENCH_PULL_REQUEST: "7" };
  const there = { GITHUB_SERVER_URL: server.url, GITHUB_REPOSITORY: "team/project" };

  const missing = await runProgram(["git", "cat-file", "-e", head], { cwd: at });
  const without = await runGateStep(folder, at, { ...env, ...there });
  const wrong = await runGateStep(folder, at, { ...env, ...there, BENCH_GITHUB_TOKEN: "ghs_other" });
  const end = await runGateStep(folder, at, { ...env, ...there, BENCH_GITHUB_TOKEN: TOKEN });
  await server.close();

  expect(missing.status).not.toBe(0);
  for (const refused of [without, wrong]) {
    expect(refused).toMatchObject({ status: 2, output: "exit-code=2\n", prompts: null });
    expect(refused.stderr).toMatch(/^bench gate: Cannot find commit "[0-9a-f]{40}"; use actions\/checkout [^\n]*\n$/);
  }
  expect(end.prompts).toEqual(PROMPTS);
  expect(new Set(server.authorizations)).toContain(HEADER);
  expect(await runProgram(["git", "cat-file", "-e", head], { cwd: at })).toMatchObject({ status: missing.status });
});

test.for([
  {
    title: "in the configuration, as actions/checkout 5 and older",
    persist: async (at: string, key: string) => {
      await git(at, "config", key, `AUTHORIZATION: ${HEADER}`);
    },
  },
  {
    title: "in a file that it includes, as newer ones",
    persist: async (at: string, key: string) => {
      await git(at, "config", "--file", join(at, "../credentials"), key, `AUTHORIZATION: ${HEADER}`);
      await git(at, "config", `includeIf.gitdir:${at}/.git.path`, join(at, "../credentials"));
    },
  },
])("without a token, the header that actions/checkout left $title does", async ({ persist }) => {
  using folder = new TempFolder();
  const { base, head } = await project(folder);
  await allowParts(folder);
  const at = await shallowCheckout(folder);
  const server = await startGitServer(folder.at("server"), HEADER);
  await persist(at, `http.${server.url}/.extraheader`);

  const end = await runGateStep(folder, at, {
    BENCH_PROMPT: PROMPT,
    BENCH_BASE_REF: base,
    BENCH_HEAD_REF: head,
    GITHUB_SERVER_URL: server.url,
    GITHUB_REPOSITORY: "team/project",
  });
  await server.close();

  expect(end.prompts).toEqual(PROMPTS);
});

test("a checkout without blobs gets the two prompts and no other file", async () => {
  using folder = new TempFolder();
  const { base, head } = await project(folder);
  await allowParts(folder);
  await git(folder.path, "clone", "-q", "--no-checkout", "--filter=blob:none", `file://${folder.at("server/team/project")}`, "checkout");
  const at = folder.at("checkout");
  const server = await startGitServer(folder.at("server"), HEADER);

  const end = await runGateStep(folder, at, withToken({ base, head }, server));
  await server.close();
  const made = readdirSync(folder.at("runner")).find((name) => name.startsWith("bench-gate.")) ?? "";
  const stored = await git(folder.at(`runner/${made}/store.git`), "cat-file", "--batch-all-objects", "--batch-check=%(objecttype)");

  expect(end.prompts).toEqual(PROMPTS);
  expect(stored.split("\n").filter((type) => type === "blob")).toHaveLength(2);
});

test.for([
  {
    title: "shows a file as text",
    plain: ["cat-file", "--textconv", `HEAD:${PROMPT}`],
    settings: (evil: string) => ({ "diff.evil.textconv": evil }),
  },
  {
    title: "filters a file that is written",
    plain: ["cat-file", "--filters", `HEAD:${PROMPT}`],
    settings: (evil: string) => ({ "filter.evil.smudge": evil }),
  },
  { title: "watches the files", plain: ["status"], settings: (evil: string) => ({ "core.fsmonitor": evil }) },
  {
    title: "is the remote",
    plain: ["fetch", "--quiet", "--depth=1", "origin", "0".repeat(40)],
    settings: (evil: string) => ({ "remote.origin.url": `ext::${evil}`, "protocol.ext.allow": "always" }),
  },
  {
    title: "is the remote of which missing objects are asked, whatever is forbidden by default",
    plain: ["-c", "protocol.allow=never", "show", `HEAD:./${PROMPT}`],
    settings: (evil: string) => ({
      "remote.origin.url": `ext::${evil}`,
      "protocol.ext.allow": "always",
      "remote.origin.promisor": "true",
      "extensions.partialClone": "origin",
      "core.repositoryFormatVersion": "1",
    }),
    lacks: `HEAD:${PROMPT}`,
  },
])("a program of the checkout that $title is not started", async ({ plain, settings, lacks }) => {
  using folder = new TempFolder();
  const at = folder.at("checkout");
  folder.write({ [`checkout/${PROMPT}`]: PROMPTS.base, "checkout/.gitattributes": "*.md diff=evil filter=evil\n" });
  await git(at, "init", "-q");
  await git(at, "add", ".");
  await git(at, "commit", "-qm", "base");
  writeFileSync(join(at, PROMPT), PROMPTS.head);
  await git(at, "commit", "-qam", "head");
  const evil = folder.at("evil.sh");
  writeFileSync(evil, `#!/bin/sh\nenv >'${folder.at("ran")}'\nexit 1\n`);
  chmodSync(evil, 0o755);
  for (const [name, value] of Object.entries(settings(evil))) await git(at, "config", name, value);
  const id = await git(at, "rev-parse", lacks ?? "HEAD");
  if (lacks !== undefined) rmSync(join(at, ".git/objects", id.slice(0, 2), id.slice(2)));

  await runProgram(["git", ...plain], { cwd: at });
  expect(existsSync(folder.at("ran"))).toBe(true);
  rmSync(folder.at("ran"));
  const end = await runGateStep(folder, at, { BENCH_PROMPT: PROMPT, BENCH_BASE_REF: "HEAD~1" });
  const other = await runGateStep(folder, at, { BENCH_PROMPT: PROMPT, BENCH_BASE_REF: "0".repeat(40) });

  expect(existsSync(folder.at("ran"))).toBe(false);
  if (lacks === undefined) expect(end.prompts).toEqual(PROMPTS);
  else expect(end.stderr).toContain("the checkout lacks parts of commit");
  expect(other).toMatchObject({ status: 2, prompts: null });
});

test("a checkout cannot redirect the fetch and its token to another host", async () => {
  using folder = new TempFolder();
  const { base, head } = await project(folder);
  await allowParts(folder);
  const at = await shallowCheckout(folder);
  const server = await startGitServer(folder.at("server"), HEADER);
  const thief = await startGitServer(folder.at("server"), null);
  const url = `${server.url}/team/project`;
  await git(at, "config", `url.${thief.url}/.insteadOf`, `${server.url}/`);
  await git(at, "config", "http.proxy", thief.url);

  await runProgram(["git", "-c", `http.extraheader=AUTHORIZATION: ${HEADER}`, "fetch", url, head], { cwd: at });
  const stolen = thief.authorizations.length;
  const end = await runGateStep(folder, at, withToken({ base, head }, server));
  await Promise.all([server.close(), thief.close()]);

  expect(stolen).toBeGreaterThan(0);
  expect(thief.authorizations.length).toBe(stolen);
  expect(end.prompts).toEqual(PROMPTS);
});

test("a prompt on the server that is too large is refused by its size", async () => {
  using folder = new TempFolder();
  const { base } = await project(folder);
  await allowParts(folder);
  const work = folder.at("work");
  writeFileSync(join(work, PROMPT), "a".repeat(50_000_000));
  await git(work, "commit", "-qam", "huge");
  await git(work, "push", "-q", folder.at("server/team/project"), "HEAD:refs/pull/8/head");
  const at = await shallowCheckout(folder);
  const server = await startGitServer(folder.at("server"), HEADER);

  const end = await runGateStep(folder, at, {
    BENCH_PROMPT: PROMPT,
    BENCH_BASE_REF: base,
    BENCH_HEAD_REF: await git(work, "rev-parse", "HEAD"),
    BENCH_GITHUB_TOKEN: TOKEN,
    GITHUB_SERVER_URL: server.url,
    GITHUB_REPOSITORY: "team/project",
  });
  await server.close();

  expect(end).toMatchObject({ status: 2, output: "exit-code=2\n", prompts: null });
  expect(end.stderr).toMatch(/^bench gate: Cannot gate "agent.md": it has 50000000 bytes in commit [0-9a-f]{40}; [^\n]*\n$/);
});

test("a configuration that is a pipe ends with a line instead of hanging", { timeout: 120_000 }, async () => {
  using folder = new TempFolder();
  const at = folder.at("checkout");
  folder.write({ [`checkout/${PROMPT}`]: PROMPTS.base });
  await git(at, "init", "-q");
  await runProgram(["mkfifo", folder.at("pipe")], { cwd: at });
  writeFileSync(join(at, ".git/config"), `[include]\n\tpath = ${folder.at("pipe")}\n`);

  const plain = await runProgram(["timeout", "3", "git", "status"], { cwd: at });
  const end = await runGateStep(folder, at, { BENCH_PROMPT: PROMPT, BENCH_BASE_REF: "HEAD~1" });

  expect(plain.status).toBe(124);
  expect(end).toMatchObject({ status: 2, output: "exit-code=2\n", prompts: null });
});

test("a repository in a folder of the checkout is not taken for the checkout", async () => {
  using folder = new TempFolder();
  const at = folder.at("checkout");
  folder.write({ [`checkout/${PROMPT}`]: PROMPTS.base });
  await git(at, "init", "-q", "--bare", "inner");
  await git(join(at, "inner"), "config", "core.bare", "false");
  await git(join(at, "inner"), "config", "core.worktree", at);

  const plain = await runProgram(["git", "rev-parse", "--git-dir"], { cwd: join(at, "inner") });
  const end = await runGateStep(folder, join(at, "inner"), { BENCH_PROMPT: PROMPT, BENCH_BASE_REF: "HEAD" });

  expect(plain.status).toBe(0);
  expect(end).toMatchObject({ status: 2, output: "exit-code=2\n", prompts: null });
  expect(end.stderr).toContain("there is no git checkout here");
});
