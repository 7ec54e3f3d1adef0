import { basename, join } from "node:path";
import { unchanging } from "../../core/digest.ts";
import type { DeliverRule, SandboxLimits, SourceFile, Task, TaskFiles, TestPlan } from "../../core/task.ts";
import { taskDigest } from "../digest.ts";
import { filesBelow, isFile, readSource } from "../folder.ts";
import { type ExerciseConfig, readExerciseConfig } from "./exercise-config.ts";

/** A language whose exercises can be run here. */
export type Language = "python" | "javascript";

/** What a container for small programs may use. */
export const SMALL_LIMITS: SandboxLimits = { memoryMb: 1024, cpus: 1, pids: 256, workspaceMb: 256, tmpMb: 256 };

const HIDDEN_FOLDERS = [".meta/", ".approaches/", ".articles/", ".docs/"];
const PROMPT_PARTS = [".docs/introduction.md", ".docs/instructions.md", ".docs/instructions.append.md"];

type Track = {
  readonly sources: string;
  readonly testFile: RegExp;
  readonly plan: Pick<TestPlan, "runner" | "placement" | "jestGlobals" | "boundary">;
};

const TRACKS: Readonly<Record<Language, Track>> = {
  python: {
    sources: "**/*.py",
    testFile: /(^|\/)(test_[^/]*|[^/]*_test)\.py$/,
    plan: { runner: "pytest", placement: "outside", jestGlobals: false, boundary: "none" },
  },
  javascript: {
    sources: "**/*.{js,mjs,cjs}",
    testFile: /\.(spec|test)\.[cm]?js$/,
    plan: { runner: "node", placement: "workspace", jestGlobals: true, boundary: "none" },
  },
};

/** Tells the language of an exercise from the files it has one write; any other language is given by its ending. */
export function languageOf(folder: string): Language | { readonly other: string } {
  const [first = ""] = readExerciseConfig(join(folder, ".meta/config.json")).solution;
  if (first.endsWith(".py")) return "python";
  if (/\.[cm]?js$/.test(first)) return "javascript";
  return { other: first.split(".").at(-1) ?? "unknown" };
}

/** Makes a task of one exercise folder; throws UserError naming the file at fault. */
export function loadExercise(folder: string, options: { readonly id: string; readonly suite: string; readonly language: Language }): Task {
  const config = readExerciseConfig(join(folder, ".meta/config.json"));
  const track = TRACKS[options.language];
  const task = {
    id: options.id,
    suite: options.suite,
    title: titleOf(basename(folder)),
    prompt: promptOf(folder, config),
    tags: ["exercism", options.language],
    image: null,
    sandbox: SMALL_LIMITS,
    deliver: deliverOf(config, track),
    contextFiles: [],
    tests: { ...track.plan, files: config.test, required: null, timeoutSeconds: config.mayRunLong ? 180 : 60 },
  };
  const sets = setsOf(folder, config, track);
  return { ...task, files: filesOf(folder, sets), digest: taskDigest({ task, files: streamOf(folder, sets) }) };
}

function titleOf(slug: string): string {
  const words = slug.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function promptOf(folder: string, config: ExerciseConfig): string {
  const parts = PROMPT_PARTS.filter((part) => isFile(join(folder, part))).map((part) => textOf(readSource(folder, part)).trim());
  if (parts.length === 0 && config.blurb !== "") parts.push(config.blurb);
  return [...parts, addendum(config.solution)].join("\n\n");
}

function addendum(files: readonly string[]): string {
  const names = files.map((file) => `\`${file}\``).join(", ");
  return [
    "# What to deliver",
    "",
    `Write the solution into ${names}. Hidden tests import it from there, so keep the file names and the names of everything the files already declare.`,
    "You may add further source files. Use the language's standard library only: nothing can be installed.",
  ].join("\n");
}

function textOf(file: SourceFile): string {
  return new TextDecoder().decode(file.bytes);
}

/** Helper files of the exercise and test files stay as they were; what else is source may cross. */
function deliverOf(config: ExerciseConfig, track: Track): DeliverRule {
  const solution = new Set(config.solution);
  return {
    include: [...config.solution, track.sources],
    exclude: [...config.test, ...config.editor].filter((path) => !solution.has(path)),
  };
}

/** One file of a set: where it is below the exercise's folder, and the path it has in the task. */
type Placed = { readonly from: string; readonly path: string };

type Sets = { readonly workspace: readonly Placed[]; readonly tests: readonly Placed[]; readonly reference: readonly Placed[] | null };

function setsOf(folder: string, config: ExerciseConfig, track: Track): Sets {
  const isHidden = (path: string) =>
    HIDDEN_FOLDERS.some((hidden) => path.startsWith(hidden)) || config.test.includes(path) || track.testFile.test(path);
  const shown = filesBelow(folder).filter((path) => config.solution.includes(path) || !isHidden(path));
  return {
    workspace: shown.map((path) => ({ from: path, path })),
    tests: config.test.map((path) => ({ from: path, path })),
    reference: referenceOf(config),
  };
}

/** One example stands for the first file to write; several are told apart by name, or else by position. */
function referenceOf({ example, solution }: ExerciseConfig): readonly Placed[] | null {
  if (example.length === 0) return null;
  const [only, ...others] = example;
  const [first] = solution;
  if (only !== undefined && first !== undefined && others.length === 0) return [{ from: only, path: first }];
  return example.map((from, index) => ({
    from,
    path: solution.find((path) => basename(path) === basename(from)) ?? solution[index] ?? basename(from),
  }));
}

function filesOf(folder: string, sets: Sets): TaskFiles {
  const read = (placed: readonly Placed[]) => placed.map(({ from, path }) => readSource(folder, from, path));
  return {
    workspace: unchanging(folder, () => read(sets.workspace)).read,
    tests: unchanging(folder, () => read(sets.tests)).read,
    reference: async () => (sets.reference === null ? null : read(sets.reference)),
    wrong: async () => [],
  };
}

function* streamOf(folder: string, sets: Sets): Iterable<{ set: string; file: SourceFile }> {
  for (const [set, placed] of Object.entries(sets)) {
    for (const { from, path } of placed ?? []) yield { set, file: readSource(folder, from, path) };
  }
}
