import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { LargeTree, TreeEntry } from "../../core/large-tree.ts";
import { TREE_LIST_NAME, treeList, treeSecond } from "../../core/tree-list.ts";
import { Breather } from "../../core/turn.ts";
import { currentOwner, hasEnded, ownerFromText, ownerToText } from "../owner.ts";

/** The user that sandboxes run as when root starts them. */
const AGENT_ID = 1000;
/** Where the files are in a folder with a tree, beside the list of them. */
export const TREE_FILES = "files";
const PLACE = "place";
const HALF = ".half-";
const OWNER = "owner";

/** Copies a tree into a folder of the cache, where sandboxes have it from the start, once for its content, and returns the folder. Throws UserError when a file has changed. */
export async function prepareTreeFolder(cacheFolder: string, tree: LargeTree, notify: (text: string) => void): Promise<string> {
  const folder = join(cacheFolder, tree.digest);
  if (existsSync(folder)) return folder;
  notify(
    `Copying a workspace of ${tree.entries.length.toLocaleString("en")} files, ${tree.megabytes} MB, into the cache: once for all trials.`,
  );
  removeTreeFolders(halfWritten(cacheFolder));
  const half = join(cacheFolder, `${HALF}${randomBytes(6).toString("hex")}`);
  try {
    mkdirSync(half, { recursive: true });
    writeFileSync(join(half, OWNER), ownerToText(currentOwner()));
    await fill(half, tree);
    rmSync(join(half, OWNER));
    renameSync(half, folder);
  } catch (error) {
    // Another process was faster.
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
  return folder;
}

// What a process that was killed left behind.
function halfWritten(cacheFolder: string): readonly string[] {
  const viewer = currentOwner();
  return entriesOf(cacheFolder)
    .filter((folder) => basename(folder).startsWith(HALF))
    .filter((folder) => {
      const place = join(folder, OWNER);
      const owner = existsSync(place) ? ownerFromText(readFileSync(place, "utf8")) : null;
      return owner === null || hasEnded(owner, viewer);
    });
}

function entriesOf(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

async function fill(half: string, tree: LargeTree): Promise<void> {
  const root = join(half, TREE_FILES);
  makeFolder(root);
  const breather = new Breather();
  for (const [number, entry] of tree.entries.entries()) {
    const path = join(root, entry.path);
    makeFolder(entry.kind === "folder" ? path : dirname(path));
    if (entry.kind !== "folder") writeFile(path, { tree, entry, second: treeSecond(number) });
    await breather.due();
  }
  writeFileSync(join(half, TREE_LIST_NAME), treeList(tree));
  writeFileSync(join(half, PLACE), tree.place);
  chmodSync(half, 0o755);
}

function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, 0o755);
  own(path);
}

function writeFile(
  path: string,
  { tree, entry, second }: { readonly tree: LargeTree; readonly entry: TreeEntry; readonly second: number },
): void {
  const descriptor = openSync(path, "wx", entry.executable ? 0o755 : 0o644);
  try {
    for (const piece of tree.pieces(entry)) for (let done = 0; done < piece.length; ) done += writeSync(descriptor, piece, done);
  } finally {
    closeSync(descriptor);
  }
  chmodSync(path, entry.executable ? 0o755 : 0o644);
  own(path);
  utimesSync(path, second, second);
}

function own(path: string): void {
  if (process.getuid?.() === 0) chownSync(path, AGENT_ID, AGENT_ID);
}

/** Finds the folders of the cache whose trees were read from a place that `isGone`, and what a process that was killed left there. */
export function findOldTreeFolders(cacheFolder: string, isGone: (place: string) => boolean): readonly string[] {
  const whole = entriesOf(cacheFolder).filter((folder) => !basename(folder).startsWith(HALF));
  const isOld = (place: string) => existsSync(place) && isGone(readFileSync(place, "utf8"));
  return [...halfWritten(cacheFolder), ...whole.filter((folder) => isOld(join(folder, PLACE)))];
}

/** Removes folders that `findOldTreeFolders` found. */
export function removeTreeFolders(folders: readonly string[]): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}
