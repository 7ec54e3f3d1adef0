import { basename, resolve } from "node:path";
import { suiteDigest } from "../../core/digest.ts";
import { UserError } from "../../core/errors.ts";
import { counted } from "../../core/format.ts";
import type { LoadedSuite, LoadOptions } from "../../core/task.ts";
import { CHECKOUT, foldersIn, isFolder, isThere } from "../../files/folder.ts";
import { type Place, placeInside, placeNamed, shown } from "../../files/place.ts";
import { Gaps } from "../gaps.ts";
import { loadHarborTask } from "./harbor-task.ts";
import { obstacleOf } from "./obstacle.ts";
import { readTaskToml, TASK_FILE } from "./task-toml.ts";

/** How tasks are loaded where a user sets nothing. */
export const NO_OPTIONS: LoadOptions = { bases: new Map(), passAt: 1 };

// A task, a folder of tasks, or a dataset with a folder for each kind.
const MAX_LEVELS = 3;
const MAX_TASKS = 5_000;

/**
 * Loads tasks in Harbor's format in place: one task, a folder of tasks, or a dataset of such folders.
 *
 * Counted in `leftOut`, by name, are those that cannot run here. Throws UserError when there is nothing at the path that can be loaded, or when a task cannot be read.
 */
export function loadHarbor(path: string, options: LoadOptions = NO_OPTIONS): LoadedSuite {
  const place = placeNamed(path);
  if (!isFolder(place)) throw new UserError(`Cannot import "${shown(path)}": there is no such folder; check the path`);
  const folders = taskFolders(place, TASK_FILE);
  if (folders.length === 0)
    throw new UserError(
      `Cannot import "${shown(path)}": it holds no task of Harbor's format; name a folder with ${TASK_FILE}, or one that holds such folders`,
    );
  const suite = suiteName("harbor", path);
  const gaps = new Gaps();
  const replaced = new Replacements(options);
  let withNetwork = 0;
  const tasks = folders.flatMap(({ folder, id }) => {
    const toml = readTaskToml(folder);
    const obstacle = obstacleOf(folder, toml);
    if (obstacle !== null) {
      gaps.add({ ...obstacle, name: id });
      return [];
    }
    const { environment = {} } = toml;
    const mode = environment.network_mode ?? environment.network?.mode ?? (environment.allow_internet === false ? "no-network" : "public");
    if (mode !== "no-network") withNetwork += 1;
    const loaded = loadHarborTask(folder, toml, { ...options, id, suite });
    replaced.add(loaded.replaced);
    return [loaded.task];
  });
  if (tasks.length === 0)
    throw new UserError(`Cannot import "${shown(path)}": none of its ${counted(folders.length, "task")} can run here (${gaps.text()})`);
  const network = withNetwork === 0 ? [] : [networkNotice(withNetwork, tasks.length)];
  return { name: suite, tasks, digest: suiteDigest(tasks), leftOut: gaps.list(), notices: [...replaced.lines(), ...network] };
}

function networkNotice(withNetwork: number, all: number): string {
  return `${withNetwork} of ${counted(all, "task")} would have the network in Harbor; sandboxes here have none, so that a task which needs it cannot be solved`;
}

/** A folder with a task, and the task's id. */
export type TaskFolder = { readonly folder: Place; readonly id: string };

/** Finds the folders with a file that makes a folder a task, the folder itself or some levels below. Throws UserError when two have the same name, or there are too many. */
export function taskFolders(place: Place, file: string): readonly TaskFolder[] {
  const found = foldersWith(place, file, MAX_LEVELS);
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

/** Names the suite of a folder. */
export function suiteName(format: string, path: string): string {
  const name = basename(resolve(path))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return name === "" || name === format ? format : `${format}-${name}`.slice(0, 100);
}

/** Counts which images stand in for others, for notices. */
export class Replacements {
  readonly #options: LoadOptions;
  readonly #tasks = new Map<string, number>();

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  /** Counts a task in whose image these were replaced. */
  add(replaced: readonly string[]): void {
    for (const name of replaced) this.#tasks.set(name, (this.#tasks.get(name) ?? 0) + 1);
  }

  /** Writes a line for each. */
  lines(): readonly string[] {
    return [...this.#tasks].map(
      ([name, count]) => `${counted(count, "task")} built on ${this.#options.bases.get(name)} in place of ${name} (--base)`,
    );
  }
}
