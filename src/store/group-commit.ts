import { closeSync, fdatasync, fstatSync, openSync, type Stats, statSync } from "node:fs";
import { promisify } from "node:util";
import { messageOf } from "../core/errors.ts";
import { MOVED } from "./store-fault.ts";

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

/** The write-ahead log beside a database file, both as they were when the database was opened. `close` releases its file descriptor. */
export class WriteAheadLog {
  readonly #databasePath: string;
  readonly #path: string;
  readonly #database: Stats | undefined;
  #descriptor: number | null = null;

  constructor(databasePath: string) {
    this.#databasePath = databasePath;
    this.#path = `${databasePath}-wal`;
    this.#database = statSync(databasePath, { throwIfNoEntry: false });
  }

  /**
   * Flushes the log to the disk. Throws an error with the code that SQLite uses for a failed flush, or with `MOVED` when the database or its log is no longer where it was:
   * SQLite would go on writing to the deleted file, and all of it would be lost.
   */
  readonly flush = async (): Promise<void> => {
    // A database in memory has neither file nor log.
    if (this.#database === undefined) return;
    this.#requireSame(this.#databasePath, this.#database);
    try {
      this.#descriptor ??= openSync(this.#path, "r+");
      await promisify(fdatasync)(this.#descriptor);
    } catch (error) {
      // Without WAL mode there is no log, and SQLite flushes at each commit.
      if ((error as { readonly code?: unknown }).code === "ENOENT") return;
      throw Object.assign(new Error(`the log cannot be flushed to the disk (${messageOf(error)})`), { code: "SQLITE_IOERR_FSYNC" });
    }
    this.#requireSame(this.#path, fstatSync(this.#descriptor));
  };

  /** Releases the file descriptor. */
  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  // At once: another thread would cost more than the question, and SQLite itself waits for the same file system.
  #requireSame(path: string, before: Stats): void {
    const now = statOrNull(path);
    if (now?.ino === before.ino && now.dev === before.dev) return;
    throw Object.assign(new Error(`"${path}" is ${now === null ? "gone" : "another file"}`), { code: MOVED });
  }
}

function statOrNull(path: string): Stats | null {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}
