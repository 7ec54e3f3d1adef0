import type { Statement } from "better-sqlite3";
import { InfraError, messageOf, UserError } from "../../core/errors.ts";
import type { Sqlite } from "../database.ts";
import { type Column, INVALID } from "./column.ts";

/** The columns of a query by their names. */
export type Columns = Readonly<Record<string, Column<unknown>>>;

/** A row of a query, as its columns read it. */
export type RowOf<From extends Columns> = {
  readonly [Name in keyof From]: From[Name] extends Column<infer Value> ? Value : never;
};

/** What a query selects, and the rest of its SQL, from FROM on. `maxRows` is the most that an honest database has. */
export type Selection<From extends Columns> = { readonly columns: From; readonly rest: string; readonly maxRows?: number };

type Value = string | number | null | Readonly<Record<string, string | number | null>>;

// The tasks, arms or steps of the largest run that can be carried out are a tenth of this.
const MAX_ROWS = 100_000;

// A row may hold names; only what is longer is counted, so that a million honest rows are not too much.
const FREE_BYTES = 256;

/** The text that one question may bring into memory, beside short names. JavaScript and a report need a multiple of it. */
export const MAX_HELD_BYTES = 64 * 1024 * 1024;

// More different questions than bench asks; those of its texts that hold a list of any length are the rest.
const MAX_PREPARED = 200;

// Preparing a statement takes as long as running it, and many questions are asked anew for every trial.
const prepared = new WeakMap<Sqlite, Map<string, Statement>>();

function preparedIn(database: Sqlite, sql: string): Statement {
  const statements = prepared.get(database) ?? new Map<string, Statement>();
  prepared.set(database, statements);
  const known = statements.get(sql);
  if (known !== undefined) return known;
  const statement = database.prepare(sql).raw();
  if (statements.size < MAX_PREPARED) statements.set(sql, statement);
  return statement;
}

/**
 * A question to a database that may come from anybody: every value is checked by its column, and rows and texts have bounds. Throws UserError when a value is not what bench
 * stores, and InfraError when the disk fails.
 */
export class Query<From extends Columns> {
  readonly #database: Sqlite;
  readonly #columns: readonly (readonly [string, Column<unknown>])[];
  readonly #maxRows: number;
  readonly #sql: string;
  #statement: Statement | null = null;

  constructor(database: Sqlite, { columns, rest, maxRows = MAX_ROWS }: Selection<From>) {
    this.#database = database;
    this.#columns = Object.entries(columns);
    this.#maxRows = maxRows;
    this.#sql = `select ${this.#columns.map(([name, { sql }]) => `${sql} as "${name}"`).join(", ")} ${rest}`;
  }

  /** Reads all rows. */
  all(...values: readonly Value[]): readonly RowOf<From>[] {
    return reading(this.#database, () => this.#read(values));
  }

  /** Reads the first row; undefined when there is none. */
  first(...values: readonly Value[]): RowOf<From> | undefined {
    return reading(this.#database, () => {
      const row = this.#prepared().get(...values) as readonly unknown[] | undefined;
      return row && this.#row(row);
    });
  }

  #prepared(): Statement {
    this.#statement ??= preparedIn(this.#database, this.#sql);
    return this.#statement;
  }

  #read(values: readonly Value[]): RowOf<From>[] {
    const rows: RowOf<From>[] = [];
    let held = 0;
    for (const row of this.#prepared().iterate(...values) as IterableIterator<readonly unknown[]>) {
      if (rows.length === this.#maxRows) throw damaged(this.#database, `there are more than ${this.#maxRows} rows of one kind`);
      for (const value of row) if (typeof value === "string" && value.length > FREE_BYTES) held += value.length;
      if (held > MAX_HELD_BYTES) throw damaged(this.#database, `one question finds more than ${MAX_HELD_BYTES} bytes of text`);
      rows.push(this.#row(row));
    }
    return rows;
  }

  #row(values: readonly unknown[]): RowOf<From> {
    const row: Record<string, unknown> = {};
    for (const [index, [name, column]] of this.#columns.entries()) {
      const value = column.read(values[index]);
      if (value === INVALID) throw damaged(this.#database, `"${name}" is not ${column.expected}`);
      row[name] = value;
    }
    return row as RowOf<From>;
  }
}

/** Returns a function that prepares a statement when it is first used: a database that is only read takes none that write. */
export function prepareLater(database: Sqlite, sql: string): () => Statement {
  let statement: Statement | null = null;
  return () => {
    statement ??= database.prepare(sql);
    return statement;
  };
}

/** Reports a database that holds what bench never stores. */
export function damaged({ name }: Pick<Sqlite, "name">, state: string): UserError {
  return new UserError(`Cannot read database "${name}": ${state}; the file is damaged or was changed by another program`);
}

// What the machine or another process does, as opposed to what is in the file.
const OUTSIDE = /^SQLITE_(FULL|IOERR|READONLY|BUSY|LOCKED|CANTOPEN|NOMEM|INTERRUPT)/;

// Throws UserError when SQLite cannot read the file, and InfraError when the disk or another process prevents it.
function reading<Result>(database: Sqlite, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (typeof code !== "string" || !code.startsWith("SQLITE_")) throw error;
    if (!OUTSIDE.test(code)) throw damaged(database, `SQLite says "${messageOf(error)}"`);
    throw new InfraError(
      "harness",
      `Cannot read database "${database.name}": ${messageOf(error)}; try again, or check the disk and its permissions`,
      {
        scope: "run",
        cause: error,
      },
    );
  }
}
