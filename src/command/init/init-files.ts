import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isThere, pathsBelow, readFiles } from "../../files/folder.ts";
import { PartBudget } from "../../files/part-budget.ts";
import { type Place, placeInside, placeNamed } from "../../files/place.ts";
import { writeNewFile } from "../../files/write.ts";
import type { ExampleLanguage } from "./example-language.ts";

const PACKAGE = new URL("../../../", import.meta.url);
const SUITE = "my-suite";
const TASK = "slugify";

/** Writes the first files into a folder, models.yaml and a task in a language unless that is null, without overwriting any; returns the paths of those written and of those that existed. Throws UserError when the folder is not writable, or when one of the folders in it is a link. */
export function writeStart(
  folder: string,
  language: ExampleLanguage | null,
): { readonly written: readonly string[]; readonly kept: readonly string[] } {
  const target = placeNamed(folder);
  const home = placeNamed(fileURLToPath(PACKAGE));
  const written: string[] = [];
  const kept: string[] = [];
  for (const file of readFiles(startingFiles(), new PartBudget(home))) {
    const place = placeInside(target, file.path);
    if (isThere(place)) {
      kept.push(place.path);
      continue;
    }
    writeNewFile(place, file.bytes, file);
    written.push(place.path);
  }
  return { written, kept };

  // The list of models that comes with the package, and a task that can be read in a minute and has every part that a task can have.
  function startingFiles() {
    const models = { place: placeInside(home, "models.yaml"), path: "models.yaml" };
    if (language === null) return [models];
    const suite = placeInside(home, join("examples", SUITE));
    if (language === "python") return [models, ...below(suite, join("tasks", SUITE))];
    const task = placeInside(home, join("examples", "languages", language));
    const suiteFile = { place: placeInside(suite, "suite.yaml"), path: join("tasks", SUITE, "suite.yaml") };
    return [models, suiteFile, ...below(task, join("tasks", SUITE, TASK))];
  }
}

function below(folder: Place, path: string): readonly { readonly place: Place; readonly path: string }[] {
  return pathsBelow(folder).map((one) => ({ place: placeInside(folder, one), path: join(path, one) }));
}
