import { suiteDigest } from "../../core/digest.ts";
import { UserError } from "../../core/errors.ts";
import type { LeftOut, LoadedSuite } from "../../core/task.ts";
import { CHECKOUT, foldersIn, isFolder, isThere } from "../../files/folder.ts";
import { type Place, placeInside, placeNamed, shown } from "../../files/place.ts";
import { CONFIG_FILE, type Language, languageOf, loadExercise, slugOf } from "./exercise.ts";

type Exercise = { readonly folder: Place; readonly language: Language | { readonly other: string } };
type KnownExercise = Exercise & { readonly language: Language };

/**
 * Loads Exercism exercises in place: one exercise, a folder of exercises, a track, or a checkout with a folder for each track.
 *
 * Only Python and JavaScript have a test runner; exercises of other languages, and the concept exercises of a track, are counted in
 * `leftOut`. Throws UserError when there is no exercise at the path, or when one of them cannot be read.
 */
export function loadExercism(path: string): LoadedSuite {
  const { practice, concept } = findExercises(placeNamed(path));
  const exercises = practice.map((folder): Exercise => ({ folder, language: languageOf(folder) }));
  const known = exercises.filter((exercise): exercise is KnownExercise => typeof exercise.language === "string");
  if (known.length === 0) {
    throw new UserError(
      `Cannot import "${shown(path)}": none of its ${exercises.length} exercises is in Python or JavaScript; choose a track of one of these`,
    );
  }
  const languages = new Set(known.map((exercise) => exercise.language));
  const [language] = languages;
  const name = languages.size > 1 ? "exercism-polyglot" : `exercism-${language}`;
  const tasks = known.map((exercise) => {
    const slug = slugOf(exercise.folder);
    const id = languages.size > 1 ? `${exercise.language}-${slug}` : slug;
    return loadExercise(exercise.folder, { id, suite: name, language: exercise.language });
  });
  return { name, tasks, digest: suiteDigest(tasks), leftOut: leftOutOf(exercises, concept.length) };
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

function leftOutOf(exercises: readonly Exercise[], concept: number): readonly LeftOut[] {
  const counts = new Map<string, number>();
  for (const { language } of exercises) {
    if (typeof language !== "string") counts.set(language.other, (counts.get(language.other) ?? 0) + 1);
  }
  const languages = [...counts]
    .toSorted(([a, countA], [b, countB]) => countB - countA || a.localeCompare(b))
    .map(([kind, count]) => ({ kind, count, reason: "only Python and JavaScript have a test runner" }));
  return concept === 0 ? languages : [...languages, { kind: "concept", count: concept, reason: "only practice exercises are loaded" }];
}
