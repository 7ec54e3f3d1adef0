import Database from "better-sqlite3";
import { messageOf, UserError } from "../core/errors.ts";
import { MIGRATIONS } from "./migration.ts";

export type Sqlite = Database.Database;

/**
 * Opens the database, makes it when it is not there, and brings its schema up to date.
 *
 * Throws UserError when the file is no database of ours or was written by a newer version.
 */
export function openDatabase(path: string): Sqlite {
  const database = connect(path);
  try {
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = NORMAL");
    database.pragma("foreign_keys = ON");
    database.pragma("busy_timeout = 10000");
    migrate(database, path);
  } catch (error) {
    database.close();
    if (error instanceof UserError) throw error;
    throw new UserError(`Cannot open database "${path}": ${messageOf(error)}; move the file away or name another with --db`);
  }
  return database;
}

function connect(path: string): Sqlite {
  try {
    return new Database(path);
  } catch (error) {
    throw new UserError(`Cannot open database "${path}": ${messageOf(error)}; check that its folder is there and may be written`);
  }
}

function migrate(database: Sqlite, path: string): void {
  const step = database.transaction(() => {
    const version = Number(database.pragma("user_version", { simple: true }));
    if (version > MIGRATIONS.length) {
      throw new UserError(
        `Cannot open database "${path}": it was written by a newer bench (schema ${version}, this one knows ${MIGRATIONS.length}); update bench`,
      );
    }
    for (const sql of MIGRATIONS.slice(version)) database.exec(sql);
    database.pragma(`user_version = ${MIGRATIONS.length}`);
  });
  // Immediate, so that two that start at once do not both migrate.
  step.immediate();
}
