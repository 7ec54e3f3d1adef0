import { isFile } from "../../files/folder.ts";
import { type Place, placeInside } from "../../files/place.ts";
import type { ExerciseConfig } from "./exercise-config.ts";
import { goObstacle } from "./go-version.ts";
import { linesOf } from "./requirement-lines.ts";
import { rustObstacle } from "./rust-crates.ts";
import type { Language } from "./track.ts";

// What tests call that came after the image's AssertJ.
const LATER_ASSERTJ = /\.hasDimensions\(/;
const JAVA_DEPENDENCY = /^(?:implementation|testImplementation|testRuntimeOnly|compileOnly)[ (]["']([^"']+)["']/;
// The libraries that the image has; its org.json is of an older API, for which published tests do not compile.
const JAVA_LIBRARIES = /^(?:org\.junit(?:\.jupiter|\.platform)?|org\.assertj):/;

/** Says why an exercise cannot be graded in a sandbox without network; null when nothing is in the way. Throws UserError when a file of it cannot be read. */
export function obstacleOf(folder: Place, config: ExerciseConfig, language: Language): string | null {
  if (isFile(placeInside(folder, ".meta/.skip_tests"))) return "ask for tests, which nothing here judges";
  if (language === "go") return goObstacle(folder, config);
  if (language === "rust") return rustObstacle(folder);
  if (language === "java") return javaObstacle(folder, config);
  return null;
}

function javaObstacle(folder: Place, { test }: ExerciseConfig): string | null {
  if (test.some((path) => linesOf(folder, path).some((line) => LATER_ASSERTJ.test(line)))) return "need a newer AssertJ than 3.14";
  const libraries = linesOf(folder, "build.gradle").map((line) => JAVA_DEPENDENCY.exec(line)?.[1]);
  return libraries.every((name) => name === undefined || JAVA_LIBRARIES.test(name))
    ? null
    : "need libraries that would have to be downloaded";
}
