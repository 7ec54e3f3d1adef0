import type { SourceFile } from "./task.ts";

type Files = readonly SourceFile[];

const paths = new WeakMap<Files, ReadonlyMap<string, SourceFile>>();
const folders = new WeakMap<Files, ReadonlyMap<string, FolderRange>>();

/** Where the files below a folder are in a list: from the first up to, and without, `end`; others may be between them. */
export type FolderRange = { readonly start: number; readonly end: number };

/** Returns the files of a list by their paths. They are remembered as long as the list is, which must not change: all trials of a task share its workspace. */
export function byPath(files: Files): ReadonlyMap<string, SourceFile> {
  const known = paths.get(files);
  if (known !== undefined) return known;
  const made = new Map(files.map((file) => [file.path, file]));
  paths.set(files, made);
  return made;
}

/** Returns the folders that the files of a list lie in, at any depth, and where in the list those are. Remembered as `byPath` is. */
export function foldersOfList(files: Files): ReadonlyMap<string, FolderRange> {
  const known = folders.get(files);
  if (known !== undefined) return known;
  const made = new Map<string, { start: number; end: number }>();
  let last = "";
  let above: readonly { start: number; end: number }[] = [];
  for (const [index, { path }] of files.entries()) {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf("/")));
    // Most files lie where the one before them does.
    if (folder !== last || index === 0) {
      last = folder;
      above = [...foldersAbove(folder), ...(folder === "" ? [] : [folder])].map((each) => {
        const range = made.get(each) ?? { start: index, end: index };
        made.set(each, range);
        return range;
      });
    }
    for (const range of above) range.end = index + 1;
  }
  folders.set(files, made);
  return made;
}

/** Lists the folders that a path lies in, the outermost first. */
export function foldersAbove(path: string): string[] {
  const found: string[] = [];
  for (let end = path.indexOf("/"); end !== -1; end = path.indexOf("/", end + 1)) found.push(path.slice(0, end));
  return found;
}
