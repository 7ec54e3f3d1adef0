import { createHook } from "node:async_hooks";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import Database from "better-sqlite3";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openToRead } from "../../src/command/open-store.ts";
import { buildProgram } from "../../src/command/program.ts";
import type { Terminal } from "../../src/command/terminal.ts";
import { InfraError, UserError } from "../../src/core/errors.ts";
import { palette } from "../../src/report/terminal/palette.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";
import { IS_FULL } from "./counted-run.ts";
import { type DatabaseMutation, databaseMutations, makeHonestDatabase, mutateDatabase } from "./database-mutation.ts";

const COMMANDS = [
  ["list", "--limit", "5"],
  ["report", "run-1"],
  ["report", "--json"],
  [
    "report",
    "run-1",
    "--output",
    "OUT.trials.csv",
    "--output",
    "OUT.md",
    "--output",
    "OUT.xml",
    "--output",
    "OUT.json",
    "--output",
    "OUT.csv",
  ],
  ["compare", "oracle", "flawed"],
  ["compare", "main", "oracle@nightly", "--json"],
  ["show", "1"],
  ["show", "2", "--json"],
  ["trend", "oracle"],
  ["gate", "oracle", "--baseline", "main", "--allow-underpowered", "--allow-mismatch"],
  ["baseline", "list"],
  ["(grading)"],
] as const;

/** Calls a command in this process, and gives what it threw. */
async function thrownByCommand(args: readonly string[]): Promise<unknown> {
  const shown: string[] = [];
  const terminal: Terminal = {
    paint: palette(false),
    paintProgress: palette(false),
    live: false,
    print: (text) => shown.push(text),
    printJson: (value) => shown.push(JSON.stringify(value)),
    notify: (text) => shown.push(text),
  };
  try {
    await buildProgram(terminal, () => {}).parseAsync(["node", "bench", ...args]);
    return null;
  } catch (error) {
    return error;
  }
}

// What regrading and resuming read, which need an engine otherwise.
function readForGrading(path: string): unknown {
  try {
    const store = openToRead(path);
    try {
      for (const { executionId } of store.verdicts.gradedTrials("run-1", "add")) {
        store.executions.submission(executionId);
        store.executions.evidence(executionId);
      }
      store.executions.finishedWork(1);
      store.requiredTests("digest-of-add", "sha");
      store.history.trialsOfArm("arm-oracle");
      store.history.meanWorkingMs(["arm-oracle"]);
      store.spending.spent({ runId: "run-1" });
      store.gradedKeys("run-1");
    } finally {
      store.close();
    }
    return null;
  } catch (error) {
    return error;
  }
}

function isWhole(path: string): boolean {
  const database = new Database(path, { readonly: true });
  try {
    return database.pragma("quick_check(1)", { simple: true }) === "ok";
  } catch {
    return false;
  } finally {
    database.close();
  }
}

function expectOneLine(error: unknown, mutations: readonly DatabaseMutation[]): void {
  if (error === null) return;
  if (!(error instanceof UserError || error instanceof InfraError))
    throw new Error(`a bug after ${JSON.stringify(mutations)}`, { cause: error });
  // The terminal makes the rest visible; what must not be there is a second line or a text of any length.
  expect(error.message.length).toBeLessThan(2_000);
}

test("a database that anybody has changed is a result or one line, is left as it was, and starts nothing", {
  timeout: 3_600_000,
}, async () => {
  using folder = new TempFolder();
  const honest = folder.at("honest.db");
  makeHonestDatabase(honest);
  let processes = 0;
  const hook = createHook({
    init: (_id, type) => {
      if (type === "PROCESSWRAP") processes++;
    },
  }).enable();
  const path = folder.at("bench.db");
  const counts = { results: 0, refusals: 0 };
  const property = fc.asyncProperty(databaseMutations, async (mutations) => {
    mutateDatabase(honest, path, mutations);
    const before = readFileSync(path);
    for (const command of COMMANDS) {
      const error =
        command[0] === "(grading)"
          ? readForGrading(path)
          : await thrownByCommand([...command.map((word) => word.replace("OUT", folder.at("out"))), "--db", path]);
      expectOneLine(error, mutations);
      counts[error === null ? "results" : "refusals"]++;
    }
    expect(readFileSync(path).equals(before)).toBe(true);
    // Only SQLite itself removes its log safely, and not that of a file whose pages it cannot read.
    const left = ["-wal", "-shm", "-journal"].filter((end) => existsSync(path + end));
    if (left.length > 0) expect(isWhole(path)).toBe(false);
    for (const end of ["-wal", "-shm"]) rmSync(path + end, { force: true });
  });

  await fc.assert(property, { numRuns: IS_FULL ? 3_000 : 60, seed: 20_261_129, endOnFailure: true });

  hook.disable();
  expect(processes).toBe(0);
  // The mutations reach both.
  expect(Math.min(counts.results, counts.refusals)).toBeGreaterThan(20);
  expect(readdirSync(folder.path).filter((file) => file.endsWith(".part"))).toEqual([]);
});
