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
import { holdSection, UPDATE_DOCS } from "./fixtures/readme.ts";

const ROOT = join(import.meta.dirname, "..");

const SILENT: Terminal = { paint: palette(false), paintProgress: palette(false), live: false, print: () => {}, notify: () => {} };

// Read from a real database, so that the text is what all migrations together come to.
function schemaReference(): string {
  const database = new Database(":memory:");
  for (const step of MIGRATIONS) database.exec(step);
  const names = (type: string): string[] =>
    database
      .prepare("select name from sqlite_master where type = ? and name not like 'sqlite_%' order by rowid")
      .pluck()
      .all(type) as string[];
  const columns = (table: string): string[] =>
    database.prepare("select name from pragma_table_info(?) order by cid").pluck().all(table) as string[];
  const tables = names("table").map((table) => `| \`${table}\` | ${columns(table).join(", ")} |`);
  const views = names("view").map((view) => `\`${view}\``);
  database.close();
  return ["| table | columns |", "|---|---|", ...tables, "", `Views: ${views.join(", ")}.`].join("\n");
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
