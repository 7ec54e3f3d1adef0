import { type BigIntStats, lstatSync, type Stats, statSync } from "node:fs";
import { dirname, isAbsolute, join, normalize, sep } from "node:path";
import { UserError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import { MAX_TEXTS_BYTES } from "./bounds.ts";

/**
 * A path that may be opened. It is made in two ways only, `placeNamed` and `placeInside`, which say who wrote it and therefore which of its parts may be links.
 *
 * `given` is the leading part that is taken as it is: the system or the user made it. Every part of `path` below it must be a plain folder, and the last one what is
 * asked for: whoever made the folder that was named could otherwise lead the reader out of it.
 */
export type Place = {
  /** As it is opened and shown. */
  readonly path: string;
  /** The file or folder that the user named; `path` is it or lies below it. Empty for the working directory. */
  readonly named: string;
  readonly given: string;
  /** What may still be read as text below `named`: all places inside it share this. */
  readonly texts: { bytesLeft: number };
  /** What was found on the way to places below `named`, which share it too. */
  readonly plainFolders: PlainFolders;
};

const MAX_SHOWN = 300;

/**
 * A file or folder that the user named on the command line, or that a command looks for by default. It may hold `..`.
 *
 * Of a relative path only leading `..` are taken as given: `prompts/x.md` and `../other/prompts/x.md` may not lead through a link, because what lies below the working
 * directory, or beside it, may be a stranger's checkout. An absolute path that leads through the working directory is treated alike. Of another absolute path only
 * the last part must not be a link, so that folders that the system links (`/tmp` on a Mac, a home folder) work. Throws UserError for a path that no file can have.
 */
export function placeNamed(path: string): Place {
  if (path.includes("\0")) throw new UserError(`Cannot open "${shown(path)}": it contains a NUL character; check the path`);
  const plain = withoutEnd(normalize(path));
  const given = isAbsolute(plain) ? givenOfAbsolute(plain) : givenOfRelative(plain);
  return { path: plain, named: plain === "." ? "" : plain, given, texts: { bytesLeft: MAX_TEXTS_BYTES }, plainFolders: new PlainFolders() };
}

/** A file or folder inside another, named by a file or a listing of that folder: a relative path without `..`; throws UserError for another one. */
export function placeInside(folder: Place, path: string): Place {
  if (!isPlain(path))
    throw new UserError(
      `Cannot open "${shown(path)}" of "${shown(folder.path)}": it is not a path inside the folder; use one without a leading / and without ..`,
    );
  return { ...folder, path: join(folder.path, path) };
}

/** Checks whether a path is one below a folder: relative, without `..`, `.`, empty parts or NUL characters. */
export function isPlain(path: string): boolean {
  const separator = sep === "/" ? sep : /[/\\]/;
  return !path.includes("\0") && !isAbsolute(path) && path.split(separator).every((part) => part !== "" && part !== "." && part !== "..");
}

/** What there is at a place. */
export type Kind = "file" | "folder" | "link" | "FIFO" | "socket" | "device" | "nothing";

/** What a message says that the reader wanted to do, and with what. */
export type Purpose = { readonly action: "read" | "write"; readonly wanted: "file" | "folder" };

/** Finds out what there is at a place, without following a link or opening anything. Throws UserError when a folder on the way to it is a link. */
export function kindOf(place: Place, purpose: Purpose): Kind {
  for (const part of partsBelow(place)) {
    if (place.plainFolders.has(part)) continue;
    const kind = kindAt(part);
    if (kind === "folder") place.plainFolders.add(part);
    if (kind === "nothing" || part === place.path) return kind;
    if (kind === "link") throw linkFault(place, part, purpose);
  }
  return place.plainFolders.has(place.path) ? "folder" : kindAt(place.path);
}

/**
 * Folders that were found to be plain, and so were all on the way to them. They are believed until the end of the present turn of the event
 * loop: a suite is loaded in one turn, and looking at each folder again for each of its files takes longer than reading the files.
 */
class PlainFolders {
  readonly #paths = new Set<string>();

  has(path: string): boolean {
    return this.#paths.has(path);
  }

  add(path: string): void {
    if (this.#paths.size === 0) setImmediate(() => this.#paths.clear());
    this.#paths.add(path);
  }

  /** Forgets all of them: for whoever removes or moves a folder. */
  clear(): void {
    this.#paths.clear();
  }
}

/** What the file system says of a file or folder without opening it: times in nanoseconds since 1970; device and inode are the file itself, wherever it is moved. */
export type Stamp = {
  readonly kind: Exclude<Kind, "nothing">;
  readonly sizeBytes: number;
  readonly executable: boolean;
  readonly device: bigint;
  readonly inode: bigint;
  readonly modifiedNs: bigint;
  readonly changedNs: bigint;
};

/** Finds out what the file system says of a place, without opening it or following a link at its end; null where there is nothing, or nothing can be said. */
export function stampOf({ path }: Place): Stamp | null {
  try {
    const status = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (status === undefined) return null;
    return {
      kind: kindOfStatus(status),
      sizeBytes: Number(status.size),
      executable: (status.mode & 0o100n) !== 0n,
      device: status.dev,
      inode: status.ino,
      modifiedNs: status.mtimeNs,
      changedNs: status.ctimeNs,
    };
  } catch {
    return null;
  }
}

/** Makes the error for a link at a place or on the way to it. */
export function linkFault(place: Place, link: string, { action, wanted }: Purpose): UserError {
  const what = link === place.path ? "it" : `"${shown(link)}"`;
  // What a shell gives for <(...) and a terminal or pipe: there is no file that could be named instead.
  if (action === "read" && /^\/(?:dev|proc)\//.test(place.named))
    return new UserError(`Cannot read "${shown(place.path)}": it is not a plain file; save the text in one, and name that`);
  const isNamed = link.length <= place.named.length;
  return new UserError(
    `Cannot ${action} "${shown(place.path)}": ${what} is a link; ${isNamed ? `name the ${wanted} itself` : `put the ${wanted} itself there`}`,
  );
}

/** Writes a path for a message of one line. */
export function shown(path: string): string {
  return printable(path, MAX_SHOWN);
}

/** Names what a status of the file system describes. */
export function kindOfStatus(status: Stats | BigIntStats): Exclude<Kind, "nothing"> {
  if (status.isFile()) return "file";
  if (status.isDirectory()) return "folder";
  if (status.isSymbolicLink()) return "link";
  if (status.isFIFO()) return "FIFO";
  return status.isSocket() ? "socket" : "device";
}

function kindAt(path: string): Kind {
  try {
    const status = lstatSync(path, { throwIfNoEntry: false });
    return status === undefined ? "nothing" : kindOfStatus(status);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOTDIR") return "nothing";
    throw new UserError(`Cannot open "${shown(path)}": the system refused (${code}); check the name, its links and its permissions`);
  }
}

// The path to each part below `given`, the outermost first.
function partsBelow({ path, given }: Place): readonly string[] {
  const start = given === "" || given.endsWith(sep) ? given.length : given.length + 1;
  const parts: string[] = [];
  for (let end = path.indexOf(sep, start); end > 0; end = path.indexOf(sep, end + 1)) parts.push(path.slice(0, end));
  return path.length > start ? [...parts, path] : parts;
}

function givenOfRelative(path: string): string {
  return withoutEnd(/^(?:\.\.(?:[/\\]|$))+/.exec(path)?.[0] ?? "");
}

// The outermost prefix that is the working directory, however it is written. The root is nobody's checkout.
function givenOfAbsolute(path: string): string {
  const here = statSync(".", { throwIfNoEntry: false });
  for (let end = path.indexOf(sep, 1); end > 0; end = path.indexOf(sep, end + 1)) {
    const prefix = path.slice(0, end);
    if (isSame(prefix, here)) return prefix;
  }
  return isSame(path, here) ? path : dirname(path);
}

function isSame(path: string, folder: Stats | undefined): boolean {
  if (folder === undefined || path === dirname(path)) return false;
  try {
    const other = statSync(path, { throwIfNoEntry: false });
    return other?.dev === folder.dev && other.ino === folder.ino;
  } catch {
    return false;
  }
}

function withoutEnd(path: string): string {
  return path.length > 1 && path.endsWith(sep) ? path.slice(0, -1) : path;
}
