import { type Dirent, opendirSync, readdirSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { messageOf, UserError } from "../core/errors.ts";
import type { SourceFile } from "../core/task.ts";
import { MAX_DEPTH, MAX_ENTRIES, MAX_FILE_BYTES, MAX_TREE, Oversized } from "./bounds.ts";
import { readPlain } from "./file.ts";
import { PartBudget } from "./part-budget.ts";
import { kindOf, linkFault, type Place, placeInside, shown } from "./place.ts";

/** How a folder is listed: which names are left behind by tools and therefore not part of a task, and whether a link is refused or skipped. */
export type ListingRules = { readonly ignored: ReadonlySet<string>; readonly links: "refuse" | "skip" };

/** For folders that users write for this program: a link is refused, because the same task would read differently elsewhere. */
export const OWN_FOLDER: ListingRules = { links: "refuse", ignored: new Set([".DS_Store", "__pycache__", ".gitkeep", ".pytest_cache"]) };

/** For what a task puts into a sandbox: like OWN_FOLDER, with the files that keep folders. */
const TASK_FILES: ListingRules = { links: "refuse", ignored: new Set([".DS_Store", "__pycache__", ".pytest_cache"]) };

/** For checkouts of other projects: links are skipped, and so is what their tools leave behind. */
export const CHECKOUT: ListingRules = {
  links: "skip",
  ignored: new Set(["node_modules", ".git", "__pycache__", ".pytest_cache", ".venv"]),
};

const READING_FILE = { action: "read", wanted: "file" } as const;
const READING_FOLDER = { action: "read", wanted: "folder" } as const;

/** Reads every file below a folder one by one, sorted by path; an absent folder has none. Throws UserError for what cannot be read, a link, and more than `budget` allows. */
export function* readFolder(folder: Place, budget = new PartBudget(folder)): Generator<SourceFile> {
  yield* readFiles(
    pathsBelow(folder).map((path) => ({ place: placeInside(folder, path), path })),
    budget,
  );
}

type TreeOptions = { readonly budget?: PartBudget; readonly emptyFolders?: boolean };

/** Reads what a task puts into a sandbox: every file below a folder, as `readFolder` does, then its empty folders unless they are not wanted. */
export function* readTree(
  folder: Place,
  { budget = new PartBudget(folder), emptyFolders: areWanted = true }: TreeOptions = {},
): Generator<SourceFile> {
  const { files, emptyFolders } = entriesBelow(folder, TASK_FILES);
  yield* readFiles(
    files.map((path) => ({ place: placeInside(folder, path), path })),
    budget,
  );
  for (const path of areWanted ? emptyFolders : []) {
    budget.take(0);
    yield { path: path.split(sep).join("/"), bytes: new Uint8Array(), executable: false, kind: "folder" };
  }
}

/** Lists what `readTree` would read of a workspace that is too large to be held in memory: its files and its empty folders. Throws UserError as `pathsBelow` does, at other bounds. */
export function listLargeTree(folder: Place): { readonly files: readonly string[]; readonly emptyFolders: readonly string[] } {
  return entriesBelow(folder, TASK_FILES, MAX_TREE.entries);
}

/** Reads files one by one; `path` is the path that each has in the task. Throws UserError for what cannot be read, a link, and more than `budget` allows. */
export function* readFiles(files: Iterable<{ readonly place: Place; readonly path: string }>, budget: PartBudget): Generator<SourceFile> {
  for (const { place, path } of files) {
    const { bytes, executable } = readPlain(place, MAX_FILE_BYTES);
    budget.take(bytes.length);
    yield { path: path.split(sep).join("/"), bytes, executable };
  }
}

/**
 * Lists the files below a folder, sorted, relative to it; an absent folder has none. Throws UserError for a name that is not UTF-8, for more than MAX_ENTRIES files and
 * folders, and for more than MAX_DEPTH folders inside one another.
 */
export function pathsBelow(folder: Place, rules: ListingRules = OWN_FOLDER): readonly string[] {
  return entriesBelow(folder, rules).files;
}

type Below = { readonly files: string[]; readonly emptyFolders: string[] };
type Listing = Below & { readonly rules: ListingRules; readonly most: number; left: number };

function entriesBelow(folder: Place, rules: ListingRules, most = MAX_ENTRIES): Below {
  const listing = { rules, most, left: most, files: [], emptyFolders: [] };
  if (isFolder(folder)) listInside(folder, { inside: "", depth: 0 }, listing);
  return listing;
}

function listInside(folder: Place, { inside, depth }: { readonly inside: string; readonly depth: number }, listing: Listing): void {
  const here = inside === "" ? folder : placeInside(folder, inside);
  if (depth > MAX_DEPTH) throw new UserError(`Cannot load "${shown(here.path)}": it lies below more than ${MAX_DEPTH} folders; use fewer`);
  const entries = entriesOf(here, listing.rules, listing);
  listing.left -= entries.length;
  // One that holds only what tools left behind is a leftover itself.
  if (inside !== "" && entries.length === 0 && readdirSync(here.path).length === 0) listing.emptyFolders.push(inside);
  for (const entry of entries) {
    const path = join(inside, entry.name);
    const isReadable = !entry.name.includes("\uFFFD");
    if (entry.isDirectory() && isReadable) listInside(folder, { inside: path, depth: depth + 1 }, listing);
    else if (entry.isFile() && isReadable) listing.files.push(path);
    else if (listing.rules.links !== "skip" || !isReadable)
      throw new UserError(
        `Cannot load "${shown(join(folder.path, path))}": it is a link, a special file, or its name is not UTF-8; put a plain file there`,
      );
  }
}

/** Lists the folders directly inside a folder, sorted, without hidden ones. Throws UserError for a link to a folder unless links are skipped. */
export function foldersIn(folder: Place, rules: ListingRules = OWN_FOLDER): readonly string[] {
  if (!isFolder(folder)) return [];
  const entries = entriesOf(folder, rules, { most: MAX_ENTRIES, left: MAX_ENTRIES }).filter((entry) => !entry.name.startsWith("."));
  const link = rules.links === "refuse" && entries.find((entry) => entry.isSymbolicLink() && !leadsToFile(join(folder.path, entry.name)));
  if (link)
    throw new UserError(`Cannot load "${shown(join(folder.path, link.name))}": it is a link to a folder; put the folder itself there`);
  return entries.filter((entry) => entry.isDirectory() && !entry.name.includes("\uFFFD")).map((entry) => entry.name);
}

// A link to a file beside the folders that are looked for is nothing to read, such as one to a licence.
function leadsToFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Checks whether there is a folder at a place; throws UserError for a link to it or on the way to it. */
export function isFolder(place: Place): boolean {
  const kind = kindOf(place, READING_FOLDER);
  if (kind === "link") throw linkFault(place, place.path, READING_FOLDER);
  return kind === "folder";
}

/** Checks whether there is a plain file at a place; throws UserError for a link to it or on the way to it. */
export function isFile(place: Place): boolean {
  const kind = kindOf(place, READING_FILE);
  if (kind === "link") throw linkFault(place, place.path, READING_FILE);
  return kind === "file";
}

/** Checks whether there is anything at a place, plain or not; throws UserError for a link on the way to it. What it is, its reader finds out. */
export function isThere(place: Place): boolean {
  return kindOf(place, READING_FILE) !== "nothing";
}

function entriesOf(
  place: Place,
  { ignored }: ListingRules,
  { most, left }: { readonly most: number; readonly left: number },
): readonly Dirent[] {
  const entries: Dirent[] = [];
  try {
    const folder = opendirSync(place.path, { bufferSize: 256 });
    try {
      for (let entry = folder.readSync(); entry !== null && entries.length <= left; entry = folder.readSync()) {
        if (!ignored.has(entry.name)) entries.push(entry);
      }
    } finally {
      folder.closeSync();
    }
  } catch (error) {
    throw new UserError(`Cannot read folder "${shown(place.path)}": ${messageOf(error)}; check its permissions`);
  }
  if (entries.length > left)
    throw new Oversized(
      `Cannot read folder "${shown(place.path)}": there are more than ${most} files and folders in it and beside it; remove what the task does not need`,
    );
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}
