import { closeSync, fdatasync, openSync } from "node:fs";
import { promisify } from "node:util";
import { messageOf } from "../core/errors.ts";

/**
 * Makes what a database has committed survive a loss of power: its log is written through to the disk, which takes milliseconds, while nothing else waits.
 * Whoever asks while that is going on shares the next time with all others who do (group commit, as D. J. DeWitt and others describe it in Implementation
 * Techniques for Main Memory Database Systems, 1984).
 */
export class Sync {
  readonly #writeThrough: () => Promise<void>;
  #current: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;

  constructor(writeThrough: () => Promise<void>) {
    this.#writeThrough = writeThrough;
  }

  /** Resolves when all that was committed before the call is kept; rejects with a fault of the disk. */
  readonly flushed = (): Promise<void> => {
    this.#next ??= this.#afterCurrent();
    return this.#next;
  };

  async #afterCurrent(): Promise<void> {
    await this.#current.catch(() => {});
    this.#next = null;
    this.#current = this.#writeThrough();
    await this.#current;
  }
}

/** The log beside a database, as a thing to be written through; `close` gives its descriptor back. */
export class WriteAheadLog {
  readonly #path: string;
  #descriptor: number | null = null;

  constructor(databasePath: string) {
    this.#path = `${databasePath}-wal`;
  }

  /** Throws an error with the code that SQLite has for the same when the disk does not take it. */
  readonly writeThrough = async (): Promise<void> => {
    try {
      this.#descriptor ??= openSync(this.#path, "r+");
      await promisify(fdatasync)(this.#descriptor);
    } catch (error) {
      // There is none where a database is in memory, or of a kind that is written through at each commit.
      if ((error as { readonly code?: unknown }).code === "ENOENT") return;
      throw Object.assign(new Error(`the disk does not keep it (${messageOf(error)})`), { code: "SQLITE_IOERR_FSYNC" });
    }
  };

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }
}
