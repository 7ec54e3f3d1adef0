import { InfraError, messageOf } from "../core/errors.ts";

/** The code of an error for a database that is no longer the file it was, written like those that SQLite gives. */
export const MOVED = "SQLITE_IOERR_MOVED";

/** What the disk, the file or another process did to the database, by the beginning of SQLite's code, and what to do about it. */
const FAULTS: readonly (readonly [code: RegExp, found: string, advice: string])[] = [
  [/^SQLITE_(BUSY|LOCKED)/, "another program has kept the database locked for longer than a write waits", "end that program"],
  [/^SQLITE_FULL/, "the disk is full", "free disk space"],
  [/^SQLITE_READONLY/, "the database may not be written", "fix the permissions of the file and its folder, or mount the disk for writing"],
  [/^SQLITE_IOERR_MOVED$/, "the database was deleted or replaced while it was in use", "put it back with its -wal file"],
  [/^SQLITE_(CORRUPT|NOTADB)/, "the database is damaged", "restore a copy of it"],
  [/^SQLITE_NOMEM/, "there is not enough memory", "free memory"],
  [/^SQLITE_(IOERR|CANTOPEN)/, "the disk or the file fails", "check the disk and the permissions"],
];

/**
 * Turns what the disk, the file or another process does to the database, as opposed to what our SQL does, into an InfraError that ends the run; gives null for any
 * other error. `next` is what the user does after the advice.
 */
export function storeFault(error: unknown, next = "resume the run"): InfraError | null {
  const code = (error as { readonly code?: unknown } | null)?.code;
  if (typeof code !== "string") return null;
  const fault = FAULTS.find(([pattern]) => pattern.test(code));
  if (!fault) return null;
  const [, found, advice] = fault;
  return new InfraError("harness", `Cannot store results: ${found} (${messageOf(error)}); ${advice}, then ${next}`, {
    scope: "run",
    cause: error,
  });
}
