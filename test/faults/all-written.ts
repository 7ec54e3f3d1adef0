import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { inflateRawSync } from "node:zlib";
import Database from "better-sqlite3";

/** Something that was written, with where it is. */
export type Written = { readonly where: string; readonly bytes: Uint8Array | string };

type Row = Readonly<Record<string, unknown>>;

/** Everything below a folder: every file as it is, and what is packed in it, unpacked. */
export function allWritten(folder: string): readonly Written[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    const where = relative(folder, path);
    const bytes = readFileSync(path);
    const packed = where.endsWith(".db") ? inDatabase(path, where) : where.endsWith(".html") ? inPage(bytes.toString(), where) : [];
    return [{ where, bytes }, ...packed];
  });
}

/** Every value of every row, each blob with the columns that refer to it. */
function inDatabase(path: string, where: string): readonly Written[] {
  const database = new Database(path, { readonly: true });
  const tables = database.prepare("select name from sqlite_master where type = 'table'").pluck().all() as string[];
  const rows = new Map(tables.map((table) => [table, database.prepare(`select * from "${table}"`).all() as Row[]]));
  database.close();
  const users = new Map<unknown, Set<string>>();
  for (const [table, list] of rows)
    for (const row of list)
      for (const [column, value] of Object.entries(row))
        if (typeof value === "string" && table !== "blobs") users.set(value, (users.get(value) ?? new Set()).add(`${table}.${column}`));

  const values = [...rows].flatMap(([table, list]) =>
    list.flatMap((row) => Object.entries(row).map(([column, value]) => ({ where: `${where} ${table}.${column}`, bytes: String(value) }))),
  );
  const blobs = (rows.get("blobs") ?? []).map(({ digest, encoding, bytes }) => ({
    where: `${where} ${[...(users.get(digest) ?? ["blobs without a user"])].join(", ")}`,
    bytes: encoding === "deflate" ? inflateRawSync(bytes as Uint8Array) : (bytes as Uint8Array),
  }));
  return [...values, ...blobs];
}

/** What a page keeps packed. */
function inPage(html: string, where: string): readonly Written[] {
  return [...html.matchAll(/[A-Za-z0-9+/]{40,}={0,2}/g)].flatMap(([text]) => {
    try {
      return [{ where: `${where} (packed)`, bytes: inflateRawSync(Buffer.from(text, "base64")) }];
    } catch {
      return [];
    }
  });
}
