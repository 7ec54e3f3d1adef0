import { expect, test } from "vitest";
import { storeFault } from "../../src/store/fault.ts";
import { Store } from "../../src/store/store.ts";
import { Sync, WriteAheadLog } from "../../src/store/sync.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";
import { until } from "../fixtures/until.ts";

type Asked = { readonly resolve: () => void; readonly reject: (error: Error) => void };

/** A disk that takes as long as it is told to. */
function slowDisk() {
  const pending: Asked[] = [];
  const writeThrough = (): Promise<void> => new Promise((resolve, reject) => pending.push({ resolve, reject }));
  return { pending, sync: new Sync(writeThrough) };
}

test("who asks while the disk is busy waits for the next time, together with all others who do", async () => {
  const { pending, sync } = slowDisk();
  const kept: string[] = [];
  const ask = (name: string): Promise<number> => sync.flushed().then(() => kept.push(name));

  const first = ask("first");
  await until(() => pending.length === 1);
  const others = [ask("second"), ask("third")];
  pending[0]?.resolve();
  await first;
  expect(kept).toEqual(["first"]);

  await until(() => pending.length === 2);
  pending[1]?.resolve();
  await Promise.all(others);
  expect(kept).toEqual(["first", "second", "third"]);
  expect(pending).toHaveLength(2);
});

test("a disk that fails once fails those who asked, and not who asks later", async () => {
  const { pending, sync } = slowDisk();
  const failing = sync.flushed();
  await until(() => pending.length === 1);
  const later = sync.flushed();
  pending[0]?.reject(new Error("broken"));

  await expect(failing).rejects.toThrow("broken");
  await until(() => pending.length === 2);
  pending[1]?.resolve();
  await later;
});

test("a store in a file is written through, and one in memory has nothing to write", async () => {
  using folder = new TempFolder();
  const inFile = new Store(folder.at("bench.db"), () => new Date());
  const inMemory = new Store(":memory:", () => new Date());

  await Promise.all([inFile.flushed(), inMemory.flushed()]);
  inFile.close();
  inMemory.close();
});

test("a log that the disk does not take is a fault of the database's surroundings", async () => {
  using folder = new TempFolder();
  folder.write({ "bench.db-wal/file.txt": "a folder is no log" });

  const error = await new WriteAheadLog(folder.at("bench.db")).writeThrough().catch((thrown: unknown) => thrown);

  expect(storeFault(error)?.message).toMatch(/^Cannot store results: the disk does not keep it \(EISDIR/);
});
