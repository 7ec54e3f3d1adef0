import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { UserError } from "../../core/errors.ts";
import { MAX_TREE } from "../../files/bounds.ts";
import { piecesOf, readBytes } from "../../files/file.ts";
import { isThere, pathsBelow } from "../../files/folder.ts";
import { type Place, placeInside, placeNamed, stampOf } from "../../files/place.ts";
import { fileSystemTime, removeFile, replaceFile } from "../../files/write.ts";
import { ownFolder } from "../environment.ts";
import { ROW_BYTES, TreeRows } from "./tree-rows.ts";

/** What is remembered of a tree: the digest of all, that of the names of what it holds, its files in the order of those, and when they were looked at, in nanoseconds since 1970. */
export type TreeRecord = { readonly digest: string; readonly names: string; readonly takenNs: bigint; readonly rows: TreeRows };

// Another form of a record, or of the digest, is another version.
const VERSION = 1;
const SUM_BYTES = 32;
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_BYTES = MAX_HEADER_BYTES + MAX_TREE.entries * ROW_BYTES + SUM_BYTES;
const RECORD_NAME = /^[0-9a-f]{64}$/;
const HOUR_NS = 3_600_000_000_000n;

/**
 * Remembers the digests of large trees by what the file system says of their files, as git's index does, so that a tree which nobody touched need not be read again. It is a
 * cache: what is missing, damaged or cannot be written is nothing remembered, and never an error.
 */
export class TreeRecords {
  readonly #folder: Place;

  constructor(folder: Place) {
    this.#folder = folder;
  }

  /** Those of this user. */
  static own(): TreeRecords {
    return new TreeRecords(placeInside(placeNamed(join(ownFolder("XDG_CACHE_HOME", ".cache"), "bench")), "tree-digests"));
  }

  /** Returns the time that what is looked at from now on is remembered with; null where nothing can be written. */
  now(): bigint | null {
    return fileSystemTime(this.#folder);
  }

  /** Returns what is remembered of the tree in a folder, or null. */
  find(folder: Place): TreeRecord | null {
    return orNull(() => {
      const place = this.#placeOf(folder);
      return isThere(place) ? decoded(readBytes(place, MAX_BYTES), resolve(folder.path)) : null;
    });
  }

  /** Remembers a tree, in the place of what was remembered of its folder. */
  keep(folder: Place, record: TreeRecord): void {
    orNull(() => {
      this.#removeOld();
      replaceFile(this.#placeOf(folder), encoded(record, resolve(folder.path)));
    });
  }

  #placeOf({ path }: Place): Place {
    return placeInside(this.#folder, createHash("sha256").update(resolve(path)).digest("hex"));
  }

  // Records of folders that are gone, and what a process that was killed left half-written.
  #removeOld(): void {
    for (const name of pathsBelow(this.#folder)) {
      const place = placeInside(this.#folder, name);
      if (RECORD_NAME.test(name) ? !isOfPresent(place) : isOlderThanAnHour(place, this.now())) removeFile(place);
    }
  }
}

function orNull<Result>(work: () => Result): Result | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

function isOlderThanAnHour(place: Place, now: bigint | null): boolean {
  const stamp = stampOf(place);
  return now !== null && stamp !== null && stamp.changedNs < now - HOUR_NS;
}

function isOfPresent(place: Place): boolean {
  const [piece] = piecesOf(place, MAX_BYTES);
  const { place: of } = headerOf(Buffer.from(piece?.bytes ?? [])) ?? {};
  return typeof of === "string" && !of.includes("\0") && stampOf(placeNamed(of)) !== null;
}

function encoded({ digest, names, takenNs, rows }: TreeRecord, place: string): readonly Buffer[] {
  const header = Buffer.from(`${JSON.stringify({ version: VERSION, place, digest, names, takenNs: `${takenNs}` })}\n`);
  return [header, rows.bytes, createHash("sha256").update(header).update(rows.bytes).digest()];
}

function decoded(bytes: Buffer, place: string): TreeRecord | null {
  const header = headerOf(bytes);
  if (header === null || header["version"] !== VERSION || header["place"] !== place) return null;
  const { digest, names, takenNs } = header;
  if (typeof digest !== "string" || typeof names !== "string") return null;
  if (typeof takenNs !== "string" || !/^\d{1,20}$/.test(takenNs)) return null;
  const sum = createHash("sha256").update(bytes.subarray(0, -SUM_BYTES)).digest();
  if (!sum.equals(bytes.subarray(-SUM_BYTES))) return null;
  const rows = bytes.subarray(bytes.indexOf("\n") + 1, -SUM_BYTES);
  return rows.length % ROW_BYTES === 0 ? { digest, names, takenNs: BigInt(takenNs), rows: new TreeRows(rows) } : null;
}

// What another program put there may be anything.
function headerOf(bytes: Buffer): Readonly<Record<string, unknown>> | null {
  const end = bytes.subarray(0, MAX_HEADER_BYTES).indexOf("\n");
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8", 0, Math.max(0, end)));
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}
