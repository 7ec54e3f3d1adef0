import { basename, resolve } from "node:path";
import { unchanging } from "../../core/digest.ts";
import { UserError } from "../../core/errors.ts";
import { faultOfPatterns } from "../../core/glob.ts";
import { DEFAULT_LIMITS, type DeliverRule, type SourceFile, type Task, type TaskFiles, type TestPlan } from "../../core/task.ts";
import { readText } from "../../files/file.ts";
import { CHECKOUT, isThere, pathsBelow, readFiles } from "../../files/folder.ts";
import { PartBudget } from "../../files/part-budget.ts";
import { type Place, placeInside, shown } from "../../files/place.ts";
import { taskDigest } from "../task-digest.ts";
import { type ExerciseConfig, readExerciseConfig } from "./exercise-config.ts";

/** A language for whose exercises there is a test runner. */
export type Language = "python" | "javascript";

/** What makes a folder an exercise. */
export const CONFIG_FILE = ".meta/config.json";

const HIDDEN_FOLDERS = [".meta/", ".approaches/", ".articles/", ".docs/"];
const PROMPT_PARTS = [".docs/introduction.md", ".docs/instructions.md", ".docs/instructions.append.md"];

type Track = {
  readonly sources: string;
  readonly testFile: RegExp;
  readonly plan: Pick<TestPlan, "runner" | "placement" | "jestGlobals" | "isolation">;
};

const TRACKS: Readonly<Record<Language, Track>> = {
  python: {
    sources: "**/*.py",
    testFile: /(^|\/)(test_[^/]*|[^/]*_test)\.py$/,
    plan: { runner: "pytest", placement: "outside", jestGlobals: false, isolation: "none" },
  },
  javascript: {
    sources: "**/*.{js,mjs,cjs}",
    testFile: /\.(spec|test)\.[cm]?js$/,
    plan: { runner: "node", placement: "workspace", jestGlobals: true, isolation: "none" },
  },
};

// Languages of published tracks without a test runner here, by the ending of the file that the exercise asks for.
const OTHER_LANGUAGES: Readonly<Record<string, string>> = {
  c: "C",
  cc: "C++",
  cpp: "C++",
  cs: "C#",
  ex: "Elixir",
  fs: "F#",
  go: "Go",
  h: "C++",
  hs: "Haskell",
  java: "Java",
  kt: "Kotlin",
  php: "PHP",
  rb: "Ruby",
  rs: "Rust",
  scala: "Scala",
  sh: "Bash",
  swift: "Swift",
  ts: "TypeScript",
};

/** Finds the language of an exercise by the first file it asks for; `other` names one without a test runner here. */
export function languageOf(folder: Place): Language | { readonly other: string } {
  const [first = ""] = readExerciseConfig(placeInside(folder, CONFIG_FILE)).solution;
  if (first.endsWith(".py")) return "python";
  if (/\.[cm]?js$/.test(first)) return "javascript";
  const ending = /\.([^./]+)$/.exec(first)?.[1] ?? "";
  return { other: OTHER_LANGUAGES[ending] ?? (ending === "" ? "unknown" : `.${ending}`) };
}

/** Makes a task from one exercise folder; throws UserError naming the file at fault. */
export function loadExercise(folder: Place, options: { readonly id: string; readonly suite: string; readonly language: Language }): Task {
  const config = readExerciseConfig(placeInside(folder, CONFIG_FILE));
  const track = TRACKS[options.language];
  const task = {
    id: options.id,
    suite: options.suite,
    title: titleOf(slugOf(folder)),
    prompt: promptOf(folder, config),
    tags: ["exercism", options.language],
    image: null,
    sandbox: DEFAULT_LIMITS,
    deliver: deliverOf(folder, config, track),
    contextFiles: [],
    tests: {
      ...track.plan,
      files: config.test,
      required: null,
      timeoutSeconds: config.mayRunLong ? 180 : 60,
      runSkipped: false,
      pythonPath: [],
      command: null,
      report: null,
    },
  };
  const sets = setsOf(folder, config, track);
  return { ...task, files: filesOf(folder, sets), digest: taskDigest({ task, files: streamOf(folder, sets) }) };
}

/** Names an exercise after its folder. */
export function slugOf(folder: Place): string {
  return basename(resolve(folder.path));
}

function titleOf(slug: string): string {
  const words = slug.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function promptOf(folder: Place, config: ExerciseConfig): string {
  const parts = PROMPT_PARTS.map((part) => placeInside(folder, part))
    .filter(isThere)
    .map((part) => readText(part).trim());
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

// Helper files of the exercise and test files stay as they were; every other source file may leave the sandbox.
function deliverOf(folder: Place, config: ExerciseConfig, track: Track): DeliverRule {
  const solution = new Set(config.solution);
  const include = [...config.solution, track.sources];
  const exclude = [...config.test, ...config.editor].filter((path) => !solution.has(path));
  const fault = faultOfPatterns([...include, ...exclude]);
  if (fault !== null)
    throw new UserError(
      `Cannot load exercise "${shown(folder.path)}": ${fault.index === null ? "its file names" : "a file name"} ${fault.problem}; use fewer or shorter ones`,
    );
  return { include, exclude };
}

// One file of a set: where it is below the exercise's folder, and the path it has in the task.
type Placed = { readonly from: string; readonly path: string };

type Sets = { readonly workspace: readonly Placed[]; readonly tests: readonly Placed[]; readonly reference: readonly Placed[] | null };

function setsOf(folder: Place, config: ExerciseConfig, track: Track): Sets {
  const solution = new Set(config.solution);
  const tests = new Set(config.test);
  const isHidden = (path: string) =>
    HIDDEN_FOLDERS.some((hidden) => path.startsWith(hidden)) || tests.has(path) || track.testFile.test(path);
  const visible = pathsBelow(folder, CHECKOUT)
    .toSorted()
    .filter((path) => solution.has(path) || !isHidden(path));
  return {
    workspace: visible.map((path) => ({ from: path, path })),
    tests: config.test.map((path) => ({ from: path, path })),
    reference: referenceOf(config),
  };
}

// A single example replaces the first file to write; several are matched by name, or else by position.
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

function filesOf(folder: Place, sets: Sets): TaskFiles {
  const { workspace, tests, reference } = sets;
  return {
    workspace: unchanging(shown(folder.path), () => readPlaced(folder, workspace)).read,
    tests: unchanging(shown(folder.path), () => readPlaced(folder, tests)).read,
    reference: async () => (reference === null ? null : [...readPlaced(folder, reference)]),
    wrong: async () => [],
  };
}

function readPlaced(folder: Place, placed: readonly Placed[]): Iterable<SourceFile> {
  return readFiles(
    placed.map(({ from, path }) => ({ place: placeInside(folder, from), path })),
    new PartBudget(folder),
  );
}

function* streamOf(folder: Place, sets: Sets): Iterable<{ set: string; file: SourceFile }> {
  for (const [set, placed] of Object.entries(sets)) {
    for (const file of readPlaced(folder, placed ?? [])) yield { set, file };
  }
}
