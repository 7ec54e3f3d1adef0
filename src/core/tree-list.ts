import type { LargeTree, TreeEntry } from "./large-tree.ts";

/** The name of the list that a sandbox finds beside a large tree. */
export const TREE_LIST_NAME = "tree.json";

// The text of a whole list would be in memory several times over.
const ROWS_A_PIECE = 1_000;

/**
 * When the first file of a tree was changed, in seconds since 1970. Each file after it is a second younger, so that its time tells which it is: as long as a file was not
 * touched since the sandbox began, nothing of it has to be read to know that it is as it was.
 */
export const FIRST_SECOND = 1_000_000_000;

/** Returns the second that a file of a tree is stamped with, by its number in the list. */
export function treeSecond(number: number): number {
  return FIRST_SECOND + number;
}

/** Writes what the guest of a sandbox is told of a tree: of each entry its path, its kind, whether it is executable, its size and its digest. */
export function treeList({ entries }: LargeTree): Buffer {
  const pieces = [Buffer.from(`{"firstSecond":${FIRST_SECOND},"entries":[`)];
  for (let start = 0; start < entries.length; start += ROWS_A_PIECE) {
    const rows = entries.slice(start, start + ROWS_A_PIECE).map(rowOf);
    pieces.push(Buffer.from(`${start === 0 ? "" : ","}${rows.join(",")}`));
  }
  return Buffer.concat([...pieces, Buffer.from("]}")]);
}

function rowOf({ path, kind, executable, sizeBytes, sha256 }: TreeEntry): string {
  return JSON.stringify([path, kind ?? "file", executable, sizeBytes, sha256]);
}
