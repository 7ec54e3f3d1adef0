import { CHECKOUT, pathsBelow } from "../../files/folder.ts";
import type { Place } from "../../files/place.ts";
import type { ExerciseConfig } from "./exercise-config.ts";
import { linesOf } from "./requirement-lines.ts";

// The version of Go that the image has, and standard packages that came later.
const GO_MINOR = 19;
const LATER_PACKAGES = new Set([
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

const IMPORT = /^(?:import )?(?:\w+ )?"([a-z0-9/]+)"$/;
// A loop over a number, and the functions that need no import since Go 1.21.
const LATER_LOOP = /\brange \d/;
const LATER_FUNCTION = /(?:^|[^.\w])(min|max|clear)\(/;

/**
 * Says why an exercise in Go cannot be built in a sandbox without network; null when nothing is in the way. What its files use decides, not the version in `go.mod`: the
 * image's Go builds a newer module as far as it understands it.
 */
export function goObstacle(folder: Place, { example }: ExerciseConfig): string | null {
  if (linesOf(folder, "go.mod").some((line) => /^require\b/.test(line))) return "need modules that would have to be downloaded";
  const sources = pathsBelow(folder, CHECKOUT).filter((path) => /^[^/.]+\.go$/.test(path));
  const lines = [...sources, ...example].flatMap((path) => linesOf(folder, path));
  return lines.some((line) => isLater(line, lines)) ? `need a newer Go than 1.${GO_MINOR}` : null;
}

function isLater(line: string, all: readonly string[]): boolean {
  if (line.startsWith("//")) return false;
  const called = LATER_FUNCTION.exec(line)?.[1];
  if (called !== undefined && !all.some((other) => other.startsWith(`func ${called}(`) || other.startsWith(`${called} := func(`)))
    return true;
  return LATER_LOOP.test(line) || LATER_PACKAGES.has(IMPORT.exec(line)?.[1] ?? "");
}
