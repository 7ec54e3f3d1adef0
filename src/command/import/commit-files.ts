import { UserError } from "../../core/errors.ts";
import type { SourceFile } from "../../core/task.ts";
import { inMb, MAX_DEPTH, MAX_ENTRIES, MAX_FILE_BYTES, MAX_PART_BYTES, MAX_TREE } from "../../files/bounds.ts";
import { isPlain } from "../../files/place.ts";
import type { Tree, TreeFile } from "../../import/git/commit.ts";
import type { SplitCommit } from "../../import/git/split-commit.ts";
import { isOfTests, testFolderOf } from "../../import/git/test-path.ts";
import type { Repository } from "../git/repository.ts";

/** The files of a task that is made of a commit. */
export type CommitFiles = {
  /** The tree before the commit, without its tests, and with its settings as after it; `readWorkspace` reads its files one after the other, since it may be a large one. */
  readonly workspace: readonly TreeFile[];
  readonly readWorkspace: () => AsyncIterable<SourceFile>;
  /** Files at its top that say how the project is tested, by their paths. */
  readonly manifests: ReadonlyMap<string, string>;
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

/** What says how a project is tested. */
const MANIFESTS = ["package.json", "go.mod", "Cargo.toml"];

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
  const tooLarge =
    excessOf(workspace, LARGE) ?? [tests, reference, formerTests].map((files) => excessOf(files, PART)).find((found) => found !== null);
  if (tooLarge) return { tooLarge };
  const manifests = workspace.filter(({ path }) => MANIFESTS.includes(path));
  const blobs = await repository.blobs([...manifests, ...tests, ...reference, ...formerTests].map(({ blob }) => blob));
  const read = (files: readonly TreeFile[]) => byPath(files).map((file) => sourceFile(file, blobs));
  return {
    workspace,
    readWorkspace: () => readInTurn(repository, byPath(workspace)),
    manifests: new Map(read(manifests).map(({ path, bytes }) => [path, new TextDecoder().decode(bytes)])),
    tests: read(tests),
    reference: read(reference),
    formerTests: read(formerTests),
    leftOut: before.others,
  };
}

function byPath(files: readonly TreeFile[]): readonly TreeFile[] {
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

// Some megabytes at a time: a workspace may be larger than what fits into memory.
const BATCH = { files: 2_000, bytes: 16 * 1024 * 1024 };

async function* readInTurn(repository: Repository, files: readonly TreeFile[]): AsyncGenerator<SourceFile> {
  for (let start = 0; start < files.length; ) {
    let end = start;
    for (let bytes = 0; end < files.length && end - start < BATCH.files; end++) {
      bytes += files[end]?.bytes ?? 0;
      if (end > start && bytes > BATCH.bytes) break;
    }
    const batch = files.slice(start, end);
    const blobs = await repository.blobs(batch.map(({ blob }) => blob));
    for (const file of batch) yield sourceFile(file, blobs);
    start = end;
  }
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

type Bounds = { readonly entries: number; readonly bytes: number; readonly fileBytes: number };

const PART: Bounds = { entries: MAX_ENTRIES, bytes: MAX_PART_BYTES, fileBytes: MAX_FILE_BYTES };
/** A file of a large workspace is in memory while it is written. */
const LARGE: Bounds = { ...MAX_TREE, fileBytes: MAX_PART_BYTES };

/** Checks whether files are more than what a workspace may hold in memory, so that it becomes a large one. */
export function isLarge(files: readonly TreeFile[]): boolean {
  return excessOf(files, PART) !== null;
}

function excessOf(files: readonly TreeFile[], most: Bounds): string | null {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const large = files.find((file) => file.bytes > most.fileBytes);
  const strange = files.find(({ path }) => !isPlain(path) || path.includes("\uFFFD") || path.split("/").length > MAX_DEPTH);
  if (strange !== undefined) return `"${strange.path}" is no path that a task can have`;
  if (large !== undefined) return `"${large.path}" has ${inMb(large.bytes)}, and a file there at most ${inMb(most.fileBytes)}`;
  if (bytes > most.bytes) return `its files have ${inMb(bytes)}, and a task at most ${inMb(most.bytes)}; name a folder with --path`;
  const entries = files.length + new Set(files.map(({ path }) => path.slice(0, Math.max(0, path.lastIndexOf("/"))))).size;
  return entries > most.entries
    ? `it has ${entries} files and folders, and a task at most ${most.entries}; name a folder with --path`
    : null;
}

function sourceFile({ path, blob, executable }: TreeFile, blobs: ReadonlyMap<string, Uint8Array>): SourceFile {
  const bytes = blobs.get(blob);
  if (bytes === undefined)
    throw new UserError(
      `Cannot read "${path}" of the repository: its object is missing; fetch it ("git fetch --refetch"), or name commits that are whole`,
    );
  return { path, bytes, executable };
}
