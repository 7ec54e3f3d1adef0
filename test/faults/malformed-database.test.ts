import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import Database from "better-sqlite3";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openToRead } from "../../src/command/open-store.ts";
import { buildProgram } from "../../src/command/program.ts";
import type { Terminal } from "../../src/command/terminal.ts";
import { InfraError, messageOf, UserError } from "../../src/core/errors.ts";
import { clipped, oneLine, plainText } from "../../src/core/printable.ts";
import { palette } from "../../src/report/terminal/palette.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";
import { expectPresentable } from "./complaint.ts";
import { IS_FULL } from "./counted-run.ts";
import { type DatabaseMutation, databaseMutations, ENDS, mutateDatabase } from "./database-mutation.ts";
import { makeHonestDatabase } from "./honest-database.ts";

const CANARY = "canary-5b07e1d93f";
// Test files share a process: what others made it hold is not counted.
const RESIDENT_BEFORE = process.resourceUsage().maxRSS;
const MAX_RESIDENT_MB = 600;
/** In processor time, however busy the machine is. */
const MAX_COMMAND_MS = 4_000;

const COMMANDS: readonly (readonly string[])[] = [
  ["list", "--limit", "5"],
  ["report", "run-1"],
  ["report", "--json"],
  ["report", "run-1", ...["trials.csv", "md", "xml", "json", "csv"].flatMap((end) => ["--output", `OUT.${end}`])],
  ["compare", "oracle", "flawed"],
  ["compare", "main", "oracle@nightly", "--json"],
  ["show", "1"],
  ["show", "2", "--json"],
  ["trend", "oracle"],
  ["gate", "oracle", "--baseline", "main", "--allow-underpowered", "--allow-mismatch"],
  ["baseline", "list"],
  // Writes, and must not without an answer of the user.
  ["baseline", "save", "main", "oracle@run-1"],
  ["(grading)"],
];
// A run of all tests tries some commands on each database, which are drawn as the mutations are.
const DATABASES = IS_FULL ? 3_000 : 200;
const COMMANDS_TRIED = IS_FULL ? COMMANDS.length : 3;
const cases = fc.record({
  mutations: databaseMutations,
  commands: fc.shuffledSubarray([...COMMANDS], { minLength: COMMANDS_TRIED, maxLength: COMMANDS_TRIED }),
});

let outside: TempFolder;

beforeAll(() => {
  outside = new TempFolder();
  makeHonestDatabase(outside.at("secret.db"));
  const database = new Database(outside.at("secret.db"));
  database.prepare("update arms set name = ? || id").run(CANARY);
  // Without a log, a program that reads it leaves nothing beside it.
  database.pragma("journal_mode = delete");
  database.close();
  process.env["BENCH_CANARY_KEY"] = CANARY;
});
afterAll(() => {
  delete process.env["BENCH_CANARY_KEY"];
  outside[Symbol.dispose]();
});

/** Calls a command in this process; gives what it printed and what it threw. */
async function resultOfCommand(args: readonly string[]): Promise<{ readonly shown: string; readonly error: unknown }> {
  const shown: string[] = [];
  const print = (text: string): void => void shown.push(text);
  const printJson = (value: object): void => print(JSON.stringify(value));
  const terminal: Terminal = { paint: palette(false), paintProgress: palette(false), live: false, print, printJson, notify: print };
  try {
    await buildProgram(terminal, () => {}).parseAsync(["node", "bench", ...args]);
    return { shown: shown.join("\n"), error: null };
  } catch (error) {
    return { shown: shown.join("\n"), error };
  }
}

// What regrading and resuming read, which need an engine otherwise.
function resultOfGrading(path: string): { readonly shown: string; readonly error: unknown } {
  const read: unknown[] = [];
  try {
    const store = openToRead(path);
    try {
      for (const { executionId } of store.verdicts.gradedTrials("run-1", "add"))
        read.push(store.executions.submission(executionId), store.executions.evidence(executionId));
      read.push(store.executions.finishedWork(1), store.expected("digest-of-add", "sha"), store.history.trialsOfArm("arm-oracle"));
      read.push(store.history.meanWorkingMs(["arm-oracle"]), store.spending.spent({ runId: "run-1" }), store.gradedKeys("run-1"));
    } finally {
      store.close();
    }
    return { shown: JSON.stringify(read), error: null };
  } catch (error) {
    return { shown: "", error };
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

// The same file as a program reads it that follows links; at a named pipe it would wait for ever.
function plainlyRead(path: string): string {
  if (ENDS.some((end) => lstatSync(path + end, { throwIfNoEntry: false })?.isFIFO())) return "";
  try {
    const database = new Database(path, { readonly: true, timeout: 0 });
    try {
      return String(database.prepare("select group_concat(name) from arms").pluck().get());
    } finally {
      database.close();
    }
  } catch {
    return "";
  }
}

type Files = Readonly<Record<string, string>>;

// Every file of a folder, as it is now; a link, a pipe or a folder by its kind alone.
function filesOf(folder: string): Files {
  const names = readdirSync(folder).sort();
  return Object.fromEntries(
    names.map((name) => {
      const stats = lstatSync(`${folder}/${name}`);
      return [name, stats.isFile() ? readFileSync(`${folder}/${name}`, "latin1") : `mode ${stats.mode}`];
    }),
  );
}

function expectOneLine(error: unknown, mutations: readonly DatabaseMutation[]): void {
  if (!(error instanceof UserError || error instanceof InfraError))
    throw new Error(`a bug after ${JSON.stringify(mutations)}`, { cause: error });
  // As the command line prints it, of which nothing was cut.
  expect(error.message.length).toBeLessThan(2_000);
  expectPresentable(clipped(oneLine(error.message), 4_000), 6_000);
}

function expectUnchanged(
  path: string,
  { before, after }: { readonly before: Files; readonly after: Files },
  mutations: readonly DatabaseMutation[],
): void {
  const created = Object.keys(after).filter((name) => !Object.hasOwn(before, name));
  // Only SQLite itself removes its log safely, and not that of a file whose pages it cannot read, or that another program may have open.
  const wasAlone = Object.keys(before).length === 1;
  if (created.length > 0 && wasAlone) expect(isWhole(path), JSON.stringify(mutations)).toBe(false);
  expect(created.filter((name) => !["bench.db-wal", "bench.db-shm"].includes(name))).toEqual([]);
  for (const [name, content] of Object.entries(before)) {
    // The index of a log is made anew by whoever reads it.
    if (name !== "bench.db-shm") expect(after[name] === content, `${name} after ${JSON.stringify(mutations)}`).toBe(true);
  }
}

test("a database that anybody has changed is a result or one line: nothing outside it is read, started, changed or created, and memory stays bounded", {
  timeout: 3_600_000,
}, async () => {
  using folder = new TempFolder();
  const path = folder.at("place/bench.db");
  const place = { honest: folder.at("honest.db"), path, outside: outside.path };
  mkdirSync(folder.at("place"));
  mkdirSync(folder.at("out"));
  makeHonestDatabase(place.honest);
  const started: unknown[] = [];
  const onStart = (message: unknown): void => void started.push(message);
  const counts = { results: 0, refusals: 0, followed: 0 };
  const configuration = filesOf(process.env["XDG_CONFIG_HOME"] ?? "");
  const secrets = filesOf(outside.path);

  const property = fc.asyncProperty(cases, async ({ mutations, commands }) => {
    mutateDatabase(place, mutations);
    const before = filesOf(folder.at("place"));
    subscribe("child_process", onStart);
    subscribe("net.client.socket", onStart);
    try {
      for (const command of commands) {
        const began = process.cpuUsage();
        const { shown, error } =
          command[0] === "(grading)"
            ? resultOfGrading(path)
            : await resultOfCommand([...command.map((word) => word.replace("OUT", folder.at("out/report"))), "--db", path]);
        const { user, system } = process.cpuUsage(began);
        expect((user + system) / 1_000, `${command.join(" ")} after ${JSON.stringify(mutations)}`).toBeLessThan(MAX_COMMAND_MS);
        if (error !== null) expectOneLine(error, mutations);
        const written = Object.values(filesOf(folder.at("out"))).join("\n");
        expect(`${shown}\n${written}\n${error === null ? "" : messageOf(error)}`).not.toContain(CANARY);
        expect(plainText(shown)).not.toMatch(/[^\n\t\P{Cc}]/u);
        for (const name of readdirSync(folder.at("out"))) rmSync(folder.at(`out/${name}`));
        counts[error === null ? "results" : "refusals"]++;
      }
    } finally {
      unsubscribe("child_process", onStart);
      unsubscribe("net.client.socket", onStart);
    }
    expectUnchanged(path, { before, after: filesOf(folder.at("place")) }, mutations);
    if (plainlyRead(path).includes(CANARY)) counts.followed++;
  });

  await fc.assert(property, { numRuns: DATABASES, seed: 20_261_129, endOnFailure: true });

  expect(started).toEqual([]);
  // The mutations reach both; and without the check of the path a program reads another database than the one that stands there.
  expect(Math.min(counts.results, counts.refusals)).toBeGreaterThan(DATABASES / 3);
  expect(counts.followed).toBeGreaterThan(0);
  expect(filesOf(process.env["XDG_CONFIG_HOME"] ?? "")).toEqual(configuration);
  expect(filesOf(outside.path)).toEqual(secrets);
  expect((process.resourceUsage().maxRSS - RESIDENT_BEFORE) / 1024).toBeLessThan(MAX_RESIDENT_MB);
});
