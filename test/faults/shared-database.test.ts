import { execFile } from "node:child_process";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { Store } from "../../src/store/store.ts";
import { programWords } from "../fixtures/program.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";
import { IS_FULL } from "./counted-run.ts";

const [NODE, CHILD] = programWords("test/faults/shared-database-child.ts");
const ATTEMPTS = IS_FULL ? 2_000 : 100;
const TASKS = 2;

type Role = "run" | "regrade" | "read";

/** Starts a process that works on the database; gives what it complained about. */
function start(path: string, role: Role, id: string, count = ATTEMPTS): Promise<string> {
  return new Promise((resolve) => {
    execFile(NODE, [CHILD, path, role, id, String(count)], (error, _stdout, stderr) => resolve(error ? stderr || error.message : ""));
  });
}

test("two transactions that read before they write cannot both end, which is what writes are kept from", () => {
  using folder = new TempFolder();
  const path = folder.at("plain.db");
  const [first, second] = [new Database(path), new Database(path)];
  first.exec("pragma journal_mode = wal; create table numbers (n); insert into numbers values (1)");

  first.exec("begin; select n from numbers");
  first.prepare("select n from numbers").all();
  second.exec("update numbers set n = n + 1");

  expect(() => first.exec("update numbers set n = n + 1")).toThrow("database is locked");
  first.close();
  second.close();
});

test("runs, a regrading and a reader on one new database at once: none of them fails, and every trial is there once", {
  timeout: 600_000,
}, async () => {
  using folder = new TempFolder();
  const path = folder.at("bench.db");
  expect(await start(path, "run", "old")).toBe("");

  const ends = await Promise.all([
    start(path, "run", "one"),
    start(path, "run", "two"),
    start(path, "run", "three"),
    start(path, "regrade", "old", ATTEMPTS / 4),
    start(path, "read", "", ATTEMPTS / 4),
  ]);

  expect(ends).toEqual(["", "", "", "", ""]);
  const store = new Store(path, () => new Date(), "read");
  const stored = ["one", "two", "three", "old"].map(
    (id) => new Set(store.runs.trials(id).map((trial) => `${trial.taskId} ${trial.attempt}`)).size,
  );
  store.close();
  expect(stored).toEqual([1, 2, 3, 4].map(() => ATTEMPTS * TASKS));
});

test("processes that make a database at the same moment all find it whole", { timeout: 600_000 }, async () => {
  using folder = new TempFolder();
  const path = folder.at("bench.db");

  const ends = await Promise.all(["a", "b", "c", "d", "e"].map((id) => start(path, "run", id, 2)));

  expect(ends).toEqual(["", "", "", "", ""]);
});
