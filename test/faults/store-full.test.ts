import { rmSync, statSync } from "node:fs";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { InfraError } from "../../src/core/errors.ts";
import type { RunEvent } from "../../src/core/event.ts";
import { GrowingCapacity } from "../../src/run/growing-capacity.ts";
import { runMissingTrials } from "../../src/run/run.ts";
import { runTrial } from "../../src/run/trial.ts";
import { Store } from "../../src/store/store.ts";
import { anArm, aTask } from "../fixtures/record.ts";
import { folderDeps, saveFolderRun } from "../fixtures/trial-parts.ts";
import { call, calls, type Reply, says, turnModel } from "../fixtures/turn-model.ts";
import { IS_FULL } from "./counted-run.ts";
import { mountSmallDisk, type SmallDisk } from "./small-disk.ts";

const TASKS = [aTask("a")];
const ARMS = [anArm("x"), anArm("y")];
const WRITE = `def add(a, b):\n    return a + b\n${Array.from({ length: 99 }, (_, n) => `# ${n ** 5}\n`).join("")}`;
// The same each time, and nothing that would get smaller.
const LOOK = `python3 -S -c "import hashlib; [print(hashlib.sha256(b'%d' % n).hexdigest()) for n in range(120)]"`;
const REPLIES: readonly Reply[] = [
  calls([call("list_directory", { path: "." }), call("run_command", { command: LOOK })]),
  calls([call("write_file", { path: "add.py", content: WRITE })]),
  says("done"),
];
const NEEDED = ARMS.length * REPLIES.length;
const PAGE = 4096;
// All pages in the long tests; in an ordinary one, a step that no kind of write keeps in step with.
const STEP = (IS_FULL ? 1 : 5) * PAGE;

type Ran = { readonly end: string; readonly told: readonly string[]; readonly notices: readonly string[]; readonly asked: number };

// An answer comes by where the conversation is, so that going on gets the next one.
async function run(store: Store): Promise<Ran> {
  const told: string[] = [];
  const notices: string[] = [];
  let asked = 0;
  const report = (event: RunEvent): void => {
    if (event.kind === "trial-finished") told.push(event.trial.key.armId);
    if (event.kind === "notice") notices.push(event.text);
  };
  const openModel = () =>
    turnModel(({ turns }) => {
      asked += 1;
      return REPLIES[turns.filter(({ kind }) => kind === "assistant").length] ?? says("too much was asked");
    });
  const parts = folderDeps({ store, arms: ARMS, openModel, report });
  const shape = { runId: "run-1", tasks: TASKS, arms: ARMS, attempts: 1 };
  const signal = new AbortController().signal;
  const end = await runMissingTrials(shape, {
    store,
    report,
    capacity: new GrowingCapacity({ agents: 1, gradings: 1 }),
    signal,
    runTrial: (planned, stop) => runTrial(planned, parts, stop),
  });
  return { end, told, notices, asked };
}

function freshStore(path: string): Store {
  for (const ending of ["", "-wal", "-shm"]) rmSync(path + ending, { force: true });
  const store = new Store(path, () => new Date());
  saveFolderRun(store, TASKS, ARMS);
  return store;
}

// With a full disk not even the end can always be written down; what is thrown then says what is wrong.
async function runOnFullDisk(store: Store): Promise<Ran> {
  try {
    return await run(store);
  } catch (error) {
    expect(error).toBeInstanceOf(InfraError);
    expect(error).toMatchObject({ scope: "run" });
    return { end: "failed", told: [], notices: [`Cannot continue: ${(error as Error).message}`], asked: 0 };
  }
}

function rowsIn(path: string, sql: string): unknown[] {
  const database = new Database(path, { readonly: true });
  expect(database.pragma("integrity_check", { simple: true })).toBe("ok");
  const rows = database.prepare(sql).pluck().all();
  database.close();
  return rows;
}

const GRADED = "select arm_id from trials where outcome = 'graded' and passed = 1 order by arm_id";

async function fillAndGoOn(disk: SmallDisk, freeBytes: number): Promise<"full" | "complete"> {
  const path = disk.at("bench.db");
  const store = freshStore(path);
  disk.fill(freeBytes);
  const first = await runOnFullDisk(store);
  store.close();
  disk.empty();
  const where = `with ${freeBytes} bytes left`;

  if (first.end === "complete") return "complete";
  expect(first.end, where).toBe("failed");
  expect(first.notices.join(), where).toMatch(/Cannot continue: Cannot store results: the disk is full .*; free disk space/);
  expect(rowsIn(path, GRADED), where).toEqual(expect.arrayContaining([...first.told]));

  const again = new Store(path, () => new Date());
  const second = await run(again);
  again.close();
  expect(second.end, where).toBe("complete");
  expect([...first.told, ...second.told].sort(), where).toEqual(expect.arrayContaining(["arm-x", "arm-y"]));
  expect(rowsIn(path, GRADED), where).toEqual(["arm-x", "arm-y"]);
  expect(rowsIn(path, "select count(*) from steps"), where).toEqual([NEEDED]);
  // The one answer that found no room is asked for again.
  expect(first.asked + second.asked, where).toBeLessThanOrEqual(NEEDED + 1);
  return "full";
}

test("a disk that is full at any moment of a run costs no finished trial and at most the one answer that found no room", {
  timeout: 900_000,
}, async ({ skip }) => {
  const mounted = mountSmallDisk("4m");
  if ("refusal" in mounted) return skip(mounted.refusal);
  using disk = mounted;
  const store = freshStore(disk.at("bench.db"));
  const before = statSync(disk.at("bench.db-wal")).size;
  expect((await run(store)).end).toBe("complete");
  const written = statSync(disk.at("bench.db-wal")).size - before;
  store.close();
  expect(written).toBeGreaterThan(50 * PAGE);

  const ends: string[] = [];
  for (let free = 0; free <= written + 2 * STEP; free += STEP) ends.push(await fillAndGoOn(disk, free));

  expect(ends[0]).toBe("full");
  expect(ends.at(-1)).toBe("complete");
  expect(ends.filter((end) => end === "full").length).toBeGreaterThan(8);
});
