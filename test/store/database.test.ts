import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { Store } from "../../src/store/store.ts";
import { makeHonestDatabase } from "../faults/honest-database.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";

const NOW = (): Date => new Date("2026-01-02T03:04:05.000Z");

function honestIn(folder: TempFolder): string {
  const path = folder.at("bench.db");
  makeHonestDatabase(path);
  return path;
}

function change(path: string, sql: string): void {
  const database = new Database(path);
  database.exec(sql);
  database.close();
}

function runsIn(path: string): readonly string[] {
  const store = new Store(path, NOW, "read");
  try {
    return store.runs.list(10).map(({ id }) => id);
  } finally {
    store.close();
  }
}

// What `.dump` writes and a shell of SQLite reads again: every object and row, and neither of the numbers in the head of the file.
function restoreDump(from: string, to: string): void {
  const database = new Database(to);
  database.exec(`attach '${from}' as old`);
  const objects = database
    .prepare("select type, name, sql from old.sqlite_schema where sql is not null order by type <> 'table', rowid")
    .all() as { readonly type: string; readonly name: string; readonly sql: string }[];
  for (const { type, name, sql } of objects) {
    database.exec(sql);
    if (type === "table") database.exec(`insert into main.${name} select * from old.${name}`);
  }
  database.close();
}

test("a database that other programs have copied, packed or set to another page size or kind of log is read", async () => {
  using folder = new TempFolder();
  const path = honestIn(folder);
  const database = new Database(path);
  await database.backup(folder.at("backup.db"));
  database.exec(`vacuum into '${folder.at("packed.db")}'`);
  database.close();
  makeHonestDatabase(folder.at("small.db"));
  change(folder.at("small.db"), "pragma journal_mode = delete; pragma page_size = 1024; vacuum; pragma auto_vacuum = full; vacuum");

  for (const copy of ["backup.db", "packed.db", "small.db"]) expect(runsIn(folder.at(copy))).toEqual(runsIn(path));
});

test("a database from a restored dump is refused with the line that marks it again, after which it is read", () => {
  using folder = new TempFolder();
  const path = honestIn(folder);
  const restored = folder.at("restored.db");
  restoreDump(path, restored);

  expect(() => runsIn(restored)).toThrow(
    /: it is not marked as one of bench, as after a restored dump; open it with sqlite3 and run "[^"]+"$/,
  );

  const advice = /run "([^"]+)"/.exec(String(errorOf(() => runsIn(restored))))?.[1] ?? "";
  change(restored, advice);
  expect(runsIn(restored)).toEqual(runsIn(path));
});

test("a database of another program that has tables of the same names is not taken for one of bench", () => {
  using folder = new TempFolder();
  change(folder.at("other.db"), "create table runs (id text); create table trials (id integer)");

  expect(() => runsIn(folder.at("other.db"))).toThrow("it belongs to another program; name another file with --db");
});

test("the statistics of ANALYZE are refused with the line that removes them, after which the database is read", () => {
  using folder = new TempFolder();
  const path = honestIn(folder);
  change(path, "analyze");
  for (let tables = 0; tables < 3; tables++) {
    const advice = /run "(drop table sqlite_stat[1-4])"/.exec(String(errorOf(() => runsIn(path))))?.[1];
    if (advice === undefined) break;
    change(path, advice);
  }

  expect(runsIn(path)).toEqual(["run-2", "run-1"]);
});

/** Shows a folder once more, read-only; gives null where that is not allowed. */
function mountReadOnly(folder: TempFolder): (Disposable & { readonly path: string }) | null {
  const path = folder.at("read-only");
  mkdirSync(path);
  try {
    execFileSync("mount", ["--bind", folder.at("written"), path], { stdio: "pipe" });
    execFileSync("mount", ["-o", "remount,ro,bind", path], { stdio: "pipe" });
  } catch {
    return null;
  }
  return { path, [Symbol.dispose]: () => void execFileSync("umount", ["-l", path]) };
}

const copiesOf = (): readonly string[] => readdirSync(tmpdir()).filter((name) => name.startsWith("bench-read-"));

test("a database on a disk that may not be written is read, with what is only in its log, and nothing of it stays behind", ({ skip }) => {
  using folder = new TempFolder();
  mkdirSync(folder.at("written"));
  makeHonestDatabase(folder.at("written/bench.db"));
  using mount = mountReadOnly(folder);
  if (mount === null) return skip("no folder can be mounted read-only here");
  const before = copiesOf();
  const read = () => {
    const store = new Store(join(mount.path, "bench.db"), NOW, "read");
    const expected = store.expected("digest", "image");
    const runs = store.runs.list(10).map(({ id }) => id);
    store.close();
    return { runs, expected };
  };
  expect(read()).toEqual({ runs: ["run-2", "run-1"], expected: null });

  const writer = new Store(folder.at("written/bench.db"), NOW);
  writer.saveExpected("digest", "image", { required: ["adds"], shapes: null });
  const duringWrite = read();
  writer.close();

  expect(duringWrite).toEqual({ runs: ["run-2", "run-1"], expected: { required: ["adds"], shapes: null } });
  expect(read()).toEqual(duringWrite);
  expect(copiesOf()).toEqual(before);
});

test("a database on a disk that may not be written is refused for writing with the reason", ({ skip }) => {
  using folder = new TempFolder();
  mkdirSync(folder.at("written"));
  makeHonestDatabase(folder.at("written/bench.db"));
  using mount = mountReadOnly(folder);
  if (mount === null) return skip("no folder can be mounted read-only here");

  expect(() => new Store(join(mount.path, "bench.db"), NOW)).toThrow(
    /^Cannot open database ".*": you may not write to it or to its folder; change their permissions, or name another file with --db$/,
  );
});

test.skipIf(process.getuid?.() === 0)("a database in a folder that may not be written is read", () => {
  using folder = new TempFolder();
  mkdirSync(folder.at("shared"));
  makeHonestDatabase(folder.at("shared/bench.db"));
  chmodSync(folder.at("shared"), 0o555);
  try {
    expect(runsIn(folder.at("shared/bench.db"))).toEqual(["run-2", "run-1"]);
  } finally {
    chmodSync(folder.at("shared"), 0o755);
  }
});

test.skipIf(process.getuid?.() === 0)("a database that may not be read is refused with its permissions as the reason", () => {
  using folder = new TempFolder();
  writeFileSync(folder.at("bench.db"), "", { mode: 0 });

  expect(() => runsIn(folder.at("bench.db"))).toThrow("its permissions do not let you read it; change them");
});

function errorOf(work: () => unknown): unknown {
  try {
    work();
    return null;
  } catch (error) {
    return error;
  }
}
