import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import Database from "better-sqlite3";
import fc from "fast-check";

/** One change of a database: a cell, rows, an object of its schema, bytes of the file, its log, or what stands in the place of a file that SQLite opens. */
export type DatabaseMutation =
  | { readonly kind: "cell"; readonly table: number; readonly column: number; readonly row: number; readonly value: string }
  | { readonly kind: "blob"; readonly row: number; readonly sql: string }
  | { readonly kind: "rows"; readonly table: number; readonly deed: "remove-one" | "remove-all" | "repeat" }
  | { readonly kind: "schema"; readonly sql: string }
  | { readonly kind: "bytes"; readonly changes: Changes }
  | { readonly kind: "cut"; readonly share: number }
  | { readonly kind: "log"; readonly changes: Changes }
  | { readonly kind: "plant"; readonly end: (typeof ENDS)[number]; readonly plant: (typeof PLANTS)[number] };

/** Bytes by their places. */
type Changes = readonly (readonly [number, number])[];

/** Where mutations are made: `path` gets a changed copy of the honest database; links and stored paths lead to files in `outside`, of which `secret.db` is one. */
export type MutationPlace = { readonly honest: string; readonly path: string; readonly outside: string };

/** The ends of the files that SQLite opens for one database. */
export const ENDS = ["", "-wal", "-shm", "-journal"] as const;
const PLANTS = ["link", "fifo", "folder", "bytes"] as const;

// SQL that gives a value: types that the column does not have, extremes, JSON of other shapes, commands to a terminal, and much of it.
const VALUES = [
  "null",
  "''",
  "'x'",
  "x'00ff'",
  "-1",
  "0",
  "1",
  "2",
  "0.5",
  "1e308",
  "9e999",
  "-9e999",
  "9223372036854775807",
  "-9223372036854775808",
  "'latest'",
  "char(27) || ']52;c;aGk=' || char(7)",
  "char(8238, 8203, 0, 155, 10)",
  "hex(zeroblob(40000))",
  "hex(zeroblob(3000000))",
  "zeroblob(1000000)",
  "'[]'",
  "'{}'",
  "'null'",
  "'{'",
  "'[[[]]]'",
  "replace(hex(zeroblob(6000)), '0', '[')",
  '\'{"kind":"cli"}\'',
  '\'{"kind":"loop","profile":7}\'',
  '\'{"__proto__":{"x":1},"flags":[],"images":7,"git":"x"}\'',
  '\'{"gate":{"rounds":1e9}}\'',
  '\'{"price":{"input":-1,"output":"x"}}\'',
  '\'{"limits":{"maxIterations":1e999}}\'',
  '\'[{"name":"x","api":null}]\'',
  "'run-1'",
  "'run-2'",
  "'arm-flawed'",
  "'9999-99-99T99:99:99.000Z'",
  "'OUTSIDE/secret.db'",
  "'/proc/self/environ'",
  "'BENCH_CANARY_KEY'",
  "'$BENCH_CANARY_KEY'",
  '\'{"flags":{"suite":["OUTSIDE"],"models":"OUTSIDE/secret.db"},"images":{"OUTSIDE":"OUTSIDE"}}\'',
];

// The bytes of a blob with their size and encoding.
const BLOBS = [
  "size = 10",
  "size = -1",
  "size = 1e18",
  "encoding = 'raw'",
  "encoding = 'deflate'",
  "encoding = 'zip'",
  "bytes = zeroblob(100000)",
  "bytes = 7",
  "bytes = x'', size = 0",
  "size = 2, encoding = 'raw', bytes = cast('{}' as blob)",
  "size = 4, encoding = 'raw', bytes = cast('null' as blob)",
  "size = 2, encoding = 'raw', bytes = cast('[]' as blob)",
  "size = 1, encoding = 'raw', bytes = cast('{' as blob)",
];

const SCHEMAS = [
  "create trigger t after update on trials begin update trials set passed = 1; end",
  "create trigger t after insert on baselines begin delete from trials; end",
  "create view v as with recursive c(n) as (values (1) union all select n + 1 from c) select * from c",
  "drop view v_arms; create view v_arms as with recursive c(n) as (values (1) union all select n + 1 from c) select n as run_id, n as arm_id, n as name, n as agent, n as model, n as prompt from c",
  "create virtual table f using fts5(a)",
  "create virtual table f using rtree(id, a, b)",
  "alter table runs add column more text",
  "alter table runs drop column stopped_by",
  "drop table notes",
  "drop index trials_of_report",
  "create index more on trials (abs(passed))",
  "analyze",
  "pragma user_version = 0",
  "pragma user_version = 3",
  "pragma user_version = -1",
  "pragma user_version = 8",
  "pragma application_id = 0",
  "pragma writable_schema = on; update sqlite_schema set sql = null where name = 'v_trials'",
  "pragma writable_schema = on; update sqlite_schema set rootpage = 1 where name = 'spending'",
  "pragma writable_schema = on; delete from sqlite_schema where name = 'trials'",
  "pragma writable_schema = on; update sqlite_schema set name = char(27) || '[31m' || char(10) where name = 'v_trials'",
];

const changedBytes = (length: { readonly minLength?: number; readonly maxLength: number }): fc.Arbitrary<Changes> =>
  fc.array(fc.tuple(fc.nat(1_000_000), fc.nat(255)), length);

/** Draws mutations. */
export const databaseMutations: fc.Arbitrary<readonly DatabaseMutation[]> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.array(
      fc.record({
        kind: fc.constant("cell" as const),
        table: fc.nat(1000),
        column: fc.nat(1000),
        row: fc.nat(1000),
        value: fc.constantFrom(...VALUES),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ kind: fc.constant("blob" as const), row: fc.nat(1000), sql: fc.constantFrom(...BLOBS) })
      .map((mutation) => [mutation]),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({
        kind: fc.constant("rows" as const),
        table: fc.nat(1000),
        deed: fc.constantFrom("remove-one" as const, "remove-all" as const, "repeat" as const),
      })
      .map((mutation) => [mutation]),
  },
  { weight: 1, arbitrary: fc.constantFrom(...SCHEMAS).map((sql) => [{ kind: "schema" as const, sql }]) },
  {
    weight: 3,
    arbitrary: changedBytes({ minLength: 1, maxLength: 20 }).map((changes) => [{ kind: "bytes" as const, changes }]),
  },
  { weight: 1, arbitrary: changedBytes({ maxLength: 4 }).map((changes) => [{ kind: "log" as const, changes }]) },
  {
    weight: 1,
    arbitrary: fc
      .record({ kind: fc.constant("plant" as const), end: fc.constantFrom(...ENDS), plant: fc.constantFrom(...PLANTS) })
      .map((mutation) => [mutation]),
  },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 1000 }).map((share) => [{ kind: "cut" as const, share: share / 1000 }]) },
);

/** Writes a changed copy of the honest database, as any program could that is not held to the rules of its tables. */
export function mutateDatabase({ honest, path, outside }: MutationPlace, mutations: readonly DatabaseMutation[]): void {
  for (const end of ENDS) rmSync(path + end, { recursive: true, force: true });
  copyFileSync(honest, path);
  const rows = mutations.filter((mutation) => mutation.kind === "cell" || mutation.kind === "blob" || mutation.kind === "rows");
  if (rows.length > 0)
    withoutRules(path, (database) => {
      for (const mutation of rows) mutateRows(database, mutation, outside);
    });
  for (const mutation of mutations) {
    if (mutation.kind === "bytes" || mutation.kind === "cut") mutateFile(path, mutation);
    else if (mutation.kind === "schema") changeSchema(path, mutation.sql);
    else if (mutation.kind === "log") leaveLog(path, mutation.changes);
    else if (mutation.kind === "plant") plant(path + mutation.end, mutation.plant, outside);
  }
}

// As when the machine stops while a run writes: what was written last stands in the log alone.
function leaveLog(path: string, changes: Changes): void {
  const copy = `${path}-copy`;
  copyFileSync(path, copy);
  withDatabase(copy, (database) => {
    database.pragma("wal_autocheckpoint = 0");
    database.exec("update runs set finished_at = null; update trials set cost_usd = 5");
    copyFileSync(copy, path);
    writeFileSync(`${path}-wal`, changed(readFileSync(`${copy}-wal`), changes));
  });
  rmSync(copy);
}

function plant(place: string, kind: (typeof PLANTS)[number], outside: string): void {
  rmSync(place, { force: true });
  if (kind === "link") symlinkSync(`${outside}/secret.db`, place);
  else if (kind === "fifo") execFileSync("mkfifo", [place]);
  else if (kind === "folder") mkdirSync(place);
  else writeFileSync(place, "bytes of any kind ".repeat(300));
}

function changed(bytes: Buffer, changes: Changes): Buffer {
  for (const [place, value] of changes) bytes[place % bytes.length] = value;
  return bytes;
}

function changeSchema(path: string, sql: string): void {
  withDatabase(path, (database) => {
    try {
      database.exec(sql);
    } catch (error) {
      // Not every build of SQLite has every kind of virtual table.
      if (!/no such module/.test(String(error))) throw error;
    }
  });
}

function mutateFile(path: string, mutation: Extract<DatabaseMutation, { kind: "bytes" | "cut" }>): void {
  const bytes = changed(readFileSync(path), mutation.kind === "bytes" ? mutation.changes : []);
  writeFileSync(path, mutation.kind === "cut" ? bytes.subarray(0, Math.floor(bytes.length * mutation.share)) : bytes);
}

type RowMutation = Extract<DatabaseMutation, { kind: "cell" | "blob" | "rows" }>;

function mutateRows(database: Database.Database, mutation: RowMutation, outside: string): void {
  if (mutation.kind === "blob") {
    const digests = database.prepare("select digest from blobs order by 1").pluck().all();
    database.prepare(`update blobs set ${mutation.sql} where digest = ?`).run(digests[mutation.row % digests.length]);
    return;
  }
  const tables = database.prepare("select name from sqlite_schema where type = 'table' order by name").pluck().all() as string[];
  const table = tables[mutation.table % tables.length] ?? "";
  const columns = database.prepare("select name from pragma_table_info(?)").pluck().all(table) as string[];
  const first = columns[0] ?? "";
  if (mutation.kind === "rows") {
    if (mutation.deed === "remove-all") database.exec(`delete from ${table}`);
    else if (mutation.deed === "remove-one")
      database.exec(`delete from ${table} where ${first} in (select ${first} from ${table} limit 1)`);
    else repeat(database, table, columns);
    return;
  }
  const column = columns[mutation.column % columns.length] ?? "";
  const keys = database.prepare(`select ${first} from ${table}`).pluck().all();
  const key = keys[mutation.row % Math.max(1, keys.length)];
  try {
    database
      .prepare(`update or ignore ${table} set ${column} = ${mutation.value.replaceAll("OUTSIDE", outside)} where ${first} = ?`)
      .run(key ?? null);
  } catch (error) {
    // The number of a row can be nothing else in any file.
    if ((error as { readonly code?: unknown }).code !== "SQLITE_MISMATCH") throw error;
  }
}

// Two thousand rows more, with the first columns of their own.
function repeat(database: Database.Database, table: string, columns: readonly string[]): void {
  const values = columns
    .map((column, index) => (index < 3 ? `iif(typeof(${column}) = 'text', ${column} || '-' || n, ${column} + n)` : column))
    .join(", ");
  database.exec(
    `insert or ignore into ${table} select ${values} from (select * from ${table} limit 1), (with recursive c(n) as (values (1) union all select n + 1 from c where n < 2000) select n from c)`,
  );
}

function withDatabase(path: string, change: (database: Database.Database) => void): void {
  const database = new Database(path);
  try {
    database.unsafeMode();
    database.pragma("foreign_keys = OFF");
    database.pragma("synchronous = OFF");
    change(database);
  } finally {
    database.close();
  }
}

/** Changes rows as any program could that is not held to the rules of the tables: they are taken away for the change, and put back. */
export function withoutRules(path: string, change: (database: Database.Database) => void): void {
  const rules: { readonly name: string; readonly sql: string }[] = [];
  withDatabase(path, (database) => {
    rules.push(
      ...(database
        .prepare("select name, sql from sqlite_schema where type in ('table', 'trigger') and sql is not null")
        .all() as typeof rules),
    );
    setSql(database, rules, lax);
  });
  withDatabase(path, (database) => {
    database.pragma("ignore_check_constraints = ON");
    change(database);
  });
  withDatabase(path, (database) => setSql(database, rules, (sql) => sql));
}

function setSql(
  database: Database.Database,
  rules: readonly { readonly name: string; readonly sql: string }[],
  form: (sql: string) => string,
): void {
  database.pragma("writable_schema = ON");
  const set = database.prepare("update sqlite_schema set sql = ? where name = ?");
  for (const { name, sql } of rules) set.run(form(sql), name);
}

const lax = (sql: string): string =>
  sql
    .replace(/\b(text|integer|real|blob) not null/g, "$1")
    .replace(/\) strict, without rowid\s*$/, ") without rowid")
    .replace(/\) strict\s*$/, ")");
