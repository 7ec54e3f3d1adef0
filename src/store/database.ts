import Database from "better-sqlite3";
import { InfraError, messageOf, UserError } from "../core/errors.ts";
import { MIGRATIONS } from "./migration.ts";

/** An open SQLite database. */
export type Sqlite = Database.Database;

/** Marks a file as ours ("bnch"), so that another program's database is never touched. */
const APPLICATION_ID = 0x626e6368;

/** How a database is opened. Reading needs no write permission, and changes nothing but an old schema. */
export type OpenMode = "read" | "write";

/**
 * Opens the database at `path` with the schema of today; for writing, creates it when it is not there.
 *
 * Throws UserError when the file is not a database of bench, cannot be used, or was written by another version.
 */
export function openDatabase(path: string, mode: OpenMode): Sqlite {
  const database = connect(path, mode);
  try {
    database.pragma("busy_timeout = 10000");
    refuseForeign(database, path);
    if (mode === "write") prepareForWriting(database);
    else if (versionOf(database) < MIGRATIONS.length) updateBeforeReading(path);
    refuseOtherVersion(database, path);
  } catch (error) {
    database.close();
    throw error instanceof UserError ? error : unusable(path, error);
  }
  return database;
}

// Reading needs the schema of today, too. Where the file may not be written, `refuseOtherVersion` says so afterwards.
function updateBeforeReading(path: string): void {
  try {
    const writer = new Database(path, { fileMustExist: true });
    try {
      prepareForWriting(writer);
    } finally {
      writer.close();
    }
  } catch {}
}

function connect(path: string, mode: OpenMode): Sqlite {
  try {
    return new Database(path, { readonly: mode === "read", fileMustExist: mode === "read" });
  } catch (error) {
    throw unusable(path, error);
  }
}

function unusable(path: string, error: unknown): UserError {
  const code = (error as { readonly code?: unknown }).code;
  const advice =
    code === "SQLITE_NOTADB"
      ? "name another file with --db"
      : "check the disk, the folder and its permissions, or name another file with --db";
  return new UserError(`Cannot open database "${path}": ${messageOf(error)}; ${advice}`);
}

const versionOf = (database: Sqlite): number => Number(database.pragma("user_version", { simple: true }));

function refuseForeign(database: Sqlite, path: string): void {
  const isOurs = Number(database.pragma("application_id", { simple: true })) === APPLICATION_ID;
  const isEmpty = database.prepare("select count(*) as n from sqlite_master").pluck().get() === 0;
  if (!isOurs && !isEmpty)
    throw new UserError(`Cannot open database "${path}": it belongs to another program; name another file with --db`);
}

function prepareForWriting(database: Sqlite): void {
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = NORMAL");
  database.pragma("foreign_keys = ON");
  if (versionOf(database) >= MIGRATIONS.length) return;
  const step = database.transaction(() => {
    for (const sql of MIGRATIONS.slice(versionOf(database))) database.exec(sql);
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma(`user_version = ${MIGRATIONS.length}`);
  });
  // Immediate, so that two that start at once do not both migrate.
  step.immediate();
}

function refuseOtherVersion(database: Sqlite, path: string): void {
  const version = versionOf(database);
  if (version > MIGRATIONS.length) {
    throw new UserError(
      `Cannot open database "${path}": it was written by a newer bench (schema ${version}, this one knows ${MIGRATIONS.length}); update bench`,
    );
  }
  if (version < MIGRATIONS.length) {
    throw new UserError(
      `Cannot open database "${path}": it was written by an older bench (schema ${version} of ${MIGRATIONS.length}) and cannot be updated, because the file is read-only; make it writable and open it once`,
    );
  }
}

// What the disk or another process does to the database, as opposed to what our SQL does.
const OUTSIDE = /^SQLITE_(FULL|IOERR|READONLY|BUSY|LOCKED|CANTOPEN|CORRUPT|NOMEM)/;

/** Turns a failure of the disk or the file (a full disk, lost permissions) into an InfraError that ends the run; gives null for any other error. */
export function storeFault(error: unknown): InfraError | null {
  const code = (error as { readonly code?: unknown } | null)?.code;
  if (typeof code !== "string" || !OUTSIDE.test(code)) return null;
  return new InfraError(
    "harness",
    `Cannot store results: ${messageOf(error)}; free disk space or fix the permissions, then resume the run`,
    {
      scope: "run",
      cause: error,
    },
  );
}
