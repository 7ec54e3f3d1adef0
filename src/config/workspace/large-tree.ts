import { createHash, type Hash } from "node:crypto";
import { resolve, sep } from "node:path";
import { UserError } from "../../core/errors.ts";
import type { LargeTree, TreeEntry } from "../../core/large-tree.ts";
import type { SourceFile } from "../../core/task.ts";
import { inMb, MAX_TREE } from "../../files/bounds.ts";
import { pieceMemory, piecesOf } from "../../files/file.ts";
import { listLargeTree } from "../../files/folder.ts";
import { type Place, placeInside, type Stamp, shown, stampOf } from "../../files/place.ts";
import { changedSince, checkedPieces, LargeFile, type TreeTable } from "./large-file.ts";
import { TreeRecords } from "./tree-record.ts";
import { TreeRows } from "./tree-rows.ts";

const MEGABYTE = 1024 * 1024;
/** What a file takes of the sandbox's workspace is counted in pages of this size. */
const PAGE_BYTES = 4096;
const NOTHING = new Uint8Array();

/** How a large workspace is loaded: what is called with each file, and may throw; and where its digest is remembered. */
export type TreeLoading = { readonly check: (file: SourceFile) => void; readonly records?: TreeRecords };

/** What a folder holds, by its names, with what is known of its files. */
type Listed = TreeTable & { readonly files: readonly string[]; readonly emptyFolders: readonly string[] };

/**
 * Digests a workspace that is too large to be held in memory, piece by piece, and remembers that. The digest is what `filesDigest` gives for its files. Throws UserError for
 * what cannot be read, and for more than a large workspace may hold.
 */
export function loadLargeTree(folder: Place, { check, records = TreeRecords.own() }: TreeLoading): LargeTree {
  const takenNs = records.now();
  const listed = list(folder);
  const whole = createHash("sha256");
  const memory = pieceMemory();
  let bytesLeft = MAX_TREE.bytes;
  for (const [number, path] of listed.files.entries()) {
    const place = placeInside(folder, path);
    // Before it is read: what changes while it is read has another stamp afterwards.
    const stamp = stampOf(place);
    if (stamp === null) throw changedSince(place);
    bytesLeft -= stamp.sizeBytes;
    if (bytesLeft < 0) throw tooMuch(folder);
    listed.rows.set(number, stamp, digestFile({ place, path, stamp, memory }, whole));
  }
  for (const path of listed.emptyFolders) addHead(whole, path, null);
  const digest = whole.digest("hex");
  if (takenNs !== null) records.keep(folder, { digest, names: namesOf(listed), takenNs, rows: listed.rows });
  return treeOf(listed, digest, check);
}

/**
 * Recalls a large workspace that was digested before: what is surely as it was then is not read, and what may not be is compared by its bytes. Returns null where nothing is
 * remembered of it, or something is different. Throws UserError for what cannot be read.
 */
export function recallLargeTree(folder: Place, { check, records = TreeRecords.own() }: TreeLoading): LargeTree | null {
  const record = records.find(folder);
  if (record === null) return null;
  const takenNs = records.now();
  const listed = list(folder);
  if (listed.files.length !== record.rows.count || namesOf(listed) !== record.names) return null;
  const memory = pieceMemory();
  let unsure = 0;
  for (const [number, path] of listed.files.entries()) {
    const place = placeInside(folder, path);
    const stamp = stampOf(place);
    if (stamp === null) return null;
    const sha256 = record.rows.sha256(number);
    if (!record.rows.isSurely(number, stamp, record.takenNs)) {
      unsure += 1;
      const isSame = stamp.sizeBytes === record.rows.sizeBytes(number) && stamp.executable === record.rows.executable(number);
      if (!isSame || !digestFile({ place, path, stamp, memory }, null).equals(sha256)) return null;
    }
    listed.rows.set(number, stamp, sha256);
  }
  if (unsure > 0 && takenNs !== null) records.keep(folder, { ...record, takenNs, rows: listed.rows });
  return treeOf(listed, record.digest, check);
}

function list(folder: Place): Listed {
  const listing = listLargeTree(folder);
  return { folder, ...listing, rows: new TreeRows(listing.files.length) };
}

// The digest of all names, of which none holds a NUL.
function namesOf({ files, emptyFolders }: Listed): string {
  const hash = createHash("sha256");
  for (const path of files) hash.update(path).update("\0");
  hash.update("\0");
  for (const path of emptyFolders) hash.update(path).update("\0");
  return hash.digest("hex");
}

type Read = { readonly place: Place; readonly path: string; readonly stamp: Stamp; readonly memory: Buffer };

// The digest of one file, which is added to that of all.
function digestFile({ place, path, stamp, memory }: Read, whole: Hash | null): Buffer {
  const own = createHash("sha256");
  let read = 0;
  for (const piece of piecesOf(place, MAX_TREE.fileBytes, memory)) {
    if (piece.sizeBytes !== stamp.sizeBytes || piece.executable !== stamp.executable) throw changedSince(place);
    if (read === 0 && whole !== null) addHead(whole, path, stamp);
    own.update(piece.bytes);
    whole?.update(piece.bytes);
    read += piece.bytes.length;
  }
  if (read !== stamp.sizeBytes) throw changedSince(place);
  return own.digest();
}

// As filesDigest begins each file; an empty folder has no stamp.
function addHead(hash: Hash, path: string, stamp: Stamp | null): void {
  const kind = stamp === null ? "folder" : stamp.executable ? "x" : "-";
  hash.update(`\0${slashed(path)}\0${kind}\0${stamp?.sizeBytes ?? 0}\0`);
}

function treeOf(listed: Listed, digest: string, check: TreeLoading["check"]): LargeTree {
  const { folder } = listed;
  const entries: TreeEntry[] = listed.files.map((path, number) => new LargeFile(slashed(path), listed, number));
  let pages = 0;
  for (const file of entries) {
    pages += Math.ceil(file.sizeBytes / PAGE_BYTES);
    check(file);
  }
  for (const path of listed.emptyFolders)
    entries.push({ path: slashed(path), kind: "folder", executable: false, bytes: NOTHING, sizeBytes: 0, sha256: "" });
  return {
    place: resolve(folder.path),
    digest,
    entries,
    megabytes: Math.ceil((pages * PAGE_BYTES) / MEGABYTE),
    pieces: (entry) => (entry.kind === "folder" ? [] : checkedPieces(folder, entry)),
  };
}

function slashed(path: string): string {
  return sep === "/" ? path : path.split(sep).join("/");
}

function tooMuch(folder: Place): UserError {
  return new UserError(
    `Cannot load "${shown(folder.path)}": its files hold more than ${inMb(MAX_TREE.bytes)} together; put large data into the image of the task`,
  );
}
