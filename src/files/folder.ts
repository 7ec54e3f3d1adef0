import { type Dirent, lstatSync, readdirSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { messageOf, UserError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import type { SourceFile } from "../core/task.ts";
import { readBytes } from "./file.ts";

// Left behind by editors and interpreters; never part of a task.
const IGNORED = new Set([".DS_Store", "__pycache__", ".gitkeep", ".pytest_cache"]);

/** Reads every file below a folder, sorted by path; an absent folder has none. Throws UserError for what cannot be read, and for a link, which would read differently elsewhere. */
export function readFolder(folder: string): readonly SourceFile[] {
  return pathsBelow(folder).map((path) => {
    const full = join(folder, path);
    return { path: path.split(sep).join("/"), bytes: readBytes(full), executable: (statSync(full).mode & 0o100) !== 0 };
  });
}

/** Lists the files below a folder, sorted, relative to it. */
export function pathsBelow(folder: string, inside = ""): readonly string[] {
  if (!isFolder(folder)) return [];
  if (inside === "" && lstatSync(folder).isSymbolicLink()) throw new UserError(linkComplaint(folder));
  return entriesOf(join(folder, inside)).flatMap((entry) => {
    const path = join(inside, entry.name);
    if (entry.isDirectory()) return pathsBelow(folder, path);
    if (entry.isFile() && !entry.name.includes("\uFFFD")) return [path];
    throw new UserError(
      `Cannot load "${printable(join(folder, path), MAX_PATH)}": it is a link, a special file, or its name is not UTF-8; put a plain file there`,
    );
  });
}

const MAX_PATH = 300;

function linkComplaint(path: string): string {
  return `Cannot load "${printable(path, MAX_PATH)}": it is a link to a folder; put the folder itself there`;
}

/** Tells whether a folder is there; throws UserError where that cannot be told. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(
      `Cannot open "${printable(path, MAX_PATH)}": the system refuses (${code}); check its name, its links and its rights`,
    );
  }
}

/** Lists the folders directly inside a folder, sorted; hidden ones are none of ours. Throws UserError for a link to a folder, which would silently be another suite elsewhere. */
export function foldersIn(path: string): readonly string[] {
  const entries = entriesOf(path).filter((entry) => !entry.name.startsWith("."));
  const link = entries.find((entry) => entry.isSymbolicLink() && isFolder(join(path, entry.name)));
  if (link) throw new UserError(linkComplaint(join(path, link.name)));
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !IGNORED.has(entry.name))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw new UserError(`Cannot read folder "${folder}": ${messageOf(error)}; check its rights`);
  }
}
