import { createHash } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Statement } from "better-sqlite3";
import type { Sqlite } from "./database.ts";

// Below this, compression costs more than it saves.
const COMPRESS_FROM_BYTES = 256;

type BlobRow = { readonly encoding: "raw" | "deflate"; readonly bytes: Buffer };

/** Stores contents under the SHA-256 of their bytes: equal contents once, compressed where that makes them smaller. */
export class BlobTable {
  readonly #insert: Statement;
  readonly #select: Statement<[string], BlobRow>;
  readonly #exists: Statement<[string]>;

  constructor(database: Sqlite) {
    this.#insert = database.prepare("insert or ignore into blobs (digest, size, encoding, bytes) values (?, ?, ?, ?)");
    this.#select = database.prepare("select encoding, bytes from blobs where digest = ?");
    this.#exists = database.prepare("select 1 from blobs where digest = ?");
  }

  /** Stores bytes, or text as UTF-8, and returns their digest. */
  put(content: Uint8Array | string): string {
    const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
    const digest = createHash("sha256").update(bytes).digest("hex");
    if (this.#exists.get(digest)) return digest;
    const packed = bytes.length >= COMPRESS_FROM_BYTES ? deflateRawSync(bytes, { level: 1 }) : null;
    const smaller = packed !== null && packed.length < bytes.length;
    this.#insert.run(digest, bytes.length, smaller ? "deflate" : "raw", smaller ? packed : bytes);
    return digest;
  }

  /** Reads the bytes of a digest; throws when the database does not hold them. */
  get(digest: string): Buffer {
    const row = this.#select.get(digest);
    if (!row) throw new Error(`Cannot read blob "${digest}": the database does not hold it; the file is damaged`);
    return row.encoding === "deflate" ? inflateRawSync(row.bytes) : row.bytes;
  }

  /** Reads the text of a digest. */
  text(digest: string): string {
    return this.get(digest).toString("utf8");
  }
}
