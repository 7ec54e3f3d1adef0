import { randomBytes } from "node:crypto";
import { accessSync, closeSync, constants, linkSync, lstatSync, openSync, renameSync, rmSync, type Stats } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { messageOf, UserError } from "../core/errors.ts";

const NAME_ANOTHER = "name a plain file with --db";

/** The files that SQLite keeps beside a database; it would follow links there, too. */
const COMPANIONS = ["-wal", "-shm", "-journal"] as const;

/**
 * Refuses a path that leads to anything but a plain file, so that a database in a folder of somebody else is not a link to a file of the user. Links are refused at the end
 * of the path and, below the working directory, in every folder of it. Returns whether the file exists. Throws UserError.
 */
export function examineDatabasePath(path: string): boolean {
  // SQLite's binding would leave the white space out, and open another file.
  if (path !== path.trim() || path === "") throw refused(path, "its name begins or ends with white space, or is empty");
  const end = resolve(path);
  for (const folder of foldersBelowWorkingDirectory(end)) {
    const stats = statsOf(folder, path);
    if (stats === null) return false;
    if (!stats.isDirectory()) throw refused(path, `"${folder}" is ${kindOf(stats)}, not a folder`, adviceOn(stats));
  }
  const stats = statsOf(end, path);
  for (const companion of COMPANIONS) examineCompanion(end + companion, path);
  if (stats === null) return false;
  if (!stats.isFile()) throw refused(path, `it is ${kindOf(stats)}, not a plain file`, adviceOn(stats));
  return true;
}

/**
 * Places a new database that only its user can read. `make` fills it under another name, and it gets its own when it is whole: another process that opens or creates
 * it at the same moment finds either nothing or all of it. One that is there first stays. Throws UserError when a file cannot be created.
 */
export function placeNewDatabase(path: string, make: (draft: string) => void): void {
  const draft = `${path}-${randomBytes(8).toString("hex")}`;
  try {
    createPrivately(draft, path);
    make(draft);
    giveName(draft, path);
  } finally {
    for (const end of ["", ...COMPANIONS]) rmSync(draft + end, { force: true });
  }
}

function createPrivately(draft: string, path: string): void {
  try {
    closeSync(openSync(draft, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW, 0o600));
  } catch (error) {
    throw uncreatable(path, error);
  }
}

function giveName(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    // Another bench that started at the same time may have made it.
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return void examineDatabasePath(path);
    if (!examineDatabasePath(path)) renameInstead(draft, path);
  }
}

// Some file systems have no links of this kind.
function renameInstead(draft: string, path: string): void {
  try {
    renameSync(draft, path);
  } catch (error) {
    throw uncreatable(path, error);
  }
}

function uncreatable(path: string, error: unknown): UserError {
  return new UserError(
    `Cannot open database "${path}": ${messageOf(error)}; check the disk, the folder and its permissions, or name another file with --db`,
  );
}

/** Tells whether SQLite keeps no file beside a database now; then no other process has it open, or has read from it yet. */
export function standsAlone(path: string): boolean {
  return COMPANIONS.every((companion) => statsOf(path + companion, path) === null);
}

/** Tells whether SQLite could not open a database because it keeps files beside it, also while it only reads, and the folder or the disk may not be written. */
export function liesInUnwritableFolder(path: string, error: unknown): boolean {
  const { code } = Object(error) as { readonly code?: unknown };
  return (
    /^SQLITE_(READONLY|CANTOPEN)/.test(String(code)) && allows(path, constants.R_OK) && !allows(dirname(resolve(path)), constants.W_OK)
  );
}

/** Makes the line for a database that SQLite could not open, with what the user can do about it; the cause is SQLite's error. */
export function unusable(path: string, error: unknown): UserError {
  const { code } = error as { readonly code?: unknown };
  const other = "or name another file with --db";
  const line = (state: string, advice: string): UserError =>
    new UserError(`Cannot open database "${path}": ${state}; ${advice}`, { cause: error });
  if (code === "SQLITE_NOTADB") return line(messageOf(error), "name another file with --db");
  if (!allows(path, constants.R_OK)) return line("its permissions do not let you read it", `change them, ${other}`);
  if (/^SQLITE_(BUSY|LOCKED)/.test(String(code))) return line("another program has kept it locked", `end that program, ${other}`);
  if (String(code).startsWith("SQLITE_READONLY") || !allows(path, constants.W_OK) || !allows(dirname(resolve(path)), constants.W_OK))
    return line("you may not write to it or to its folder", `change their permissions, ${other}`);
  if (code === "SQLITE_CORRUPT" && lacksLog(path))
    return line(messageOf(error), `if it is a copy, copy the file that ends in -wal, too, ${other}`);
  return line(messageOf(error), `check the disk, the folder and its permissions, ${other}`);
}

const lacksLog = (path: string): boolean => statsOf(`${path}-wal`, path) === null;

function allows(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

// A rollback journal names other files, which SQLite would read and may delete. A database of bench keeps a log (WAL) instead.
function examineCompanion(companion: string, path: string): void {
  const stats = statsOf(companion, path);
  if (stats === null) return;
  if (!stats.isFile()) throw refused(path, `"${companion}" is ${kindOf(stats)}, not a plain file`);
  if (companion.endsWith("-journal") && stats.size > 0)
    throw refused(path, `"${companion}" shows that another program stopped while it wrote to it; open it with that program first`);
}

function foldersBelowWorkingDirectory(end: string): readonly string[] {
  const below = relative(process.cwd(), end);
  if (below.startsWith("..") || isAbsolute(below)) return [];
  const names = below.split(sep).slice(0, -1);
  return names.map((_, index) => join(process.cwd(), ...names.slice(0, index + 1)));
}

function statsOf(file: string, path: string): Stats | null {
  try {
    return lstatSync(file, { throwIfNoEntry: false }) ?? null;
  } catch (error) {
    throw refused(path, messageOf(error));
  }
}

function kindOf(stats: Stats): string {
  if (stats.isSymbolicLink()) return "a link";
  if (stats.isDirectory()) return "a folder";
  if (stats.isFIFO()) return "a named pipe";
  if (stats.isFile()) return "a file";
  return "a device or a socket";
}

function adviceOn(stats: Stats): string {
  return stats.isSymbolicLink() ? "if the link is yours, name the database by its own path with --db" : NAME_ANOTHER;
}

function refused(path: string, state: string, advice = NAME_ANOTHER): UserError {
  return new UserError(`Cannot open database "${path}": ${state}; ${advice}`);
}
