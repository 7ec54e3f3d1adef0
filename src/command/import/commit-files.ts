import { UserError } from "../../core/errors.ts";
import type { SourceFile } from "../../core/task.ts";
import { inMb, MAX_DEPTH, MAX_ENTRIES, MAX_FILE_BYTES, MAX_PART_BYTES } from "../../files/bounds.ts";
import { isPlain } from "../../files/place.ts";
import type { Tree, TreeFile } from "../../import/git/commit.ts";
import type { SplitCommit } from "../../import/git/split-commit.ts";
import { isOfTests, testFolderOf } from "../../import/git/test-path.ts";
import type { Repository } from "../git/repository.ts";

/** The files of a task that is made of a commit. */
export type CommitFiles = {
  /** The tree before the commit, without its tests, and with its settings as after it. */
  readonly workspace: readonly SourceFile[];
  /** The tests as after the commit, with what lies in their folders. */
  readonly tests: readonly SourceFile[];
  /** What the commit changes besides. */
  readonly reference: readonly SourceFile[];
  /** The tests that the commit changes, as they were before it. */
  readonly formerTests: readonly SourceFile[];
  /** Links and submodules of the tree, which a task cannot have. */
  readonly leftOut: number;
};

/** A commit, its parent, the folder of the repository that is imported (empty for all of it), and what each of its changes is. */
export type CommitParts = { readonly commit: string; readonly parent: string; readonly under: string; readonly split: SplitCommit };

/** Reads the files of a commit by the part that they have in its task, or says which bound of a task they exceed. Throws UserError when the repository lacks an object. */
export async function filesOfCommit(
  repository: Repository,
  { commit, parent, under, split }: CommitParts,
): Promise<CommitFiles | { readonly tooLarge: string }> {
  const [before, after] = await Promise.all([repository.tree(parent), repository.tree(commit)]);
  const [old, now] = [filesBelow(before, under), filesBelow(after, under)];
  const changed = new Set([...split.ofTests, ...split.settings]);
  const settings = new Set(split.settings);
  const workspace = [...old.filter(({ path }) => !changed.has(path)), ...now.filter(({ path }) => settings.has(path))];
  const ofTests = new Set(split.ofTests);
  const folders = new Set(split.ofTests.map(testFolderOf).filter((folder) => folder !== null));
  const tests = now.filter(({ path }) => ofTests.has(path) || (isOfTests(path) && folders.has(testFolderOf(path) ?? "")));
  const formerTests = old.filter(({ path }) => ofTests.has(path));
  const code = new Set(split.code);
  const reference = now.filter(({ path }) => code.has(path));
  const tooLarge = [workspace, tests, reference, formerTests].map(excessOf).find((found) => found !== null);
  if (tooLarge) return { tooLarge };
  const blobs = await repository.blobs([...workspace, ...tests, ...reference, ...formerTests].map(({ blob }) => blob));
  const read = (files: readonly TreeFile[]) => files.map((file) => sourceFile(file, blobs)).sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    workspace: read(workspace),
    tests: read(tests),
    reference: read(reference),
    formerTests: read(formerTests),
    leftOut: before.others,
  };
}

// What this program leaves out of every task: what tools leave behind. A repository can hold a folder .git only by a forged tree.
const IGNORED = new Set([".DS_Store", "__pycache__", ".pytest_cache"]);

function filesBelow({ files }: Tree, under: string): readonly TreeFile[] {
  const start = under === "" ? "" : `${under}/`;
  return files
    .filter(({ path }) => path.startsWith(start))
    .map((file) => ({ ...file, path: file.path.slice(start.length) }))
    .filter(({ path }) => !path.split("/").some((part) => IGNORED.has(part) || part.toLowerCase() === ".git"));
}

function excessOf(files: readonly TreeFile[]): string | null {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const folders = new Set(files.map(({ path }) => path.slice(0, Math.max(0, path.lastIndexOf("/")))));
  const large = files.find((file) => file.bytes > MAX_FILE_BYTES);
  const strange = files.find(({ path }) => !isPlain(path) || path.includes("\uFFFD") || path.split("/").length > MAX_DEPTH);
  if (strange !== undefined) return `"${strange.path}" is no path that a task can have`;
  if (large !== undefined) return `"${large.path}" has ${inMb(large.bytes)}, and a file of a task at most ${inMb(MAX_FILE_BYTES)}`;
  if (bytes > MAX_PART_BYTES) return `its files have ${inMb(bytes)}, and a task at most ${inMb(MAX_PART_BYTES)}; name a folder with --path`;
  const entries = files.length + folders.size;
  return entries > MAX_ENTRIES ? `it has ${entries} files and folders, and a task at most ${MAX_ENTRIES}; name a folder with --path` : null;
}

function sourceFile({ path, blob, executable }: TreeFile, blobs: ReadonlyMap<string, Uint8Array>): SourceFile {
  const bytes = blobs.get(blob);
  if (bytes === undefined)
    throw new UserError(
      `Cannot read "${path}" of the repository: its object is missing; fetch it ("git fetch --refetch"), or name commits that are whole`,
    );
  return { path, bytes, executable };
}
