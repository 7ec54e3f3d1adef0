import { type Dirent, lstatSync, readdirSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { messageOf, UserError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import type { SourceFile } from "../core/task.ts";
import { readBytes } from "./file.ts";

/** How a folder is listed: which names are left behind by tools and therefore not part of a task, and whether a link is refused or skipped. */
export type ListingRules = { readonly ignored: ReadonlySet<string>; readonly links: "refuse" | "skip" };

/** For folders that users write for this program: a link is refused, because the same task would read differently elsewhere. */
export const OWN_FOLDER: ListingRules = { links: "refuse", ignored: new Set([".DS_Store", "__pycache__", ".gitkeep", ".pytest_cache"]) };

/** For checkouts of other projects: links are skipped, and so is what their tools leave behind. */
export const CHECKOUT: ListingRules = {
  links: "skip",
  ignored: new Set(["node_modules", ".git", "__pycache__", ".pytest_cache", ".venv"]),
};

const MAX_PATH = 300;

/** Reads every file below a folder, sorted by path; an absent folder has none. Throws UserError for what cannot be read, and for a link. */
export function readFolder(folder: string): readonly SourceFile[] {
  return pathsBelow(folder).map((path) => readSource(folder, path));
}

/** Reads one file below a folder; `path` is the path it has in the task. Throws UserError when it cannot be read. */
export function readSource(folder: string, from: string, path = from): SourceFile {
  const full = join(folder, from);
  return { path: path.split(sep).join("/"), bytes: readBytes(full), executable: (statSync(full).mode & 0o100) !== 0 };
}

/** Lists the files below a folder, sorted, relative to it; an absent folder has none. Throws UserError for a name that is not UTF-8. */
export function pathsBelow(folder: string, rules: ListingRules = OWN_FOLDER): readonly string[] {
  if (!isFolder(folder)) return [];
  if (rules.links === "refuse" && lstatSync(folder).isSymbolicLink()) throw linkedFolder(folder);
  return pathsInside(folder, "", rules);
}

function pathsInside(folder: string, inside: string, rules: ListingRules): readonly string[] {
  return entriesOf(join(folder, inside), rules).flatMap((entry) => {
    const path = join(inside, entry.name);
    if (entry.isDirectory()) return pathsInside(folder, path, rules);
    if (entry.isFile() && !entry.name.includes("\uFFFD")) return [path];
    if (rules.links === "skip" && !entry.isFile()) return [];
    throw new UserError(
      `Cannot load "${printable(join(folder, path), MAX_PATH)}": it is a link, a special file, or its name is not UTF-8; put a plain file there`,
    );
  });
}

/** Lists the folders directly inside a folder, sorted, without hidden ones. Throws UserError for a link to a folder unless links are skipped. */
export function foldersIn(path: string, rules: ListingRules = OWN_FOLDER): readonly string[] {
  const entries = entriesOf(path, rules).filter((entry) => !entry.name.startsWith("."));
  const link = rules.links === "refuse" && entries.find((entry) => entry.isSymbolicLink() && isFolder(join(path, entry.name)));
  if (link) throw linkedFolder(join(path, link.name));
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

function linkedFolder(path: string): UserError {
  return new UserError(`Cannot load "${printable(path, MAX_PATH)}": it is a link to a folder; put the folder itself there`);
}

/** Checks whether there is a folder at a path; throws UserError where the system does not answer. */
export function isFolder(path: string): boolean {
  return statOf(path)?.isDirectory() ?? false;
}

/** Checks whether there is a file at a path; throws UserError where the system does not answer. */
export function isFile(path: string): boolean {
  return statOf(path)?.isFile() ?? false;
}

function statOf(path: string): ReturnType<typeof statSync> {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(
      `Cannot open "${printable(path, MAX_PATH)}": the system refused (${code}); check the name, its links and its permissions`,
    );
  }
}

function entriesOf(folder: string, { ignored }: ListingRules): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !ignored.has(entry.name))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw new UserError(`Cannot read folder "${folder}": ${messageOf(error)}; check its permissions`);
  }
}
