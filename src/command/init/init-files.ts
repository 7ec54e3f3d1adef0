import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isThere, pathsBelow, readFiles } from "../../files/folder.ts";
import { PartBudget } from "../../files/part-budget.ts";
import { placeInside, placeNamed } from "../../files/place.ts";
import { writeNewFile } from "../../files/write.ts";

const PACKAGE = new URL("../../../", import.meta.url);
const SUITE = "my-suite";

/** Writes the first files into a folder, without overwriting any; returns the paths of those written and of those that existed. Throws UserError when the folder is not writable, or when one of the folders in it is a link. */
export function writeStart(folder: string): { readonly written: readonly string[]; readonly kept: readonly string[] } {
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
    const suite = placeInside(home, join("examples", SUITE));
    const ofSuite = pathsBelow(suite).map((path) => ({ place: placeInside(suite, path), path: join("tasks", SUITE, path) }));
    return [{ place: placeInside(home, "models.yaml"), path: "models.yaml" }, ...ofSuite];
  }
}
