import { renameSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { GroupCommit, WriteAheadLog } from "../../src/store/group-commit.ts";
import { Store } from "../../src/store/store.ts";
import { storeFault } from "../../src/store/store-fault.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";
import { until } from "../fixtures/until.ts";

type PendingFlush = { readonly resolve: () => void; readonly reject: (error: Error) => void };

/** A disk whose flushes end when the test says so. */
function slowDisk() {
  const pending: PendingFlush[] = [];
  const flush = (): Promise<void> => new Promise((resolve, reject) => pending.push({ resolve, reject }));
  return { pending, commits: new GroupCommit(flush) };
}

test("callers that ask during a flush share the next one", async () => {
  const { pending, commits } = slowDisk();
  const flushed: string[] = [];
  const ask = (name: string): Promise<number> => commits.flushed().then(() => flushed.push(name));

  const first = ask("first");
  await until(() => pending.length === 1);
  const others = [ask("second"), ask("third")];
  pending[0]?.resolve();
  await first;
  expect(flushed).toEqual(["first"]);

  await until(() => pending.length === 2);
  pending[1]?.resolve();
  await Promise.all(others);
  expect(flushed).toEqual(["first", "second", "third"]);
  expect(pending).toHaveLength(2);
});

test("a failed flush rejects the callers that waited for it, and not later ones", async () => {
  const { pending, commits } = slowDisk();
  const failing = commits.flushed();
  await until(() => pending.length === 1);
  const later = commits.flushed();
  pending[0]?.reject(new Error("broken"));

  await expect(failing).rejects.toThrow("broken");
  await until(() => pending.length === 2);
  pending[1]?.resolve();
  await later;
});

test("a store in a file is flushed, and one in memory has nothing to flush", async () => {
  using folder = new TempFolder();
  const inFile = new Store(folder.at("bench.db"), () => new Date());
  const inMemory = new Store(":memory:", () => new Date());

  await Promise.all([inFile.flushed(), inMemory.flushed()]);
  inFile.close();
  inMemory.close();
});

test("a log that cannot be flushed is a fault of the disk that ends the run", async () => {
  using folder = new TempFolder();
  folder.write({ "bench.db": "", "bench.db-wal/file.txt": "a folder is no log" });

  const error = await new WriteAheadLog(folder.at("bench.db")).flush().catch((thrown: unknown) => thrown);

  expect(storeFault(error)?.message).toMatch(
    /^Cannot store results: the disk or the file fails \(the log cannot be flushed to the disk \(EISDIR/,
  );
});

test.each(["bench.db", "bench.db-wal"])("after %s was deleted or replaced, nothing that is stored counts as safe", async (file) => {
  using folder = new TempFolder();
  const store = new Store(folder.at("bench.db"), () => new Date());
  store.saveExpected("digest", "image", { required: ["adds"], shapes: null });
  await store.flushed();

  renameSync(folder.at(file), folder.at("elsewhere"));
  const gone = await store.flushed().catch((thrown: unknown) => thrown);
  writeFileSync(folder.at(file), "another");
  const replaced = await store.flushed().catch((thrown: unknown) => thrown);
  renameSync(folder.at("elsewhere"), folder.at(file));
  await store.flushed();
  store.close();

  const where = folder.at(file);
  const line = (state: string): string =>
    `Cannot store results: the database was deleted or replaced while it was in use ("${where}" is ${state}); put it back with its -wal file, then resume the run`;
  expect([gone, replaced].map((error) => storeFault(error)?.message)).toEqual([line("gone"), line("another file")]);
});
