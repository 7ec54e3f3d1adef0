import { suiteDigest } from "../../core/digest.ts";
import { UserError } from "../../core/errors.ts";
import type { LoadedSuite } from "../../core/suite.ts";
import { CHECKOUT, foldersIn, isFolder, isThere } from "../../files/folder.ts";
import { type Place, placeInside, placeNamed, shown } from "../../files/place.ts";
import { Gaps } from "../gaps.ts";
import { loadExercise } from "./exercise.ts";
import { type ExerciseConfig, readExerciseConfig } from "./exercise-config.ts";
import { slugOf } from "./exercise-files.ts";
import { obstacleOf } from "./requirements.ts";
import { type Language, languageNames, languageOf, TRACKS } from "./track.ts";

// What makes a folder an exercise.
const CONFIG_FILE = ".meta/config.json";

type Known = { readonly folder: Place; readonly config: ExerciseConfig; readonly language: Language };

/**
 * Loads Exercism exercises in place: one exercise, a folder of exercises, a track, or a checkout with a folder for each track.
 *
 * Counted in `leftOut` are exercises of languages without a test runner here, those that need what a sandbox without network does not have, by name, and the concept
 * exercises of a track. Throws UserError when there is nothing at the path that can be loaded, or when an exercise cannot be read.
 */
export function loadExercism(path: string): LoadedSuite {
  const { practice, concept } = findExercises(placeNamed(path));
  const leftOut = new Gaps();
  const known = practice.flatMap((folder) => knownExercise(folder, leftOut));
  if (known.length === 0) {
    throw new UserError(
      `Cannot import "${shown(path)}": none of its ${practice.length} exercises can be graded here (${leftOut.firstReason()}); choose exercises in ${languageNames()}`,
    );
  }
  const languages = new Set(known.map((exercise) => exercise.language));
  const [language] = languages;
  const name = languages.size > 1 ? "exercism-polyglot" : `exercism-${language}`;
  const tasks = known.map((exercise) => {
    const slug = slugOf(exercise.folder);
    const options = { ...exercise, suite: name, id: languages.size > 1 ? `${exercise.language}-${slug}` : slug };
    const task = loadExercise(exercise.folder, options);
    // One exercise in several languages is one problem: who solves it in one tends to solve it in the others.
    return languages.size > 1 ? { ...task, group: slug } : task;
  });
  if (concept.length > 0) leftOut.add({ kind: "concept", reason: "only practice exercises are loaded" }, concept.length);
  return { name, tasks, digest: suiteDigest(tasks), leftOut: leftOut.list() };
}

function knownExercise(folder: Place, leftOut: Gaps): readonly Known[] {
  const config = readExerciseConfig(placeInside(folder, CONFIG_FILE));
  const language = languageOf(config);
  if (typeof language !== "string") {
    leftOut.add({ kind: language.other, reason: "no test runner here" });
    return [];
  }
  const obstacle = obstacleOf(folder, config, language);
  if (obstacle === null) return [{ folder, config, language }];
  leftOut.add({ kind: TRACKS[language].name, reason: obstacle, name: slugOf(folder) });
  return [];
}

type Found = { readonly practice: readonly Place[]; readonly concept: readonly Place[] };

function findExercises(folder: Place): Found {
  if (!isFolder(folder)) throw new UserError(`Cannot import "${shown(folder.path)}": there is no such folder; check the path`);
  if (isExercise(folder)) return { practice: [folder], concept: [] };
  const tracks = [folder, ...foldersIn(folder, CHECKOUT).map((track) => placeInside(folder, track))];
  const practice = [folder, ...tracks.map((track) => placeInside(track, "exercises/practice"))].flatMap(exercisesIn);
  if (practice.length > 0) return { practice, concept: tracks.flatMap((track) => exercisesIn(placeInside(track, "exercises/concept"))) };
  throw new UserError(
    `Cannot import "${shown(folder.path)}": it holds no Exercism exercise; name an exercise folder (with .meta/config.json), a track, or a checkout of tracks`,
  );
}

function exercisesIn(folder: Place): readonly Place[] {
  return foldersIn(folder, CHECKOUT)
    .map((slug) => placeInside(folder, slug))
    .filter(isExercise);
}

function isExercise(folder: Place): boolean {
  return isThere(placeInside(folder, CONFIG_FILE));
}
