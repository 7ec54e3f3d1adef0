import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadWorkspace } from "../../../src/config/workspace/workspace.ts";
import { UserError } from "../../../src/core/errors.ts";
import { placeNamed } from "../../../src/files/place.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";

let folder: TempFolder;
beforeEach(() => {
  folder = new TempFolder();
});
afterEach(() => folder[Symbol.dispose]());

const load = (megabytes = 64) => loadWorkspace(placeNamed(folder.at("w")), megabytes);
const git = (at: string, ...args: readonly string[]) =>
  execFileSync("git", ["-c", "user.name=n", "-c", "user.email=e@x", "-C", folder.at(at), ...args], { encoding: "utf8", stdio: "pipe" });

test("a file that keeps a folder and an empty folder are part of a workspace, and change its digest", async () => {
  folder.write({ "w/a.py": "a", "w/logs/.gitkeep": "" });
  const before = load();
  const files = await before.read();

  mkdirSync(folder.at("w/empty/inner"), { recursive: true });
  const after = load();

  expect(files.map(({ path, kind }) => [path, kind])).toEqual([
    ["a.py", undefined],
    ["logs/.gitkeep", undefined],
  ]);
  expect((await after.read()).map(({ path, kind }) => [path, kind])).toEqual([
    ["a.py", undefined],
    ["logs/.gitkeep", undefined],
    ["empty/inner", "folder"],
  ]);
  expect(after.digest).not.toBe(before.digest);
});

test("a folder in which tools left something behind and nothing else is not part of it", async () => {
  folder.write({ "w/a.py": "a", "w/old/__pycache__/a.pyc": "" });

  expect((await load().read()).map(({ path }) => path)).toEqual(["a.py"]);
});

test("files that do not fit into the sandbox are the author's fault", () => {
  folder.write({ "w/large.bin": "x".repeat(1024 * 1024), "w/small": "x" });

  expect(() => load(2)).not.toThrow();
  expect(() => load(1)).toThrow(UserError);
  expect(() => load(1)).toThrow(
    /its files need 2 MB and the sandbox of the task has 1 MB for them; raise sandbox\.workspace_mb in task\.yaml$/,
  );
});

describe("a git repository", () => {
  beforeEach(() => {
    folder.write({ "w/a.txt": "one" });
    git("w", "init", "-q", "-b", "main", ".");
    git("w", "add", "-A");
    git("w", "commit", "-q", "-m", "one");
  });

  test("is read whole, with the folders that git needs although they are empty", async () => {
    git("w", "gc", "-q");
    const files = await load().read();

    expect(files.map(({ path }) => path)).toEqual(expect.arrayContaining([".git/HEAD", ".git/packed-refs", ".git/index"]));
    expect(files.filter(({ kind }) => kind === "folder").map(({ path }) => path)).toContain(".git/refs/heads");
  });

  test("that is a worktree of another one is refused", () => {
    git("w", "worktree", "add", "-q", "../tree");
    rmSync(folder.at("w"), { recursive: true });
    execFileSync("mv", [folder.at("tree"), folder.at("w")]);

    expect(() => load()).toThrow(
      /^Cannot load ".*": the git repository in it needs ".*worktrees.*", where its \.git leads; put a whole repository/,
    );
  });

  test("that takes objects from another one is refused", () => {
    execFileSync("git", ["clone", "-q", "--shared", folder.at("w"), folder.at("shared")]);
    rmSync(folder.at("w"), { recursive: true });
    execFileSync("mv", [folder.at("shared"), folder.at("w")]);

    expect(() => load()).toThrow(/needs objects of another one, ".*objects"; put a whole repository there/);
  });

  test("with a module inside, whose .git leads into it, is taken", async () => {
    folder.write({ "w/lib/.git": "gitdir: ../.git/modules/lib\n", "w/.git/modules/lib/HEAD": "ref: refs/heads/main\n" });

    await expect(load().read()).resolves.toContainEqual(expect.objectContaining({ path: "lib/.git" }));
  });
});
