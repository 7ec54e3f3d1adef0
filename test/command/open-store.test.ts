import { copyFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openToRead, processOwner, runningRuns } from "../../src/command/open-store.ts";
import { Store } from "../../src/store/store.ts";
import { anArm, aRun, aTask } from "../fixtures/record.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";

const NOW = (): Date => new Date("2026-01-02T03:04:05.000Z");

/** A database with a run that this process runs. */
function runningIn(path: string): Store {
  const store = new Store(path, NOW);
  store.saveRun({ run: aRun({ id: "run-1" }), arms: [anArm()], tasks: [aTask()] });
  store.claimRun("run-1", processOwner());
  return store;
}

test("a copy of the file alone, taken while a run is under way, is told as such, and one with its log is read", () => {
  using folder = new TempFolder();
  const store = runningIn(folder.at("bench.db"));
  copyFileSync(folder.at("bench.db"), folder.at("copy.db"));

  expect(() => openToRead(folder.at("copy.db"))).toThrow(
    `Cannot read database "${folder.at("copy.db")}": run "run-1" is under way, and the file that ends in -wal, which has its latest results, is missing; this is a copy without it: copy both files, or read the original`,
  );

  copyFileSync(folder.at("bench.db-wal"), folder.at("copy.db-wal"));
  const copy = openToRead(folder.at("copy.db"));
  expect(runningRuns(copy)).toEqual(["run-1"]);
  copy.close();
  store.close();
});

test("a run counts as running until its process has ended it", () => {
  using folder = new TempFolder();
  const store = runningIn(folder.at("bench.db"));
  expect(runningRuns(store)).toEqual(["run-1"]);

  store.endRun("run-1", "complete");
  expect(runningRuns(store)).toEqual([]);
  store.close();
  openToRead(folder.at("bench.db")).close();
});
