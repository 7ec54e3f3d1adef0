import { UserError } from "../../core/errors.ts";
import { faultOfPatterns } from "../../core/glob.ts";
import { defaultLimits, languageImage } from "../../core/language.ts";
import type { DeliverRule, Task } from "../../core/task.ts";
import { readText } from "../../files/file.ts";
import { isThere } from "../../files/folder.ts";
import { type Place, placeInside, shown } from "../../files/place.ts";
import { taskDigest } from "../task-digest.ts";
import type { ExerciseConfig } from "./exercise-config.ts";
import { filesOf, setsOf, slugOf, streamOf, testFilesOf } from "./exercise-files.ts";
import { type Language, TRACKS, type Track } from "./track.ts";

const PROMPT_PARTS = [".docs/introduction.md", ".docs/instructions.md", ".docs/instructions.append.md"];
const LONG_SECONDS = 180;

type Options = { readonly id: string; readonly suite: string; readonly language: Language; readonly config: ExerciseConfig };

/** Makes a task from one exercise folder; throws UserError naming the file at fault. */
export function loadExercise(folder: Place, { id, suite, language, config }: Options): Task {
  const track: Track = TRACKS[language];
  const sets = setsOf(folder, config, track);
  const task = {
    id,
    suite,
    title: titleOf(slugOf(folder)),
    prompt: promptOf(folder, config, track),
    tags: ["exercism", language],
    image: languageImage(track.plan.runner),
    sandbox: defaultLimits(track.plan.runner),
    deliver: deliverOf(folder, config, track),
    contextFiles: [],
    tests: {
      ...track.plan,
      isolation: track.together?.has(slugOf(folder)) ? "none" : track.plan.isolation,
      files: testFilesOf(sets, config, track),
      required: null,
      timeoutSeconds: config.mayRunLong ? Math.max(LONG_SECONDS, track.timeoutSeconds) : track.timeoutSeconds,
      pythonPath: [],
      command: null,
      report: null,
    },
  };
  return { ...task, files: filesOf(folder, sets), digest: taskDigest({ task, files: streamOf(folder, sets) }) };
}

function titleOf(slug: string): string {
  const words = slug.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function promptOf(folder: Place, config: ExerciseConfig, track: Track): string {
  const parts = PROMPT_PARTS.map((part) => placeInside(folder, part))
    .filter(isThere)
    .map((part) => readText(part).trim());
  if (parts.length === 0 && config.blurb !== "") parts.push(config.blurb);
  return [...parts, addendum(writtenFiles(config, track), track)].join("\n\n");
}

// Build files stay as they are, also where the exercise would let its user edit them: they decide how the tests run.
function writtenFiles({ solution }: ExerciseConfig, { pristine }: Track): readonly string[] {
  return solution.filter((path) => !pristine.includes(path));
}

function addendum(files: readonly string[], { libraries }: Track): string {
  const names = files.map((file) => `\`${file}\``).join(", ");
  return [
    "# What to deliver",
    "",
    `Write the solution into ${names}. Hidden tests import it from there, so keep the file names and the names of everything the files already declare.`,
    `You may add further source files. ${libraries ?? "Use the language's standard library only: nothing can be installed."}`,
  ].join("\n");
}

// Helper files of the exercise and test files stay as they were; every other source file may leave the sandbox.
function deliverOf(folder: Place, config: ExerciseConfig, track: Track): DeliverRule {
  const solution = new Set(config.solution);
  const include = [...writtenFiles(config, track), ...track.sources];
  const exclude = [...[...config.test, ...config.editor].filter((path) => !solution.has(path)), ...track.pristine];
  const fault = faultOfPatterns([...include, ...exclude]);
  if (fault !== null)
    throw new UserError(
      `Cannot load exercise "${shown(folder.path)}": ${fault.index === null ? "its file names" : "a file name"} ${fault.problem}; use fewer or shorter ones`,
    );
  return { include, exclude };
}
