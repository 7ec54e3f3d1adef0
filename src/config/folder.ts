import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { UserError } from "../core/errors.ts";
import type { SourceFile } from "../core/task.ts";

// Left behind by editors and interpreters; never part of a task.
const IGNORED = new Set([".DS_Store", "__pycache__", ".gitkeep", ".pytest_cache"]);

/** Reads every file below a folder, sorted by path; an absent folder has none. Throws UserError for a link, which would read differently elsewhere. */
export function readFolder(folder: string): readonly SourceFile[] {
  return pathsBelow(folder).map((path) => {
    const full = join(folder, path);
    return { path: path.split(sep).join("/"), bytes: readFileSync(full), executable: (statSync(full).mode & 0o100) !== 0 };
  });
}

/** Lists the files below a folder, sorted, relative to it. */
export function pathsBelow(folder: string, inside = ""): readonly string[] {
  if (!isFolder(folder)) return [];
  return readdirSync(join(folder, inside), { withFileTypes: true })
    .filter((entry) => !IGNORED.has(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(inside, entry.name);
      if (entry.isDirectory()) return pathsBelow(folder, path);
      if (entry.isFile()) return [path];
      throw new UserError(`Cannot load "${join(folder, path)}": it is a link or a special file; put a plain file there`);
    });
}

/** Tells whether a folder is there. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Lists the folders directly inside a folder, sorted. */
export function foldersIn(path: string): readonly string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !IGNORED.has(entry.name))
    .map((entry) => entry.name)
    .sort();
}
