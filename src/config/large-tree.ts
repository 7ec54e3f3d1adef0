import { createHash, type Hash } from "node:crypto";
import { resolve, sep } from "node:path";
import { UserError } from "../core/errors.ts";
import type { LargeTree, TreeEntry } from "../core/large-tree.ts";
import type { SourceFile } from "../core/task.ts";
import { inMb, MAX_TREE } from "../files/bounds.ts";
import { pieceMemory, piecesOf } from "../files/file.ts";
import { listLargeTree } from "../files/folder.ts";
import { type Place, placeInside, shown } from "../files/place.ts";

const MEGABYTE = 1024 * 1024;
/** What a file takes of the sandbox's workspace is counted in pages of this size. */
const PAGE_BYTES = 4096;
const NOTHING = new Uint8Array();

/** A workspace that is not held in memory: its files read their bytes when they are asked for. */
export type LoadedTree = { readonly tree: LargeTree; readonly files: readonly SourceFile[]; readonly digest: string };

/**
 * Digests a workspace that is too large to be held in memory, piece by piece. `digest` is what `filesDigest` gives for its files; `check` is called with each file, and may
 * throw. Throws UserError for what cannot be read, and for more than a large workspace may hold.
 */
export function loadLargeTree(folder: Place, check: (file: SourceFile) => void): LoadedTree {
  const { files: paths, emptyFolders } = listLargeTree(folder);
  const whole = createHash("sha256");
  const entries: TreeEntry[] = [];
  let bytesLeft = MAX_TREE.bytes;
  let pages = 0;
  const memory = pieceMemory();
  for (const path of paths) {
    const entry = digestFile({ place: placeInside(folder, path), path: path.split(sep).join("/") }, whole, memory);
    bytesLeft -= entry.sizeBytes;
    if (bytesLeft < 0)
      throw new UserError(
        `Cannot load "${shown(folder.path)}": its files hold more than ${inMb(MAX_TREE.bytes)} together; put large data into the image of the task`,
      );
    pages += Math.ceil(entry.sizeBytes / PAGE_BYTES);
    entries.push(entry);
    check(sourceFile(folder, entry));
  }
  for (const path of emptyFolders) {
    const entry = { path: path.split(sep).join("/"), kind: "folder" as const, executable: false, sizeBytes: 0, sha256: "" };
    entries.push(entry);
    addHead(whole, entry);
  }
  const digest = whole.digest("hex");
  const tree: LargeTree = {
    place: resolve(folder.path),
    digest,
    entries,
    megabytes: Math.ceil((pages * PAGE_BYTES) / MEGABYTE),
    pieces: (entry) => checkedPieces(folder, entry),
  };
  return { tree, digest, files: entries.map((entry) => sourceFile(folder, entry)) };
}

function digestFile({ place, path }: { readonly place: Place; readonly path: string }, whole: Hash, memory: Buffer): TreeEntry {
  const own = createHash("sha256");
  let entry: Omit<TreeEntry, "sha256"> | null = null;
  let read = 0;
  for (const { bytes, sizeBytes, executable } of piecesOf(place, MAX_TREE.fileBytes, memory)) {
    if (entry === null) {
      entry = { path, kind: "file", executable, sizeBytes };
      addHead(whole, entry);
    }
    own.update(bytes);
    whole.update(bytes);
    read += bytes.length;
  }
  if (entry === null || read !== entry.sizeBytes) throw changed(place);
  return { ...entry, sha256: own.digest("hex") };
}

// As filesDigest begins each file.
function addHead(hash: Hash, { path, kind, executable, sizeBytes }: Omit<TreeEntry, "sha256">): void {
  hash.update(`\0${path}\0${kind === "folder" ? kind : executable ? "x" : "-"}\0${sizeBytes}\0`);
}

// What copies such an object reads the file.
function sourceFile(folder: Place, entry: TreeEntry): SourceFile {
  const { path, executable, kind } = entry;
  if (kind === "folder") return { path, executable, kind, bytes: NOTHING };
  return {
    path,
    executable,
    get bytes() {
      return Buffer.concat([...checkedPieces(folder, entry)]);
    },
  };
}

function* checkedPieces(folder: Place, { path, kind, executable, sha256 }: TreeEntry): Generator<Uint8Array> {
  if (kind === "folder") return;
  const place = placeInside(folder, path);
  const hash = createHash("sha256");
  for (const piece of piecesOf(place, MAX_TREE.fileBytes)) {
    if (piece.executable !== executable) throw changed(place);
    hash.update(piece.bytes);
    yield piece.bytes;
  }
  if (hash.digest("hex") !== sha256) throw changed(place);
}

function changed(place: Place): UserError {
  return new UserError(`Cannot use "${shown(place.path)}": it has changed since the run began; restore it and resume, or start a new run`);
}
