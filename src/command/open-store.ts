import { randomBytes } from "node:crypto";
import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf, UserError } from "../core/errors.ts";
import type { Whereabouts } from "../report/unfinished-words.ts";
import { currentOwner, hasEnded, isRunning, ownerFromText, ownerToText } from "../sandbox/owner.ts";
import { examineDatabasePath, standsAlone } from "../store/database-file.ts";
import { type RunOwner, Store } from "../store/store.ts";
import { DEFAULT_DATABASE } from "./flag.ts";
import type { Trust } from "./trust/trust.ts";

/** What opening a database for writing asks, and keeps. */
type DatabaseTrust = Pick<Trust, "confirm" | "remember">;

const now = (): Date => new Date();

/** Opens a database of results that must exist, to read it; throws UserError when there is none, it cannot be read, or its latest results are elsewhere. */
export function openToRead(path: string): Store {
  requireFile(path);
  const isAlone = standsAlone(path);
  const store = new Store(path, now, "read");
  const running = isAlone ? runningRuns(store)[0] : undefined;
  if (running === undefined) return store;
  store.close();
  throw new UserError(
    `Cannot read database "${path}": run "${running}" is under way, and the file that ends in -wal, which has its latest results, is missing; this is a copy without it: copy both files, or read the original`,
  );
}

/**
 * Returns the ids of the runs that a process of this machine is running now; of other machines that cannot be known.
 *
 * @internal
 */
export function runningRuns(store: Pick<Store, "runs">): readonly string[] {
  const self = currentOwner();
  return [...store.runs.owners()].flatMap(([runId, text]) => {
    const owner = ownerFromText(text);
    return owner !== null && isRunning(owner, self) ? [runId] : [];
  });
}

/** Tells what a report says of runs that are not finished: which of them are under way on this machine, and the flag that names their database. */
export function whereaboutsOf(store: Pick<Store, "runs">, db: string): Whereabouts {
  return { running: new Set(runningRuns(store)), databaseFlag: databaseFlag(db) };
}

/** Returns the --db flag for a printed command, or nothing for the default database. */
export function databaseFlag(db: string): string {
  return db === DEFAULT_DATABASE ? "" : ` --db ${db}`;
}

/** Opens a database as `openToRead` does, and closes it when it has been read, whatever happens. */
export async function readStore<Value>(path: string, read: (store: Store) => Value | Promise<Value>): Promise<Value> {
  const store = openToRead(path);
  try {
    return await read(store);
  } finally {
    store.close();
  }
}

/**
 * Opens the database of results for writing. A new one is created with its folder and is remembered as made here; one that was not made here, or before databases had an
 * id, has to be allowed first. Throws UserError when it is not allowed or cannot be used.
 */
export async function openToWrite(path: string, trust: DatabaseTrust): Promise<Store> {
  return examineDatabasePath(path) && statSync(path).size > 0 ? openAllowed(path, trust) : createStore(path, trust);
}

/** Opens a database of results that must exist for writing, as `openToWrite` does. */
export async function openExistingToWrite(path: string, trust: DatabaseTrust): Promise<Store> {
  requireFile(path);
  return openToWrite(path, trust);
}

async function openAllowed(path: string, { confirm }: DatabaseTrust): Promise<Store> {
  const reader = new Store(path, now, "read");
  // The id that is asked about is the one that an older database gets.
  let id = randomBytes(16).toString("hex");
  try {
    id = reader.id ?? id;
  } finally {
    reader.close();
  }
  await confirm([{ kind: "database", id, path }]);
  return new Store(path, now, "write", id);
}

async function createStore(path: string, { remember }: DatabaseTrust): Promise<Store> {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw new UserError(`Cannot open database "${path}": ${messageOf(error)}; name another file with --db`);
  }
  const store = new Store(path, now);
  try {
    if (store.id !== null) await remember([{ kind: "database", id: store.id, path }]);
    return store;
  } catch (error) {
    store.close();
    throw error;
  }
}

function requireFile(path: string): void {
  if (!examineDatabasePath(path))
    throw new UserError(`Cannot open database "${path}": there is no such file; run "bench run" first or name another with --db`);
}

/** Describes this process as the owner of a run: no other process may write to the run while it is alive. */
export function processOwner(): RunOwner {
  const self = currentOwner();
  return {
    text: ownerToText(self),
    hasEnded: (text) => {
      const owner = ownerFromText(text);
      return owner === null || hasEnded(owner, self);
    },
  };
}
