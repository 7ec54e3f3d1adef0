import { readText } from "../../files/file.ts";
import { isFile } from "../../files/folder.ts";
import { type Place, placeInside } from "../../files/place.ts";
import type { ExerciseConfig } from "./exercise-config.ts";
import type { Language } from "./track.ts";

/** Where a Rust exercise says which crates its reference needs, if they are more than the exercise names. */
export const EXAMPLE_MANIFEST = ".meta/Cargo-example.toml";

// The version of Go that the image has, and standard packages that came later.
const GO_MINOR = 19;
const LATER_GO_PACKAGES = new Set([
  "cmp",
  "iter",
  "log/slog",
  "maps",
  "math/rand/v2",
  "slices",
  "testing/slogtest",
  "testing/synctest",
  "unique",
  "weak",
]);

// The crates that the image has, which are Debian's.
const CRATES: Readonly<Record<string, readonly [number, number, number]>> = {
  anyhow: [1, 0, 69],
  rand: [0, 8, 5],
  thiserror: [1, 0, 38],
  time: [0, 3, 9],
};

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

function goObstacle(folder: Place, { example }: ExerciseConfig): string | null {
  const module = linesOf(folder, "go.mod");
  if (module.some((line) => /^require\b/.test(line))) return "need modules that would have to be downloaded";
  const minor = Number(firstMatch(module, /^go 1\.(\d{1,4})/) ?? 0);
  const imports = example.flatMap((path) => linesOf(folder, path)).map((line) => /^(?:import )?"([a-z0-9/]+)"$/.exec(line)?.[1] ?? "");
  return minor > GO_MINOR || imports.some((name) => LATER_GO_PACKAGES.has(name)) ? `need a newer Go than 1.${GO_MINOR}` : null;
}

function rustObstacle(folder: Place): string | null {
  const crates = ["Cargo.toml", EXAMPLE_MANIFEST].flatMap((path) => cratesOf(linesOf(folder, path)));
  return crates.every(({ name, version }) => satisfies(CRATES[name], version)) ? null : "need crates that would have to be downloaded";
}

type Dependency = { readonly name: string; readonly version: string };

// Manifests of exercises are short: a section, and a line for each crate.
function cratesOf(manifest: readonly string[]): readonly Dependency[] {
  const crates: Dependency[] = [];
  let isListed = false;
  for (const line of manifest) {
    const section = /^\[([^\]]+)\]$/.exec(line)?.[1];
    if (section !== undefined) {
      isListed = /(?:^|-)dependencies$/.test(section);
      const crate = /(?:^|-)dependencies\.(.+)$/.exec(section)?.[1];
      if (crate !== undefined) crates.push({ name: crate, version: "told elsewhere" });
    } else if (isListed && /^[\w-]/.test(line)) crates.push(crateOf(line));
  }
  return crates;
}

function crateOf(line: string): Dependency {
  const [name = "", value = ""] = [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)].map((part) => part.trim());
  const version = /^"([^"]+)"$/.exec(value)?.[1] ?? /\bversion ?= ?"([^"]+)"/.exec(value)?.[1];
  return { name, version: version ?? "none" };
}

// What Cargo takes a plain version for: at least this one, with the same first number that is not zero.
function satisfies(has: readonly [number, number, number] | undefined, version: string): boolean {
  if (has === undefined || !/^\^?\d+(?:\.\d+){0,2}$/.test(version)) return false;
  const wanted = version.replace("^", "").split(".").map(Number);
  const decisive = wanted.findIndex((number) => number > 0);
  if (decisive < 0 || wanted.slice(0, decisive + 1).some((number, index) => number !== has[index])) return false;
  const differing = wanted.findIndex((number, index) => number !== has[index]);
  return differing < 0 || (wanted[differing] ?? 0) < (has[differing] ?? 0);
}

function javaObstacle(folder: Place, { test }: ExerciseConfig): string | null {
  if (test.some((path) => linesOf(folder, path).some((line) => LATER_ASSERTJ.test(line)))) return "need a newer AssertJ than 3.14";
  const libraries = linesOf(folder, "build.gradle").map((line) => JAVA_DEPENDENCY.exec(line)?.[1]);
  return libraries.every((name) => name === undefined || JAVA_LIBRARIES.test(name))
    ? null
    : "need libraries that would have to be downloaded";
}

function linesOf(folder: Place, path: string): readonly string[] {
  const place = placeInside(folder, path);
  return isFile(place)
    ? readText(place)
        .split("\n")
        .map((line) => line.trim())
    : [];
}

function firstMatch(lines: readonly string[], pattern: RegExp): string | undefined {
  return lines.map((line) => pattern.exec(line)?.[1]).find((found) => found !== undefined);
}
