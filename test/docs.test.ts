import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { buildProgram } from "../src/command/program.ts";
import type { Terminal } from "../src/command/terminal.ts";
import { jsonSchemas } from "../src/config/json-schema.ts";
import { reportJsonSchema } from "../src/report/file/json-schema.ts";
import { palette } from "../src/report/terminal/palette.ts";
import { MIGRATIONS } from "../src/store/migration.ts";
import { commandReference } from "./fixtures/command-reference.ts";
import { holdSection, pages, UPDATE_DOCS } from "./fixtures/readme.ts";

const ROOT = join(import.meta.dirname, "..");

const SILENT: Terminal = {
  paint: palette(false),
  paintProgress: palette(false),
  live: false,
  print: () => {},
  printJson: () => {},
  notify: () => {},
};

// A real database, so that the text is what all migrations together come to.
function newDatabase(): Database.Database {
  const database = new Database(":memory:");
  for (const step of MIGRATIONS) database.exec(step);
  return database;
}

function schemaReference(): string {
  const database = newDatabase();
  const table = (type: "table" | "view"): string[] => {
    const names = database
      .prepare("select name from sqlite_master where type = ? and name not like 'sqlite_%' order by iif(type = 'view', name, null), rowid")
      .pluck()
      .all(type) as string[];
    const columns = (name: string): string[] =>
      database.prepare("select name from pragma_table_info(?) order by cid").pluck().all(name) as string[];
    return [`| ${type} | columns |`, "|---|---|", ...names.map((name) => `| \`${name}\` | ${columns(name).join(", ")} |`)];
  };
  const text = [...table("view"), "", ...table("table")].join("\n");
  database.close();
  return text;
}

test.for([
  { name: "commands", write: () => commandReference(buildProgram(SILENT, () => {})) },
  { name: "schema", write: schemaReference },
])("the generated block of $name is what the code says", ({ name, write }) => {
  holdSection(name, write());
});

test("the JSON Schemas are those of the code", () => {
  const folder = join(ROOT, "schemas");
  mkdirSync(folder, { recursive: true });
  for (const [name, schema] of Object.entries({ ...jsonSchemas(), "report.schema.json": reportJsonSchema() })) {
    const text = `${JSON.stringify(schema, null, 2)}\n`;
    if (UPDATE_DOCS) writeFileSync(join(folder, name), text);
    expect(readFileSync(join(folder, name), "utf8")).toBe(text);
  }
});

test("every SQL query in README.md and docs/ is one that the database answers", () => {
  const database = newDatabase();
  const queries = pages().flatMap((path) =>
    [...readFileSync(path, "utf8").matchAll(/sqlite3 \S+ "([^"]+)"/g)].map((match) => match[1] ?? ""),
  );

  expect(queries.length).toBeGreaterThan(0);
  for (const query of queries) expect(() => database.prepare(query).all(), query).not.toThrow();
  database.close();
});
