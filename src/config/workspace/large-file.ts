import { createHash } from "node:crypto";
import { UserError } from "../../core/errors.ts";
import type { TreeEntry } from "../../core/large-tree.ts";
import { MAX_TREE } from "../../files/bounds.ts";
import { piecesOf } from "../../files/file.ts";
import { type Place, placeInside, shown } from "../../files/place.ts";
import type { TreeRows } from "./tree-rows.ts";

/** The folder of a tree, and what is known of its files by their numbers. */
export type TreeTable = { readonly folder: Place; readonly rows: TreeRows };

/** A file of a large tree, which takes little more memory than its path: its bytes are read whenever they are asked for. Throws UserError when they have changed since they were digested. */
export class LargeFile implements TreeEntry {
  readonly path: string;
  readonly #table: TreeTable;
  readonly #number: number;

  constructor(path: string, table: TreeTable, number: number) {
    this.path = path;
    this.#table = table;
    this.#number = number;
  }

  get executable(): boolean {
    return this.#table.rows.executable(this.#number);
  }

  get sizeBytes(): number {
    return this.#table.rows.sizeBytes(this.#number);
  }

  get sha256(): string {
    return this.#table.rows.sha256(this.#number).toString("hex");
  }

  get bytes(): Uint8Array {
    return Buffer.concat([...checkedPieces(this.#table.folder, this)]);
  }
}

/** Reads a file of a tree piece by piece. Throws UserError when it is not as it was when it was digested. */
export function* checkedPieces(folder: Place, { path, executable, sha256 }: Omit<TreeEntry, "bytes">): Generator<Uint8Array> {
  const place = placeInside(folder, path);
  const hash = createHash("sha256");
  for (const piece of piecesOf(place, MAX_TREE.fileBytes)) {
    if (piece.executable !== executable) throw changedSince(place);
    hash.update(piece.bytes);
    yield piece.bytes;
  }
  if (hash.digest("hex") !== sha256) throw changedSince(place);
}

/** Makes the error for a file that is not as it was when it was digested. */
export function changedSince(place: Place): UserError {
  return new UserError(`Cannot use "${shown(place.path)}": it has changed since the run began; restore it and resume, or start a new run`);
}
