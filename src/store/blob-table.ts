import { createHash, randomInt } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Statement } from "better-sqlite3";
import type { Sqlite } from "./database.ts";
import { type Column, count, INVALID, word } from "./query/column.ts";
import { damaged, MAX_HELD_BYTES, prepareLater, Query } from "./query/query.ts";
import type { Shape } from "./query/shape.ts";

// Below this, compression costs more than it saves.
const COMPRESS_FROM_BYTES = 256;
// Compressing a megabyte that gets little smaller takes up to 40 ms, in which nothing else runs; larger contents are compressed where a sample gets much smaller.
const SAMPLE_FROM_BYTES = 1024 * 1024;
const SAMPLES = 8;
const SAMPLE_BYTES = 8 * 1024;
const MAX_SAMPLE_RATIO = 0.25;

// The largest things that are stored are files and outputs of 32 MB and answers of models, which have a bound of their own.
const MAX_BLOB_BYTES = 64 * 1024 * 1024;

const bytes: Column<Buffer> = {
  // Null, since a blob is what this column has.
  sql: `iif(octet_length(bytes) > ${MAX_BLOB_BYTES} or typeof(bytes) <> 'blob', null, bytes)`,
  expected: `a blob of at most ${MAX_BLOB_BYTES} bytes`,
  read: (value) => (Buffer.isBuffer(value) ? value : INVALID),
};

const COLUMNS = { size: count("size"), encoding: word("encoding", ["raw", "deflate"] as const), bytes };

/** Stores contents under the SHA-256 of their bytes: equal contents once, compressed where that makes them smaller. */
export class BlobTable {
  readonly #database: Sqlite;
  readonly #insert: () => Statement;
  readonly #select: Query<typeof COLUMNS>;
  readonly #exists: () => Statement;

  constructor(database: Sqlite) {
    this.#database = database;
    this.#insert = prepareLater(database, "insert or ignore into blobs (digest, size, encoding, bytes) values (?, ?, ?, ?)");
    this.#select = new Query(database, { columns: COLUMNS, rest: "from blobs where digest = ?" });
    this.#exists = prepareLater(database, "select 1 from blobs where digest = ?");
  }

  /** Stores bytes, or text as UTF-8, and returns their digest. */
  put(content: Uint8Array | string): string {
    const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
    const digest = createHash("sha256").update(bytes).digest("hex");
    if (this.#exists().get(digest)) return digest;
    const packed = isWorthPacking(bytes) ? deflateRawSync(bytes, { level: 1 }) : null;
    const smaller = packed !== null && packed.length < bytes.length;
    this.#insert().run(digest, bytes.length, smaller ? "deflate" : "raw", smaller ? packed : bytes);
    return digest;
  }

  /** Starts to read blobs that are held together, such as those of a trial: in all at most `maxBytes`. */
  reader(maxBytes = MAX_HELD_BYTES): BlobReader {
    return new BlobReader(this.#database, maxBytes, (digest, left) => this.#get(digest, left));
  }

  #get(digest: string, maxBytes: number): Buffer {
    const row = this.#select.first(digest);
    if (row === undefined) throw damaged(this.#database, "a blob is missing that a row refers to");
    if (row.size > MAX_BLOB_BYTES) throw damaged(this.#database, `a blob is larger than ${MAX_BLOB_BYTES} bytes`);
    if (row.size > maxBytes) throw damaged(this.#database, "the contents of one trial are too large to read");
    const content = row.encoding === "raw" ? row.bytes : this.#inflated(row);
    if (content.length !== row.size) throw damaged(this.#database, "a blob does not have the size that is stored with it");
    return content;
  }

  // The stored size is the bound, so a few bytes that inflate to gigabytes are refused after the size they claim.
  #inflated({ bytes, size }: { readonly bytes: Buffer; readonly size: number }): Buffer {
    try {
      return inflateRawSync(bytes, { maxOutputLength: Math.max(1, size) });
    } catch {
      throw damaged(this.#database, "a blob cannot be inflated to the size that is stored with it");
    }
  }
}

/** Reads blobs until their bytes together exceed a bound; then, or when one is missing or damaged, it throws UserError. */
export class BlobReader {
  readonly #database: Sqlite;
  readonly #get: (digest: string, maxBytes: number) => Buffer;
  #left: number;

  constructor(database: Sqlite, maxBytes: number, get: (digest: string, maxBytes: number) => Buffer) {
    this.#database = database;
    this.#left = maxBytes;
    this.#get = get;
  }

  /** Reads the bytes of a digest. */
  get(digest: string): Buffer {
    const content = this.#get(digest, this.#left);
    this.#left -= content.length;
    return content;
  }

  /** Reads the text of a digest. */
  text(digest: string): string {
    return this.get(digest).toString("utf8");
  }

  /** Reads the JSON of a digest, which must have a shape. */
  json<Value>(digest: string, shape: Shape<Value>): Value {
    const value = shape.parse(this.text(digest));
    if (value === undefined) throw damaged(this.#database, `a blob does not hold ${shape.expected}`);
    return value;
  }
}

/** Samples are taken at random: a content that was made to be slow cannot prepare for them. */
function isWorthPacking(bytes: Uint8Array): boolean {
  if (bytes.length < SAMPLE_FROM_BYTES) return bytes.length >= COMPRESS_FROM_BYTES;
  const starts = Array.from({ length: SAMPLES }, () => randomInt(bytes.length - SAMPLE_BYTES));
  const sample = Buffer.concat(starts.map((start) => bytes.subarray(start, start + SAMPLE_BYTES)));
  return deflateRawSync(sample, { level: 1 }).length < sample.length * MAX_SAMPLE_RATIO;
}
