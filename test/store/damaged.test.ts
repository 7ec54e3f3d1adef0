import { rmSync } from "node:fs";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { readStore } from "../../src/command/open-store.ts";
import type { Store } from "../../src/store/store.ts";
import { withoutRules } from "../faults/database-mutation.ts";
import { makeHonestDatabase } from "../faults/honest-database.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";

const REFUSED = /^Cannot read database ".*": [^\n]{1,200}; the file is damaged or was changed by another program$/;

/** An honest database that was changed as given. */
function changed(folder: TempFolder, change: (database: Database.Database) => void): string {
  const path = folder.at("bench.db");
  makeHonestDatabase(path);
  withoutRules(path, change);
  for (const end of ["-wal", "-shm"]) rmSync(path + end, { force: true });
  return path;
}

function plainly<Value>(path: string, read: (database: Database.Database) => Value): Value {
  const database = new Database(path, { readonly: true });
  try {
    return read(database);
  } finally {
    database.close();
  }
}

const showFirst = (store: Store): unknown => {
  const trial = store.runs.trial(1);
  return trial && store.trajectories.read(trial);
};

test("a blob of some KB that inflates to 200 MB is refused after the size that is stored with it", async () => {
  using folder = new TempFolder();
  const bomb = deflateRawSync(Buffer.alloc(200_000_000), { level: 9 });
  const path = changed(folder, (database) => {
    const digest = database.prepare("select turn_blob from steps where execution_id = 1").pluck().get();
    database.prepare("update blobs set bytes = ?, size = 1000, encoding = 'deflate' where digest = ?").run(bomb, digest);
  });

  const stored = plainly(path, (database) =>
    database.prepare("select bytes from blobs where size = 1000 and encoding = 'deflate'").pluck().get(),
  );
  expect((stored as Buffer).length).toBeLessThan(1_000_000);
  expect(inflateRawSync(stored as Buffer).length).toBe(200_000_000);
  await expect(readStore(path, showFirst)).rejects.toThrow(/cannot be inflated to the size/);
});

test("blobs that are held together have a bound, however often one is referred to", async () => {
  using folder = new TempFolder();
  const path = changed(folder, (database) => {
    const digest = database.prepare("select result_blob from tool_calls where execution_id = 1").pluck().get();
    const text = Buffer.alloc(8_000_000, 120);
    database.prepare("update blobs set bytes = ?, size = ?, encoding = 'raw' where digest = ?").run(text, text.length, digest);
    database.exec(`insert into tool_calls select execution_id, iteration, n, call_id, tool, arguments_blob, started_at, finished_at, tier, decision, result_blob,
      output_blob, error_kind, exit_code, timed_out, duration_ms from tool_calls, (with recursive c(n) as (values (1) union all select n + 1 from c where n < 200) select n from c)
      where execution_id = 1`);
  });

  const sum = "select sum(size) from tool_calls join blobs on digest = result_blob where execution_id = 1";
  expect(plainly(path, (database) => database.prepare(sum).pluck().get())).toBeGreaterThan(1_500_000_000);
  await expect(readStore(path, showFirst)).rejects.toThrow("the contents of one trial are too large to read");
});

test("settings that nest deeper than a program can follow are refused", async () => {
  using folder = new TempFolder();
  const path = changed(folder, (database) =>
    database.exec(
      "update runs set settings = '{\"a\":' || replace(hex(zeroblob(20000)), '0', '[') || replace(hex(zeroblob(20000)), '0', ']') || '}'",
    ),
  );

  const settings = plainly(path, (database) => String(database.prepare("select settings from runs").pluck().get()));
  expect(() => JSON.stringify(JSON.parse(settings))).toThrow(RangeError);
  await expect(readStore(path, (store) => store.runs.list(5))).rejects.toThrow(REFUSED);
});

const DAMAGES: readonly { readonly title: string; readonly sql: string; readonly read: (store: Store) => unknown }[] = [
  { title: "a suite of 20 MB", sql: "update runs set suite = hex(zeroblob(10000000))", read: (store) => store.runs.list(5) },
  {
    title: "an error of 20 MB",
    sql: "update trials set error_message = hex(zeroblob(10000000))",
    read: (store) => store.runs.trials("run-1"),
  },
  { title: "text for a number", sql: "update trials set cost_usd = 'free'", read: (store) => store.runs.trials("run-1") },
  { title: "a negative cost", sql: "update trials set cost_usd = -1", read: (store) => store.runs.arms("run-1") },
  { title: "an infinite cost", sql: "update trials set cost_usd = 9e999", read: (store) => store.runs.arms("run-1") },
  {
    title: "tokens whose sum overflows",
    sql: "update trials set input_tokens = 9223372036854775807",
    read: (store) => store.runs.arms("run-1"),
  },
  { title: "absurd attempts", sql: "update runs set attempts = 1000000000", read: (store) => store.findRun("run-1") },
  { title: "a trial that passed seven times", sql: "update trials set passed = 7", read: (store) => store.runs.arms("run-1") },
  { title: "settings that are no JSON", sql: "update runs set settings = '{'", read: (store) => store.findRun("run-1") },
  { title: "an agent of no kind", sql: "update arms set agent = '{}'", read: (store) => store.runs.arms("run-1") },
  { title: "executions that are gone", sql: "delete from executions", read: showFirst },
  { title: "blobs that are gone", sql: "delete from blobs", read: showFirst },
  {
    title: "more arms than a run can have",
    sql: `insert into arms select 'a' || n, 'n' || n, api, model, prompt_name, prompt_digest, settings, agent
      from arms, (with recursive c(n) as (values (1) union all select n + 1 from c where n < 1100) select n from c) where id = 'arm-oracle';
      insert into run_arms select 'run-1', id, 5, '{}', name, 'p', 0 from arms where prompt_name is not null and id not in (select arm_id from run_arms)`,
    read: (store) => store.runs.arms("run-1"),
  },
  {
    title: "more steps than a trial can have",
    sql: `insert into steps select execution_id, n, started_at, finish, finish_raw, turn_blob, body_blob, 1, 0, 0, 1, 0, null, 0, 0, 0, 'prices', 1, 0, '[]', '{}', 1, null, null
      from steps, (with recursive c(n) as (values (2) union all select n + 1 from c where n < 100100) select n from c) where execution_id = 1`,
    read: showFirst,
  },
];

test.for(DAMAGES)("$title: one line says that the database is damaged", async ({ sql, read }) => {
  using folder = new TempFolder();
  const path = changed(folder, (database) => database.exec(sql));

  await expect(readStore(path, read)).rejects.toThrow(REFUSED);
});
