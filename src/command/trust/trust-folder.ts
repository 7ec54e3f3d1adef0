import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ownFolder } from "../../config/environment.ts";
import { type Granted, NOTHING_GRANTED, readTrustFile, withGrants } from "../../config/trust-file.ts";
import { UserError } from "../../core/errors.ts";
import { readText } from "../../files/file.ts";
import { isFile } from "../../files/folder.ts";
import { placeNamed } from "../../files/place.ts";
import { replaceFile } from "../../files/write.ts";
import { currentOwner, hasEnded, ownerFromText, ownerToText } from "../../sandbox/owner.ts";

// The lock is held for milliseconds; who waits this long waits for a process that is stuck.
const MAX_WAIT_MS = 5_000;
const RETRY_MS = 20;

/** Returns where a user's answers are kept. */
export function trustPath(): string {
  return join(ownFolder("XDG_CONFIG_HOME", ".config"), "bench", "trust.yaml");
}

/** Reads a user's answers; without the file there are none. Throws UserError when the file is malformed. */
export function readGranted(path: string): Granted {
  const real = realPath(path);
  return isFile(placeNamed(real)) ? readTrustFile(real) : NOTHING_GRANTED;
}

/**
 * Adds answers to those that are kept. The file is replaced as a whole, and processes that add at the same time wait for each other. Throws UserError when the
 * file is malformed or stays locked, and what the system throws when the folder cannot be written.
 */
export async function addGranted(path: string, granted: Granted): Promise<void> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const real = realPath(path);
  await withLock(`${real}.lock`, () => {
    const added = without(granted, readGranted(real));
    if (added.keys.length + added.builds.length + added.hosts.length + added.databases.length === 0) return;
    const place = placeNamed(real);
    replaceFile(place, [withGrants(isFile(place) ? readText(place) : "", added)]);
  });
}

// The configuration folder, or the file in it, may be a link to where its owner keeps it; the file there is the one to read and to replace.
function realPath(path: string): string {
  return realOf(path) ?? join(realOf(dirname(path)) ?? dirname(path), basename(path));
}

function realOf(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

function without(granted: Granted, known: Granted): Granted {
  return {
    keys: granted.keys.filter(({ variable, host }) => !known.keys.some((one) => one.variable === variable && one.host === host)),
    builds: granted.builds.filter(({ image, network }) => !known.builds.some((one) => one.image === image && one.network === network)),
    hosts: granted.hosts.filter((host) => !known.hosts.includes(host)),
    databases: granted.databases.filter((id) => !known.databases.includes(id)),
  };
}

async function withLock(lock: string, act: () => void): Promise<void> {
  const own = `${lock}.${randomBytes(8).toString("hex")}`;
  const deadline = performance.now() + MAX_WAIT_MS;
  // A link appears with its content, so that nobody finds a lock without an owner.
  writeFileSync(own, ownerToText(currentOwner()), { flag: "wx", mode: 0o600 });
  try {
    while (!isLinked(own, lock)) {
      if (performance.now() > deadline)
        throw new UserError(`Cannot lock "${lock}": another process holds it; remove the file if that process is gone`);
      breakAbandoned(lock);
      await sleep(RETRY_MS);
    }
    try {
      act();
    } finally {
      rmSync(lock, { force: true });
    }
  } finally {
    rmSync(own, { force: true });
  }
}

function isLinked(own: string, lock: string): boolean {
  try {
    linkSync(own, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

// Only one process can rename a lock away. It gives it back if another process has taken it in the meantime.
function breakAbandoned(lock: string): void {
  const away = `${lock}.${randomBytes(8).toString("hex")}`;
  try {
    if (!isAbandoned(readFileSync(lock, "utf8"))) return;
    renameSync(lock, away);
    if (!isAbandoned(readFileSync(away, "utf8"))) linkSync(away, lock);
  } catch (error) {
    if (!["ENOENT", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  } finally {
    rmSync(away, { force: true });
  }
}

function isAbandoned(text: string): boolean {
  const owner = ownerFromText(text);
  return owner !== null && hasEnded(owner, currentOwner());
}
