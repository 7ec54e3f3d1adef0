import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { messageOf, UserError } from "../core/errors.ts";
import type { SourceFile } from "../core/task.ts";

/** Folders that tools leave behind and that are no part of an exercise. */
const LEFTOVERS: ReadonlySet<string> = new Set(["node_modules", ".git", "__pycache__", ".pytest_cache", ".venv"]);

/** Tells whether there is a folder at this path. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Tells whether there is a file at this path. */
export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Names of the folders directly inside a folder, sorted; those that begin with a dot left out. */
export function foldersIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && !LEFTOVERS.has(entry.name))
    .map((entry) => entry.name)
    .sort();
}

/** Paths of all plain files below a folder, relative to it and sorted; links are not followed. */
export function filesBelow(folder: string, below = ""): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isFile()) found.push(path);
    if (entry.isDirectory() && !LEFTOVERS.has(entry.name)) found.push(...filesBelow(folder, path));
  }
  return found.sort();
}

/** Reads one file of an exercise under the path it is to have; throws UserError when it cannot be read. */
export function readSource(folder: string, from: string, path = from): SourceFile {
  const full = join(folder, from);
  try {
    return { path, bytes: readFileSync(full), executable: (statSync(full).mode & 0o111) !== 0 };
  } catch (error) {
    throw new UserError(`Cannot read "${full}": ${messageOf(error)}; restore the file, or load the suite again`, { cause: error });
  }
}
