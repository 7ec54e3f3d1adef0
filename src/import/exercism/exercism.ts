import { basename, join, resolve } from "node:path";
import { suiteDigest } from "../../core/digest.ts";
import { UserError } from "../../core/errors.ts";
import type { Suite } from "../../core/task.ts";
import { foldersIn, isFile, isFolder } from "../folder.ts";
import { type Language, languageOf, loadExercise } from "./exercise.ts";

/** A suite from elsewhere, with what of it could not be taken over. */
export type ImportedSuite = Suite & {
  readonly leftOut: readonly { readonly what: string; readonly count: number; readonly reason: string }[];
};

type Exercise = { readonly folder: string; readonly track: string };

/**
 * Loads Exercism exercises in place: one exercise, a folder of exercises, a track, or a checkout with a folder for each track.
 *
 * Tests run in Python and JavaScript; exercises of other languages are counted in `leftOut`. Throws UserError when there is no
 * exercise at the path, or when one of them cannot be read.
 */
export function loadExercism(path: string): ImportedSuite {
  const exercises = findExercises(resolve(path)).map((exercise) => ({ ...exercise, language: languageOf(exercise.folder) }));
  const known = exercises.filter((exercise): exercise is Exercise & { language: Language } => typeof exercise.language === "string");
  if (known.length === 0) {
    throw new UserError(
      `Cannot import "${path}": none of its ${exercises.length} exercises is in Python or JavaScript; choose a track of one of these`,
    );
  }
  const languages = new Set(known.map((exercise) => exercise.language));
  const [language] = languages;
  const name = languages.size > 1 ? "exercism-polyglot" : `exercism-${language}`;
  const tasks = known.map((exercise) => {
    const slug = basename(exercise.folder);
    const id = languages.size > 1 ? `${exercise.language}-${slug}` : slug;
    return loadExercise(exercise.folder, { id, suite: name, language: exercise.language });
  });
  return { name, tasks, digest: suiteDigest(tasks), leftOut: leftOutOf(exercises) };
}

function findExercises(path: string): Exercise[] {
  if (!isFolder(path)) throw new UserError(`Cannot import "${path}": there is no such folder; check the path`);
  if (isExercise(path)) return [{ folder: path, track: basename(resolve(path, "../../..")) }];
  const tracks = [path, join(path, "exercises/practice"), ...foldersIn(path).map((track) => join(path, track, "exercises/practice"))];
  const found = tracks.filter(isFolder).flatMap((practice) => {
    const track = basename(resolve(practice, "../.."));
    return foldersIn(practice)
      .map((slug) => ({ folder: join(practice, slug), track }))
      .filter((exercise) => isExercise(exercise.folder));
  });
  if (found.length > 0) return found;
  throw new UserError(
    `Cannot import "${path}": it holds no Exercism exercise; name an exercise folder (with .meta/config.json), a track, or a checkout of tracks`,
  );
}

function isExercise(folder: string): boolean {
  return isFile(join(folder, ".meta/config.json"));
}

function leftOutOf(exercises: readonly (Exercise & { language: Language | { readonly other: string } })[]): ImportedSuite["leftOut"] {
  const counts = new Map<string, number>();
  for (const { language, track } of exercises) {
    if (typeof language !== "string") counts.set(track, (counts.get(track) ?? 0) + 1);
  }
  return [...counts].map(([what, count]) => ({ what, count, reason: "tests run in Python and JavaScript only" }));
}
