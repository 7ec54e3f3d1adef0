import { basename, resolve } from "node:path";
import { suiteDigest } from "../core/digest.ts";
import { UserError } from "../core/errors.ts";
import { counted } from "../core/format.ts";
import type { LoadedSuite, LoadOptions } from "../core/suite.ts";
import type { Task } from "../core/task.ts";
import { CHECKOUT, foldersIn, isFolder, isThere } from "../files/folder.ts";
import { type Place, placeInside, placeNamed, shown } from "../files/place.ts";
import { Gaps } from "./gaps.ts";
import type { Obstacle } from "./obstacle.ts";
import { Replacements } from "./replacements.ts";
import { type UnusedSetting, UnusedSettings } from "./unused-settings.ts";

/** How tasks are loaded where a user sets nothing. */
export const NO_OPTIONS: LoadOptions = { bases: new Map(), passAt: 1, images: null };

/** What became of one folder of a task: why it cannot run here, or the task, the images in its Dockerfile that others stand in for, and what it says without effect. */
type LoadedFolder =
  | { readonly kind: "obstacle"; readonly obstacle: Obstacle }
  | { readonly kind: "loaded"; readonly task: Task; readonly replaced: readonly string[]; readonly unused: readonly UnusedSetting[] };

/** A folder with a task, and the task's id. */
export type TaskFolder = { readonly folder: Place; readonly id: string };

/** A format in which every task is a folder. */
export type FolderFormat = {
  /** What its suites are named by. */
  readonly name: string;
  /** What it is called, for messages, such as `task of Harbor's format`. */
  readonly noun: string;
  /** The files that make a folder a task; the first is looked for. */
  readonly marks: readonly [string, ...string[]];
  /** Loads one; throws UserError naming the file at fault. */
  readonly load: (folder: TaskFolder & { readonly suite: string }) => LoadedFolder;
  /** Lines for the user, when all are loaded. */
  readonly notices?: (loaded: number) => readonly string[];
};

/**
 * Loads tasks that are folders: one, a folder of such folders, or a dataset with a folder for each kind.
 *
 * Counted in `leftOut`, by name, are those that cannot run here. Throws UserError when there is nothing at the path that can be loaded, or when a task cannot be read.
 */
export function loadTaskFolders(path: string, options: LoadOptions, format: FolderFormat): LoadedSuite {
  const place = placeNamed(path);
  if (!isFolder(place)) throw new UserError(`Cannot import "${shown(path)}": there is no such folder; check the path`);
  const folders = taskFolders(place, format.marks);
  if (folders.length === 0)
    throw new UserError(
      `Cannot import "${shown(path)}": it holds no ${format.noun}; name a folder with ${format.marks.join(" and ")}, or one that holds such folders`,
    );
  const suite = suiteName(format.name, path);
  const gaps = new Gaps();
  const replaced = new Replacements(options);
  const unused = new UnusedSettings();
  const tasks = folders.flatMap((folder) => {
    const loaded = format.load({ ...folder, suite });
    if (loaded.kind === "loaded") {
      replaced.add(loaded.replaced);
      unused.add(loaded.unused);
      return [loaded.task];
    }
    gaps.add({ ...loaded.obstacle, name: folder.id });
    return [];
  });
  const notices = [...unused.lines(), ...(format.notices?.(tasks.length) ?? [])];
  return imported({ path, suite, tasks, found: folders.length, gaps, replaced, notices });
}

/** What a source of tasks with images found at a path: `found` counts all of it, and `gaps` has those that cannot run here. */
export type Imported = {
  readonly path: string;
  readonly suite: string;
  readonly tasks: readonly Task[];
  readonly found: number;
  readonly gaps: Gaps;
  readonly replaced: Replacements;
  readonly notices: readonly string[];
};

/** Makes a suite of what was loaded. Throws UserError when none of it can run here. */
export function imported({ path, suite, tasks, found, gaps, replaced, notices }: Imported): LoadedSuite {
  if (tasks.length === 0)
    throw new UserError(`Cannot import "${shown(path)}": none of its ${counted(found, "task")} can run here (${gaps.text()})`);
  return {
    name: suite,
    tasks,
    digest: suiteDigest(tasks),
    leftOut: gaps.list(),
    notices: [...replaced.lines(), ...notices],
    replaced: replaced.names(),
  };
}

// A task, a folder of tasks, or a dataset with a folder for each kind.
const MAX_LEVELS = 3;
const MAX_TASKS = 5_000;

/** Finds the folders with the files that make a folder a task: the folder itself, or some levels below. Throws UserError when two have the same name, or there are too many. */
export function taskFolders(place: Place, marks: readonly [string, ...string[]]): readonly TaskFolder[] {
  const [mark, ...others] = marks;
  const found = foldersWith(place, mark, MAX_LEVELS).filter((folder) => others.every((name) => isThere(placeInside(folder, name))));
  if (found.length > MAX_TASKS)
    throw new UserError(`Cannot import "${shown(place.path)}": it has ${found.length} tasks; name a folder with at most ${MAX_TASKS}`);
  const names = new Map<string, Place>();
  return found.map((folder) => {
    const id = basename(resolve(folder.path)).normalize("NFC");
    const other = names.get(id);
    if (other !== undefined)
      throw new UserError(
        `Cannot import "${shown(place.path)}": "${shown(other.path)}" and "${shown(folder.path)}" have the same name; rename one, or name one folder of them`,
      );
    names.set(id, folder);
    return { folder, id };
  });
}

function foldersWith(place: Place, file: string, levels: number): readonly Place[] {
  if (isThere(placeInside(place, file))) return [place];
  if (levels === 0) return [];
  return foldersIn(place, CHECKOUT).flatMap((name) => foldersWith(placeInside(place, name), file, levels - 1));
}

/** Names the suite of a folder or file: by the format, and by the name of what holds it. */
export function suiteName(format: string, path: string): string {
  const name = basename(resolve(path))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return name === "" || name === format ? format : `${format}-${name}`.slice(0, 100);
}
