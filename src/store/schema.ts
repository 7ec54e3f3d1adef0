import { createHash } from "node:crypto";
import Database from "better-sqlite3";
import { UserError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import { MIGRATIONS } from "./migration.ts";

/**
 * Digests of the whole schema as each version has it, the first one first. Making the schema of an older version takes a tenth of a second, and comparing a digest less
 * than a millisecond. A test holds that they are those of `MIGRATIONS`, and prints the ones that are missing.
 *
 * @internal
 */
export const SCHEMA_DIGESTS: readonly string[] = [
  "545d5fae2506c5ff9f42ad294c6366e28f4dbf4f95d4fc46627821b0e8ad997a",
  "a70d21484fee823b77a05adbe6eb87b821e81e7d3fce419a82a9fdbc173eea6f",
  "b7385ce49ef3245788f8826aa56c4a9735cd2a88d7e927b1cfd16ac8f7667495",
  "de0d7bee21ce1561ac52b4212f72b169f78859c77d22b90bcbf66855da9f91af",
  "fb82f6052ce801a8835091a036bd9386ff4cebc147fabfdf270ccbf208047e9a",
  "c85b0ad27db36db0f5c6d50a472442e4bfb734fb138862c42dd90654a1b79dce",
  "3b0a5a67671b40fa0b8551ff12451d880a09ef73c45b2100bfe84e5252fd00bd",
  "bbc2c50392b0e582d29bdffe5d38e55733bbe727f9474cbbb23b3bf7e7f6f564",
  "ab29ab842b4581e5e98618f48ad1fb990ba03e92787fbdb4a2ff19d02993d825",
  "3d8030c9b4a872c17dc3e7dc9491f08a95965b879fc9db93b238d95689cf7172",
  "8edf183cb1ab8c0621bf61d0ad1ed3b4fa7c22320cc4fa72687abd4ca299f70d",
  "4e8f6abaf96f3a9f92fcc7bb06eb0ba861d6025548b2f91264d35cf71920f590",
];

// An honest schema has less than 50 objects and 15 KB of text.
const MAX_OBJECTS = 200;
const MAX_SQL_BYTES = 100_000;
const MAX_NAME = 80;

/** A table, index, view or trigger; `sql` is normalized, and null for the indexes that SQLite makes by itself. */
type SchemaObject = { readonly type: string; readonly name: string; readonly table: string; readonly sql: string | null };

/**
 * Refuses a database whose tables, views, indexes and triggers are not exactly those that bench makes in `version`: a strange trigger could change verdicts, and a strange
 * view could give others, or never end. Throws UserError that names the object.
 */
export function refuseStrangeSchema(database: Database.Database, path: string, version: number): void {
  const found = schemaObjects(database, path);
  if (schemaDigest(found) === SCHEMA_DIGESTS[version - 1]) return;
  throw new UserError(`Cannot open database "${path}": ${differenceOf(found, expectedObjects(version))}`);
}

/** Tells which version has exactly the schema of a database; null when none has. Throws UserError when two objects share a place. */
export function versionOfSchema(database: Database.Database, path: string): number | null {
  const version = SCHEMA_DIGESTS.indexOf(schemaDigest(schemaObjects(database, path))) + 1;
  return version === 0 ? null : version;
}

/**
 * Computes the digest of a schema.
 *
 * @internal
 */
export function schemaDigest(objects: readonly SchemaObject[]): string {
  return createHash("sha256").update(objects.map(textOf).sort().join("\n")).digest("hex");
}

/**
 * Makes the schema of a version in memory and reads its objects.
 *
 * @internal
 */
export function expectedObjects(version: number): readonly SchemaObject[] {
  const database = new Database(":memory:");
  try {
    for (const sql of MIGRATIONS.slice(0, version)) database.exec(sql);
    return schemaObjects(database, ":memory:");
  } finally {
    database.close();
  }
}

const within = (column: string): string => `iif(octet_length(${column}) > ${MAX_SQL_BYTES}, '(too long)', ${column})`;

const OBJECTS = `
  select type, ${within("name")} as name, ${within("tbl_name")} as "table", rootpage, ${within("sql")} as sql from sqlite_schema limit ${MAX_OBJECTS}`;

function schemaObjects(database: Database.Database, path: string): readonly SchemaObject[] {
  const rows = database.prepare(OBJECTS).all() as (SchemaObject & { readonly rootpage: number | null })[];
  const pages = new Set<number>();
  return rows.map(({ rootpage, sql, ...row }) => {
    // Two objects on one page, or one on the first page, would let a row of the one change the other, or the schema itself.
    if (rootpage !== null && rootpage !== 0 && (rootpage < 2 || pages.has(rootpage)))
      throw new UserError(
        `Cannot open database "${path}": its ${nameOf(row)} shares its place with another object; the file is damaged or was changed by another program`,
      );
    pages.add(rootpage ?? 0);
    return { ...row, sql: sql === null ? null : normalized(sql) };
  });
}

function differenceOf(found: readonly SchemaObject[], expected: readonly SchemaObject[]): string {
  const known = new Map(expected.map((object) => [`${object.type} ${object.name}`, textOf(object)]));
  for (const object of found) {
    if (STATISTICS.test(object.name))
      return `it has the statistics of ANALYZE, which could make every search slow; open it with sqlite3 and run "drop table ${printable(object.name, MAX_NAME)}"`;
    const text = known.get(`${object.type} ${object.name}`);
    if (text === undefined) return `it has the ${nameOf(object)}, which bench did not make; drop it, or name another file with --db`;
    if (text !== textOf(object))
      return `its ${nameOf(object)} is not the one that bench makes; the file is damaged or was changed by another program`;
  }
  const names = new Set(found.map(({ type, name }) => `${type} ${name}`));
  const missing = expected.find(({ type, name }) => !names.has(`${type} ${name}`));
  return missing
    ? `its ${nameOf(missing)} is missing; the file is damaged or was changed by another program`
    : "it has an object twice; the file is damaged or was changed by another program";
}

// SQLite itself makes no other table with such a name.
const STATISTICS = /^sqlite_stat[1-4]$/;

const textOf = ({ type, name, table, sql }: SchemaObject): string => JSON.stringify([type, name, table, sql]);

const nameOf = ({ type, name }: Pick<SchemaObject, "type" | "name">): string =>
  `${printable(type, MAX_NAME)} "${printable(name, MAX_NAME)}"`;

const TOKEN = /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*(?:\]|$)|[\w$\u0080-\uffff]+|\s+|[\s\S]/g;
const COMMENT_OR_SPACE = /^(?:--|\/\*|\s)/;
const QUOTED_WORD = /^["`[]([a-z_][\w$]*)["`\]]$/;
// Quoted, these would be names of columns.
const LITERALS: ReadonlySet<string> = new Set(["null", "true", "false"]);

/**
 * Writes SQL in one way, whatever its white space, comments, case and needless quotes: SQLite adds quotes when it renames a table, and versions of it differ in that.
 *
 * @internal
 */
export function normalized(sql: string): string {
  const tokens = sql.match(TOKEN) ?? [];
  return tokens.flatMap((token) => (COMMENT_OR_SPACE.test(token) ? [] : [normalizedToken(token)])).join(" ");
}

function normalizedToken(token: string): string {
  if (token.startsWith("'")) return token;
  const lower = token.toLowerCase();
  const word = QUOTED_WORD.exec(lower)?.[1];
  return word === undefined || LITERALS.has(word) ? lower : word;
}
