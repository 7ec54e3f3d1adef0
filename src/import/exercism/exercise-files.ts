import { basename, resolve } from "node:path";
import { unchanging } from "../../core/digest.ts";
import type { SourceFile, TaskFiles } from "../../core/task.ts";
import { CHECKOUT, pathsBelow, readFiles } from "../../files/folder.ts";
import { PartBudget } from "../../files/part-budget.ts";
import { type Place, placeInside, shown } from "../../files/place.ts";
import type { ExerciseConfig } from "./exercise-config.ts";
import { manifestOf, withImageVersions } from "./rust-crates.ts";
import type { Track } from "./track.ts";

const HIDDEN_FOLDERS = [".meta/", ".approaches/", ".articles/", ".docs/"];

// One file of a set: where it is below the exercise's folder, and the path it has in the task.
type Placed = { readonly from: string; readonly path: string };

/** The files of a task by what they are for. */
export type Sets = {
  readonly workspace: readonly Placed[];
  readonly tests: readonly Placed[];
  readonly reference: readonly Placed[] | null;
};

/** Sorts the files of an exercise: what the agent sees, what is hidden, and what solves it. Throws UserError when its folder cannot be read. */
export function setsOf(folder: Place, config: ExerciseConfig, track: Track): Sets {
  const solution = new Set(config.solution);
  const listed = new Set(config.test);
  const paths = pathsBelow(folder, CHECKOUT).filter((path) => !HIDDEN_FOLDERS.some((hidden) => path.startsWith(hidden)));
  const isHidden = (path: string) => !solution.has(path) && (listed.has(path) || track.hidden.test(path));
  const others = paths.filter((path) => isHidden(path) && !listed.has(path));
  return {
    workspace: paths.toSorted().flatMap((path) => (isHidden(path) ? [] : [{ from: sourceOf(folder, path), path }])),
    tests: [...config.test, ...others].map((path) => ({ from: path, path })),
    reference: referenceOf(config, track),
  };
}

/** Names an exercise after its folder. */
export function slugOf(folder: Place): string {
  return basename(resolve(folder.path));
}

/** Lists the hidden files that the test runner is given. */
export function testFilesOf({ tests }: Sets, { test }: ExerciseConfig, { run }: Track): readonly string[] {
  return run === null ? test : tests.map(({ path }) => path).filter((path) => run.test(path));
}

// The manifest stays as it is, so it names the crates of the reference from the start.
function sourceOf(folder: Place, path: string): string {
  return path === "Cargo.toml" ? manifestOf(folder) : path;
}

// Where a language does not say otherwise, a single example replaces the first file to write; several are matched by name, or else by position.
function referenceOf(config: ExerciseConfig, { placeOf }: Track): readonly Placed[] | null {
  const { example, solution } = config;
  if (example.length === 0) return null;
  const named = (from: string) => solution.find((path) => basename(path) === basename(from));
  const [first = ""] = solution;
  return example.map((from, index) => ({
    from,
    path: named(from) ?? placeOf?.(from, config) ?? (example.length === 1 ? first : (solution[index] ?? basename(from))),
  }));
}

/** Reads the files of an exercise when they are needed; its workspace and tests may not change in between. */
export function filesOf(folder: Place, sets: Sets): TaskFiles {
  const { workspace, tests, reference } = sets;
  return {
    workspace: unchanging(shown(folder.path), () => readPlaced(folder, workspace)).read,
    tests: unchanging(shown(folder.path), () => readPlaced(folder, tests)).read,
    reference: async () => (reference === null ? null : [...readPlaced(folder, reference)]),
    wrong: async () => [],
  };
}

/** Passes on all files of an exercise one by one, each with the set it belongs to. */
export function* streamOf(folder: Place, sets: Sets): Iterable<{ set: string; file: SourceFile }> {
  for (const [set, placed] of Object.entries(sets)) {
    for (const file of readPlaced(folder, placed ?? [])) yield { set, file };
  }
}

function* readPlaced(folder: Place, placed: readonly Placed[]): Iterable<SourceFile> {
  const files = readFiles(
    placed.map(({ from, path }) => ({ place: placeInside(folder, from), path })),
    new PartBudget(folder),
  );
  for (const file of files) yield adapted(file, folder);
}

// Two build files are changed for where and with what they are used here.
function adapted(file: SourceFile, folder: Place): SourceFile {
  if (file.path === "CMakeLists.txt") return withText(file, (text) => withName(text, slugOf(folder)));
  return file.path === "Cargo.toml" ? withText(file, withImageVersions) : file;
}

function withText(file: SourceFile, change: (text: string) => string): SourceFile {
  const text = Buffer.from(file.bytes).toString("utf8");
  const changed = change(text);
  return changed === text ? file : { ...file, bytes: Buffer.from(changed) };
}

// Exercises in C++ take their name from the folder they are built in, which is another one in a sandbox.
const NAME_OF_FOLDER = /\bget_filename_component\(exercise [^)\n]*\)/;

function withName(text: string, name: string): string {
  return /^[a-z0-9-]+$/.test(name) ? text.replace(NAME_OF_FOLDER, `set(exercise ${name})`) : text;
}
