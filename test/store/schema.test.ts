import { execFileSync } from "node:child_process";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { MIGRATIONS } from "../../src/store/migration.ts";
import { expectedObjects, normalized, SCHEMA_DIGESTS, schemaDigest } from "../../src/store/schema.ts";
import { Store } from "../../src/store/store.ts";
import { makeHonestDatabase } from "../faults/honest-database.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";

const NOW = (): Date => new Date("2026-01-02T03:04:05.000Z");

test("the digests are those of the migrations, one for each version", () => {
  expect(SCHEMA_DIGESTS).toEqual(MIGRATIONS.map((_, index) => schemaDigest(expectedObjects(index + 1))));
});

test.for([
  { title: "white space and comments", one: "create  table t (a text -- why\n)", other: "create table t(a /* x */ text)" },
  { title: "case", one: "CREATE TABLE T (A text)", other: "create table t (a TEXT)" },
  { title: "quotes around a plain name", one: 'create table "t" ([a] text, `b` text)', other: "create table t (a text, b text)" },
])("SQL that differs only in $title is the same", ({ one, other }) => {
  expect(normalized(one)).toBe(normalized(other));
});

test.for([
  { title: "a string", one: "select 'A'", other: "select 'a'" },
  { title: "a string and a name", one: "select 'a'", other: 'select "a"' },
  { title: "null and a column of that name", one: "select a is null", other: 'select a is "null"' },
  { title: "two words in quotes", one: 'select "a b"', other: "select a b" },
  { title: "a comment in a string", one: "select '--x'", other: "select '--y'" },
])("SQL that differs in $title is not the same", ({ one, other }) => {
  expect(normalized(one)).not.toBe(normalized(other));
});

// What a stranger may plant, by the SQL that does it.
const STRANGE = [
  {
    sql: "create trigger t after update on trials begin update trials set passed = 1; end",
    object: 'trigger "t", which bench did not make',
  },
  { sql: "create view v as with recursive c(n) as (values (1) union all select n + 1 from c) select * from c", object: 'view "v", which' },
  { sql: "create table more (id integer)", object: 'table "more", which' },
  { sql: "create index i on trials (passed)", object: 'index "i", which' },
  { sql: "create virtual table f using rtree(id, a, b)", object: 'table "f' },
  { sql: "drop view v_pass_rate", object: 'view "v_pass_rate" is missing' },
  { sql: "drop trigger spent_by_step", object: 'trigger "spent_by_step" is missing' },
  { sql: "alter table trials add column more text", object: 'table "trials" is not the one that bench makes' },
  { sql: "drop view v_arms; create view v_arms as select 1 as run_id", object: 'view "v_arms" is not the one' },
  { sql: "drop index trials_by_time; create index trials_by_time on trials (passed)", object: 'index "trials_by_time" is not the one' },
  {
    sql: "pragma writable_schema = on; update sqlite_schema set sql = replace(sql, 'strict', 'strict ') where name = 'runs'; update sqlite_schema set sql = replace(sql, 'not null', '') where name = 'runs'",
    object: 'table "runs" is not the one',
  },
  {
    sql: "pragma writable_schema = on; update sqlite_schema set rootpage = (select rootpage from sqlite_schema where name = 'runs') where name = 'spending'",
    object: "shares its place with another object",
  },
] as const;

test.for(STRANGE)("a database is refused by one line in both modes after: $sql", ({ sql, object }) => {
  using folder = new TempFolder();
  const path = folder.at("bench.db");
  new Store(path, NOW).close();
  const database = new Database(path);
  database.unsafeMode();
  database.exec(sql);
  database.close();

  for (const mode of ["read", "write"] as const) {
    let message = "";
    try {
      new Store(path, NOW, mode).close();
    } catch (error) {
      message = (error as Error).message;
      expect(error).toMatchObject({ name: "UserError" });
    }
    expect(message).toContain(object);
    expect(message).not.toContain("\n");
  }
});

test("what is refused works without the check: a trigger makes failed trials pass, and a view never ends", () => {
  using folder = new TempFolder();
  const path = folder.at("bench.db");
  makeHonestDatabase(path);
  const database = new Database(path);
  database.exec("create trigger t after insert on baselines begin update trials set passed = 1 where passed = 0; end");
  database.exec(
    "drop view v_arms; create view v_arms as with recursive c(n) as (values (1) union all select n + 1 from c) select n as run_id, n as arm_id from c",
  );
  const failed = database.prepare("select count(*) from trials where passed = 0").pluck();

  expect(failed.get()).not.toBe(0);
  database.prepare("insert into baselines (name, run_id, saved_at) values ('other', 'run-1', 'now')").run();
  expect(failed.get()).toBe(0);
  // Far more rows than there are arms, and it would go on.
  expect(database.prepare("select count(*) from (select 1 from v_arms limit 100000)").pluck().get()).toBe(100_000);
  database.close();
  for (const mode of ["read", "write"] as const)
    expect(() => new Store(path, NOW, mode)).toThrow(/which bench did not make|not the one that bench makes/);
});

// Another build of SQLite, which nobody here compiled: the one in Python.
const WRITE_WITH_PYTHON = `
import json, sqlite3, sys
path, steps, version = sys.argv[1], json.loads(sys.stdin.read()), int(sys.argv[2])
database = sqlite3.connect(path)
for step in steps[:version]:
    database.executescript(step)
database.execute("pragma application_id = 1651401576")
database.execute(f"pragma user_version = {version}")
database.commit()
database.close()
print(sqlite3.sqlite_version)
`;

test.for(MIGRATIONS.map((_, index) => ({ version: index + 1 })))(
  "a database of schema $version that another build of SQLite wrote opens in both modes",
  ({ version }) => {
    using folder = new TempFolder();
    const path = folder.at("bench.db");
    execFileSync("python3", ["-c", WRITE_WITH_PYTHON, path, String(version)], { input: JSON.stringify(MIGRATIONS) });

    for (const mode of ["read", "write"] as const) {
      const store = new Store(path, NOW, mode);
      expect(store.runs.list(5)).toEqual([]);
      store.close();
    }
  },
);
