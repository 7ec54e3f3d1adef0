import { resolve as absolute } from "node:path";
import { UserError } from "../../core/errors.ts";
import { printable } from "../../core/printable.ts";
import { isFolder, isThere } from "../../files/folder.ts";
import { placeInside, placeNamed, shown } from "../../files/place.ts";
import {
  type Change,
  type Commit,
  type GitObject,
  parseChanges,
  parseCommit,
  parseObjects,
  parseTree,
  type Tree,
} from "../../import/git/commit.ts";
import { GitFailed, harmlessGit } from "./harmless-git.ts";

/** Which commits of a history are meant: some by name, those since a date, or the last ones; `under` keeps those that touch a folder. */
export type Selection = {
  readonly commits: readonly string[];
  readonly since: string | null;
  readonly last: number | null;
  readonly under: string;
};

const MAX_MS = 120_000;
// Blobs of a tree that a task may hold, with their headers.
const MAX_OBJECT_BYTES = 96 * 1024 * 1024;
// user@host:path, where the first colon stands before the first slash, and every kind of URL; a path that has a colon is written with ./ in front.
const ADDRESS = /^[^/\\:]*:/;
const MAX_SAID = 200;

/**
 * Reads the history of a local repository by git's plumbing, which runs nothing that the repository names and fetches nothing. Commits, trees and files are read from its
 * objects; what is checked out does not matter.
 */
export class Repository {
  readonly #gitDir: string;
  readonly #shown: string;
  readonly #signal: AbortSignal | undefined;

  private constructor(gitDir: string, path: string, signal: AbortSignal | undefined) {
    this.#gitDir = gitDir;
    this.#shown = shown(path);
    this.#signal = signal;
  }

  /** Opens the repository in a folder, with a working tree or bare. Throws UserError when it is an address, no repository, or has no commit. */
  static async open(path: string, signal?: AbortSignal): Promise<Repository> {
    if (ADDRESS.test(path))
      throw new UserError(`Cannot import "${printable(path)}": it is an address; clone it first ("git clone"), and name the folder`);
    const repository = new Repository(gitDirOf(path), path, signal);
    if ((await repository.#resolve("HEAD")) === null)
      throw new UserError(`Cannot import "${shown(path)}": git finds no commit in it; check that it is a whole repository`);
    return repository;
  }

  /** Lists commits, newest first, without merges. Throws UserError for a name that is no commit. */
  async commits({ commits, since, last, under }: Selection): Promise<readonly Commit[]> {
    if (commits.length > 0) return this.#read(await Promise.all(commits.map((name) => this.#named(name))));
    const limits = [...(since === null ? [] : [`--since=${since}`]), ...(last === null ? [] : [`--max-count=${last}`])];
    const path = under === "" ? [] : [`:(top,literal)${under}`];
    const output = await this.#git(["rev-list", "--no-merges", ...limits, "HEAD", "--", ...path]);
    return this.#read(output.toString().split("\n").filter(Boolean));
  }

  /** Returns the parent of a commit; null for the first one, and for one whose parent a shallow clone lacks. */
  async parentOf({ hash, parents }: Commit): Promise<string | null> {
    const [parent] = parents;
    return parent !== undefined && (await this.#resolve(`${hash}^`)) === parent ? parent : null;
  }

  /** Lists what a commit changes against a parent. */
  async changes(parent: string, commit: string): Promise<readonly Change[]> {
    const options = ["-r", "-z", "--name-status", "--no-renames", "--no-ext-diff", "--no-textconv", "--ignore-submodules=all"];
    return parseChanges(await this.#git(["diff-tree", ...options, parent, commit, "--"]));
  }

  /** Writes what a commit changes in some files as a patch, for people and models. */
  async patch(parent: string, commit: string, paths: readonly string[]): Promise<string> {
    const options = ["-r", "-p", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules=all"];
    const output = await this.#git(["diff-tree", ...options, parent, commit, "--", ...paths.map((path) => `:(top,literal)${path}`)]);
    return new TextDecoder().decode(output);
  }

  /** Lists the tree of a commit. */
  async tree(commit: string): Promise<Tree> {
    return parseTree(await this.#git(["ls-tree", "-r", "-z", "--long", "--full-tree", commit]));
  }

  /** Reads files by the hashes of their blobs; one that the repository lacks is missing from the result. */
  async blobs(hashes: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    return new Map((await this.#objects(hashes)).map(({ hash, bytes }) => [hash, bytes]));
  }

  async #read(hashes: readonly string[]): Promise<readonly Commit[]> {
    return (await this.#objects(hashes)).map(parseCommit);
  }

  async #objects(hashes: readonly string[]): Promise<readonly GitObject[]> {
    if (hashes.length === 0) return [];
    return parseObjects(await this.#git(["cat-file", "--batch"], `${[...new Set(hashes)].join("\n")}\n`));
  }

  async #named(name: string): Promise<string> {
    const found = await this.#resolve(name);
    if (found !== null) return found;
    throw new UserError(`Cannot import commit "${printable(name)}": "${this.#shown}" has no such commit; check its name`);
  }

  async #resolve(name: string): Promise<string | null> {
    try {
      return (await this.#run(["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`])).toString().trim();
    } catch (error) {
      if (error instanceof GitFailed && error.cause === undefined) return null;
      throw this.#fault(error);
    }
  }

  async #git(args: readonly string[], stdin = ""): Promise<Buffer> {
    try {
      return await this.#run(args, stdin);
    } catch (error) {
      throw this.#fault(error);
    }
  }

  #run(args: readonly string[], stdin = ""): Promise<Buffer> {
    const call = { cwd: "/", gitDir: this.#gitDir, stdin, timeoutMs: MAX_MS, maxBytes: MAX_OBJECT_BYTES, signal: this.#signal };
    return harmlessGit(args, call);
  }

  #fault(error: unknown): unknown {
    if (!(error instanceof GitFailed)) return error;
    const said = error.said.trim() === "" ? "" : ` (${printable(error.said.trim().split("\n").at(-1) ?? "", MAX_SAID)})`;
    return new UserError(`Cannot read "${this.#shown}": ${error.message}${said}; check that git is installed and the repository is whole`);
  }
}

// A working tree has .git, a folder, or a file where the repository is a worktree or a submodule; a bare repository is its own.
function gitDirOf(path: string): string {
  const place = placeNamed(path);
  if (!isFolder(place)) throw new UserError(`Cannot import "${shown(path)}": there is no such folder; name a local git repository`);
  const inside = placeInside(place, ".git");
  if (isThere(inside)) return absolute(inside.path);
  const isBare = ["HEAD", "objects", "refs"].every((name) => isThere(placeInside(place, name)));
  if (isBare) return absolute(place.path);
  throw new UserError(
    `Cannot import "${shown(path)}": it is not the top folder of a git repository; name that, and a folder in it with --path`,
  );
}
