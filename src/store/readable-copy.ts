import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { messageOf, UserError } from "../core/errors.ts";

/** A copy of a database with its log, in a folder of its own that only this user can read. `remove` deletes it. */
export type ReadableCopy = { readonly path: string; readonly remove: () => void };

const MAX_TRIES = 5;
const PARTS = ["", "-wal"] as const;

/**
 * Copies a database that cannot be read where it is, because SQLite keeps files beside it also while it only reads, and the folder or the disk may not be written. Throws
 * UserError when there is no room for the copy, or when another process writes to the database all the time.
 */
export function copyToRead(path: string): ReadableCopy {
  const folder = mkdtempSync(join(tmpdir(), "bench-read-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const copy = join(folder, basename(path));
  try {
    for (let tries = 1; tries <= MAX_TRIES; tries++) if (copyUnchanged(path, copy)) return { path: copy, remove };
  } catch (error) {
    remove();
    throw new UserError(
      `Cannot open database "${path}": its folder may not be written, so a copy in "${tmpdir()}" is read, and that cannot be made (${messageOf(error)}); make room there, or set TMPDIR`,
    );
  }
  remove();
  throw new UserError(
    `Cannot open database "${path}": its folder may not be written, and another process changes it while it is copied; try again, or read it where it is written`,
  );
}

// Both files belong to one moment only if nothing was written between the beginning and the end.
function copyUnchanged(path: string, copy: string): boolean {
  const before = stampOf(path);
  for (const part of PARTS) {
    rmSync(copy + part, { force: true });
    if (existsSync(path + part)) copyFileSync(path + part, copy + part);
  }
  return stampOf(path) === before;
}

function stampOf(path: string): string {
  return PARTS.map((part) => {
    const stats = statSync(path + part, { bigint: true, throwIfNoEntry: false });
    return stats === undefined ? "none" : `${stats.ino} ${stats.size} ${stats.mtimeNs}`;
  }).join(", ");
}
