import Database from "better-sqlite3";
import { UserError } from "../core/errors.ts";
import { examineDatabasePath, liesInUnwritableFolder, placeNewDatabase, standsAlone, unusable } from "./database-file.ts";
import { MIGRATIONS } from "./migration.ts";
import { readAsToday } from "./older-schema.ts";
import { copyToRead } from "./readable-copy.ts";
import { refuseStrangeSchema, versionOfSchema } from "./schema.ts";
import { writing } from "./write-transaction.ts";

/** An open SQLite database. */
export type Sqlite = Database.Database;

/** Marks a file as ours ("bnch"), so that another program's database is never touched. */
const APPLICATION_ID = 0x626e6368;

/** The version of the schema that gave each database an id. */
const VERSION_WITH_ID = 7;

/** How a database is opened. Reading needs no write permission, and never changes the file: a schema of an older version is shown as that of today. */
export type OpenMode = "read" | "write";

/** How a database is opened; `id` is what a database gets as its id that has none yet. */
export type OpenOptions = { readonly mode: OpenMode; readonly id?: string | undefined };

/** An open database; `close` also removes what was made to read it. */
export type OpenDatabase = { readonly database: Sqlite; readonly close: () => void };

/**
 * Opens the database at `path` with the schema of today; for writing, creates it when it is not there, and brings the schema of an older version up to date. One that
 * is only read may lie in a folder, or on a disk, that cannot be written.
 *
 * Throws UserError when the file is not a database of bench, has a schema that bench did not make, cannot be used, or was written by a newer version.
 */
export function openDatabase(path: string, { mode, id }: OpenOptions): OpenDatabase {
  if (path === IN_MEMORY) return closedPlainly(openNew(path, id));
  const exists = examineDatabasePath(path);
  if (mode === "read") return openToRead(path);
  if (!exists) placeNewDatabase(path, (draft) => openNew(draft, id).close());
  return closedPlainly(opened(path, { file: path, mode }, (database, version) => prepareForWriting(database, version, { path, id })));
}

const closedPlainly = (database: Sqlite): OpenDatabase => ({ database, close: () => database.close() });

function openToRead(path: string): OpenDatabase {
  const wasAlone = standsAlone(path);
  try {
    const database = opened(path, { file: path, mode: "read" }, (open, version) => showAsToday(open, version, path));
    return { database, close: () => closeReader(database, wasAlone) };
  } catch (error) {
    if (!(error instanceof UserError) || !liesInUnwritableFolder(path, error.cause)) throw error;
    return openCopy(path);
  }
}

function openCopy(path: string): OpenDatabase {
  const copy = copyToRead(path);
  try {
    const database = opened(path, { file: copy.path, mode: "read" }, (open, version) => showAsToday(open, version, path));
    return {
      database,
      close: () => {
        database.close();
        copy.remove();
      },
    };
  } catch (error) {
    copy.remove();
    throw error;
  }
}

/** Opens a file, refuses one that bench did not make, and makes it ready; `path` is what messages call it. */
function opened(
  path: string,
  { file, mode }: { readonly file: string; readonly mode: OpenMode },
  prepare: (database: Sqlite, version: number) => void,
): Sqlite {
  const wasAlone = standsAlone(file);
  const database = connect(file, mode, path);
  try {
    harden(database);
    prepare(database, examined(database, path));
    return database;
  } catch (error) {
    closeReader(database, wasAlone);
    throw error instanceof UserError ? error : unusable(path, error);
  }
}

function showAsToday(database: Sqlite, version: number, path: string): void {
  if (version === 0)
    throw new UserError(
      `Cannot open database "${path}": it is empty; run "bench run" first, or name another file with --db (a copy needs the file that ends in -wal, too)`,
    );
  readAsToday(database, version);
}

// A connection that may only read leaves the files of the log that it had to make; when nobody had the database open before, SQLite itself removes them again.
function closeReader(database: Sqlite, wasAlone: boolean): void {
  database.close();
  if (!wasAlone || !database.readonly || standsAlone(database.name)) return;
  try {
    const writer = new Database(database.name, { fileMustExist: true });
    try {
      writer.pragma("user_version");
    } finally {
      writer.close();
    }
  } catch {
    // The files stay where the database may not be written, or is damaged.
  }
}

const IN_MEMORY = ":memory:";

function openNew(path: string, id: string | undefined): Sqlite {
  const database = new Database(path);
  prepareForWriting(database, 0, { path, id });
  return database;
}

function connect(file: string, mode: OpenMode, path: string): Sqlite {
  try {
    return new Database(file, { readonly: mode === "read", fileMustExist: true });
  } catch (error) {
    throw unusable(path, error);
  }
}

// The file may come from anybody: nothing in its schema may call a function with effects, and its pages are checked as they are read.
function harden(database: Sqlite): void {
  database.pragma("busy_timeout = 10000");
  database.pragma("trusted_schema = OFF");
  database.pragma("cell_size_check = ON");
}

const versionOf = (database: Sqlite): number => Number(database.pragma("user_version", { simple: true }));

/** Refuses a database that bench did not make, before anything of it is read; returns the version of its schema, 0 for an empty one. */
function examined(database: Sqlite, path: string): number {
  // In one transaction, so that another process cannot update the schema between the two questions.
  const examine = database.transaction(() => {
    const version = versionOf(database);
    const isEmpty = database.prepare("select 1 from sqlite_schema limit 1").get() === undefined;
    if (!isEmpty && Number(database.pragma("application_id", { simple: true })) !== APPLICATION_ID) throw unmarked(database, path);
    if (version > MIGRATIONS.length)
      throw new UserError(
        `Cannot open database "${path}": it was written by a newer bench (schema ${version}, this one knows ${MIGRATIONS.length}); update bench`,
      );
    if (isEmpty) return 0;
    refuseStrangeSchema(database, path, version);
    return version;
  });
  return examine();
}

// What is made from a dump has every table, but not the two numbers in the head of the file.
function unmarked(database: Sqlite, path: string): UserError {
  const version = versionOfSchema(database, path);
  return new UserError(
    version === null
      ? `Cannot open database "${path}": it belongs to another program; name another file with --db`
      : `Cannot open database "${path}": it is not marked as one of bench, as after a restored dump; open it with sqlite3 and run "pragma application_id = ${APPLICATION_ID}; pragma user_version = ${version}"`,
  );
}

function prepareForWriting(
  database: Sqlite,
  version: number,
  { path, id }: { readonly path: string; readonly id: string | undefined },
): void {
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = NORMAL");
  database.pragma("foreign_keys = ON");
  if (version === MIGRATIONS.length) return;
  const update = writing(database, () => {
    // Another process may have updated it since.
    const current = examined(database, path);
    if (current === MIGRATIONS.length) return;
    for (const sql of MIGRATIONS.slice(current)) database.exec(sql);
    if (current < VERSION_WITH_ID && id !== undefined) database.prepare("update origin set id = ?").run(id);
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma(`user_version = ${MIGRATIONS.length}`);
  });
  update();
}
