import { randomBytes } from "node:crypto";
import { closeSync, constants, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { messageOf, UserError } from "../core/errors.ts";
import { type Kind, kindOf, linkFault, type Place, shown, stampOf } from "./place.ts";

const REPLACING = { action: "write", wanted: "file" } as const;
const WRITING = { action: "write", wanted: "folder" } as const;

/** Writes a file that does not exist yet, and the folders that it lies in. Throws UserError when there is something at the place, a folder on the way to it is a link, or it cannot be written. */
export function writeNewFile(place: Place, bytes: Uint8Array, { executable }: { readonly executable: boolean }): void {
  makeFoldersTo(place);
  try {
    const descriptor = openSync(place.path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, executable ? 0o777 : 0o666);
    try {
      writeFileSync(descriptor, bytes);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw writeFault(place, error);
  }
}

/** Makes the folders that a file lies in, for their owner alone. Throws UserError when one of them is a link, or cannot be made. */
export function makeFoldersTo(place: Place): void {
  for (const folder of foldersTo(place)) makeFolder(folder);
}

/**
 * Writes a file, whole or not at all, in the place of one that may be there: the pieces go to a new file in the same folder, under a name that cannot be guessed and for
 * its owner alone, which then takes the place. Throws UserError when a link, a folder or a special file is there, a folder on the way is a link, or it cannot be written.
 */
export function replaceFile(place: Place, pieces: Iterable<string | Uint8Array>): void {
  requireReplaceable(place);
  const half = join(dirname(place.path), `.bench-${randomBytes(12).toString("hex")}.part`);
  try {
    const descriptor = openSync(half, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    try {
      for (const piece of pieces) writeFileSync(descriptor, piece);
    } finally {
      closeSync(descriptor);
    }
    renameSync(half, place.path);
  } catch (error) {
    rmSync(half, { force: true });
    throw fileFault(place, error);
  }
}

/**
 * Gives a folder that was written under another name its own, whole or not at all; returns false when there is something of that name already. Throws UserError when a
 * folder on the way is a link, or the system refuses.
 */
export function publishFolder(written: Place, place: Place): boolean {
  if (kindOf(place, WRITING) !== "nothing") return false;
  try {
    renameSync(written.path, place.path);
    written.plainFolders.clear();
    return true;
  } catch (error) {
    if (["ENOTEMPTY", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw writeFault(place, error);
  }
}

/** Removes a folder that this program wrote, with all that is in it; links in it are removed, not followed. */
export function removeFolder(place: Place): void {
  if (kindOf(place, WRITING) !== "folder") return;
  rmSync(place.path, { recursive: true, force: true });
  place.plainFolders.clear();
}

/** Removes a plain file or a link that this program wrote. Throws UserError when the system refuses. */
export function removeFile(place: Place): void {
  try {
    rmSync(place.path, { force: true });
  } catch (error) {
    throw writeFault(place, error);
  }
}

/**
 * Asks a file system what time it is, in nanoseconds since 1970, by a file that is made in a folder and removed: its times are not those of this program's clock. Null where
 * nothing can be written.
 */
export function fileSystemTime(folder: Place): bigint | null {
  const place = { ...folder, path: join(folder.path, `.clock-${randomBytes(12).toString("hex")}`) };
  try {
    writeNewFile(place, new Uint8Array(), { executable: false });
    const stamp = stampOf(place);
    removeFile(place);
    return stamp?.changedNs ?? null;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return null;
  }
}

/** Refuses a place where `replaceFile` would not write: throws UserError when a link, a folder or a special file is there, or a folder on the way is a link. */
export function requireReplaceable(place: Place): void {
  const kind = kindOf(place, REPLACING);
  if (kind === "link") throw linkFault(place, place.path, REPLACING);
  if (kind !== "file" && kind !== "nothing")
    throw new UserError(`Cannot write "${shown(place.path)}": it is a ${kind}; name a plain file, or one that does not exist yet`);
}

// The system's message would name the half-written file. What is thrown while a piece is made is no fault of the file.
function fileFault(place: Place, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  const found =
    code === "ENOENT" ? "its folder does not exist; make it, or name another file" : `the system refused (${code}); choose another place`;
  return new UserError(`Cannot write "${shown(place.path)}": ${found}`);
}

// The given part of a path may not exist either; it is made as it is written.
function foldersTo(place: Place): readonly Place[] {
  const folder = { ...place, path: dirname(place.path) };
  const isGiven = folder.path === "." || folder.path.length <= place.given.length || folder.path === dirname(folder.path);
  return isGiven ? [] : [...foldersTo(folder), folder];
}

function makeFolder(place: Place): void {
  const kind = kindOf(place, WRITING);
  if (kind === "folder") return;
  if (kind !== "nothing") throw kind === "link" ? linkFault(place, place.path, WRITING) : inTheWay(place, kind);
  try {
    mkdirSync(place.path, { recursive: true });
  } catch (error) {
    throw writeFault(place, error);
  }
}

function inTheWay(place: Place, kind: Kind): UserError {
  return new UserError(`Cannot write to "${shown(place.path)}": it is a ${kind}; choose another folder`);
}

function writeFault(place: Place, error: unknown): UserError {
  return new UserError(`Cannot write to "${shown(place.path)}": ${messageOf(error)}; choose a folder that is writable`);
}
