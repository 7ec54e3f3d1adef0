import { closeSync, constants, mkdirSync, openSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf, UserError } from "../core/errors.ts";
import { type Kind, kindOf, linkFault, type Place, shown } from "./place.ts";

const WRITING = { action: "write", wanted: "folder" } as const;

/** Writes a file that does not exist yet, and the folders that it lies in. Throws UserError when there is something at the place, a folder on the way to it is a link, or it cannot be written. */
export function writeNewFile(place: Place, bytes: Uint8Array, { executable }: { readonly executable: boolean }): void {
  for (const folder of foldersTo(place)) makeFolder(folder);
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
