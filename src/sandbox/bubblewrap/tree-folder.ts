import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { LargeTree, TreeEntry } from "../../core/large-tree.ts";
import { TREE_LIST_NAME, treeList, treeSecond } from "../../core/tree-list.ts";
import { Breather } from "../../core/turn.ts";
import { abandonedHalves, fillFolder, wholeFolders } from "../half-folder.ts";

/** The user that sandboxes run as when root starts them. */
const AGENT_ID = 1000;
/** Where the files are in a folder with a tree, beside the list of them. */
export const TREE_FILES = "files";
const PLACE = "place";

/** Copies a tree into a folder of the cache, where sandboxes have it from the start, once for its content, and returns the folder. Throws UserError when a file has changed. */
export async function prepareTreeFolder(cacheFolder: string, tree: LargeTree, notify: (text: string) => void): Promise<string> {
  const folder = join(cacheFolder, tree.digest);
  if (existsSync(folder)) return folder;
  notify(
    `Copying a workspace of ${tree.entries.length.toLocaleString("en")} files, ${tree.megabytes} MB, into the cache: once for all trials.`,
  );
  return fillFolder({ cache: cacheFolder, name: tree.digest }, (half) => fill(half, tree));
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
  const isOld = (place: string) => existsSync(place) && isGone(readFileSync(place, "utf8"));
  return [...abandonedHalves(cacheFolder), ...wholeFolders(cacheFolder).filter((folder) => isOld(join(folder, PLACE)))];
}
