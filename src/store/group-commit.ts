import { closeSync, fdatasync, openSync } from "node:fs";
import { promisify } from "node:util";
import { messageOf } from "../core/errors.ts";

/**
 * Makes committed transactions survive a loss of power: it flushes the database's log to the disk, which takes milliseconds, while the program continues.
 * All callers that ask during a flush share the next one.
 *
 * @see DeWitt, D. J. and others (1984), Implementation Techniques for Main Memory Database Systems (group commit)
 */
export class GroupCommit {
  readonly #flush: () => Promise<void>;
  #current: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;

  constructor(flush: () => Promise<void>) {
    this.#flush = flush;
  }

  /** Resolves when everything committed before the call is on the disk; rejects when the disk fails. */
  readonly flushed = (): Promise<void> => {
    this.#next ??= this.#afterCurrent();
    return this.#next;
  };

  async #afterCurrent(): Promise<void> {
    await this.#current.catch(() => {});
    this.#next = null;
    this.#current = this.#flush();
    await this.#current;
  }
}

/** The write-ahead log beside a database file. `close` releases its file descriptor. */
export class WriteAheadLog {
  readonly #path: string;
  #descriptor: number | null = null;

  constructor(databasePath: string) {
    this.#path = `${databasePath}-wal`;
  }

  /** Flushes the log to the disk; throws an error with the code that SQLite uses for a failed flush. */
  readonly flush = async (): Promise<void> => {
    try {
      this.#descriptor ??= openSync(this.#path, "r+");
      await promisify(fdatasync)(this.#descriptor);
    } catch (error) {
      // A database in memory has no log, nor has one without WAL mode, which SQLite flushes at each commit.
      if ((error as { readonly code?: unknown }).code === "ENOENT") return;
      throw Object.assign(new Error(`the log cannot be flushed to the disk (${messageOf(error)})`), { code: "SQLITE_IOERR_FSYNC" });
    }
  };

  /** Releases the file descriptor. */
  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }
}
