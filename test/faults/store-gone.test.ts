import { existsSync, renameSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import type { RunEvent } from "../../src/core/event.ts";
import { GrowingCapacity } from "../../src/run/growing-capacity.ts";
import { runMissingTrials } from "../../src/run/run.ts";
import { runTrial } from "../../src/run/trial.ts";
import { Store } from "../../src/store/store.ts";
import { anArm, aTask } from "../fixtures/record.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";
import { folderDeps, saveFolderRun } from "../fixtures/trial-parts.ts";
import { call, calls, says, turnModel } from "../fixtures/turn-model.ts";

const TASKS = ["a", "b", "c", "d"].map((id) => aTask(id));
const ARMS = [anArm("x")];

/** Runs four trials of two requests each, and calls `disturb` as the second trial asks for the first time. */
async function runDisturbed(path: string, disturb: () => void) {
  const store = new Store(path, () => new Date());
  saveFolderRun(store, TASKS, ARMS);
  const notices: string[] = [];
  let asked = 0;
  const report = (event: RunEvent): void => {
    if (event.kind === "notice") notices.push(event.text);
  };
  const openModel = () =>
    turnModel(({ turns }) => {
      asked += 1;
      if (asked === 3) disturb();
      return turns.some(({ kind }) => kind === "assistant")
        ? says("done")
        : calls([call("write_file", { path: "add.py", content: "a + b" })]);
    });
  const parts = folderDeps({ store, arms: ARMS, openModel, report });
  const shape = { runId: "run-1", tasks: TASKS, arms: ARMS, attempts: 1 };
  const signal = new AbortController().signal;
  const runTrials = {
    store,
    report,
    capacity: new GrowingCapacity({ agents: 1, gradings: 1 }),
    signal,
    runTrial: (planned: Parameters<typeof runTrial>[0], stop: AbortSignal) => runTrial(planned, parts, stop),
  };
  const end = await runMissingTrials(shape, runTrials);
  store.close();
  return { end, asked, notices };
}

test("a run whose database is deleted stops at the next write: nothing more is paid for", async () => {
  using folder = new TempFolder();
  const path = folder.at("bench.db");

  const ran = await runDisturbed(path, () => rmSync(path));

  expect(ran).toEqual({
    end: "failed",
    asked: 3,
    notices: [
      `Cannot continue: Cannot store results: the database was deleted or replaced while it was in use ("${path}" is gone); put it back with its -wal file, then resume the run`,
    ],
  });
  expect(existsSync(path)).toBe(false);
});

test("a run whose folder is moved away stops at the next write", async () => {
  using folder = new TempFolder();
  folder.write({ "results/notes.txt": "" });

  const ran = await runDisturbed(folder.at("results/bench.db"), () => renameSync(folder.at("results"), folder.at("moved")));

  expect(ran).toMatchObject({ end: "failed", asked: 3, notices: [expect.stringContaining("is gone)")] });
});
