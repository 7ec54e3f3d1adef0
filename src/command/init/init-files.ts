import { constants, copyFileSync, existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf, UserError } from "../../core/errors.ts";
import { pathsBelow } from "../../files/folder.ts";

const PACKAGE = new URL("../../../", import.meta.url);
const SUITE = "my-suite";

/** Writes the first files into a folder, without overwriting any; returns the paths of those written and of those that existed. Throws UserError when the folder is not writable. */
export function writeStart(folder: string): { readonly written: readonly string[]; readonly kept: readonly string[] } {
  const files = startingFiles().map(({ path, source }) => ({ path: join(folder, path), source }));
  const kept = files.filter(({ path }) => existsSync(path));
  const written = files.filter((file) => !kept.includes(file));
  try {
    for (const { path, source } of written) {
      mkdirSync(dirname(path), { recursive: true });
      copyFileSync(source, path, constants.COPYFILE_EXCL);
    }
  } catch (error) {
    throw new UserError(`Cannot write to "${folder}": ${messageOf(error)}; choose a folder that is writable`);
  }
  return { written: written.map(({ path }) => path), kept: kept.map(({ path }) => path) };
}

// The list of models that comes with the package, and a task that can be read in a minute and has every part that a task can have.
function startingFiles(): readonly { readonly path: string; readonly source: string }[] {
  const suite = fileURLToPath(new URL(`examples/${SUITE}`, PACKAGE));
  const ofSuite = pathsBelow(suite).map((path) => ({ path: join("tasks", SUITE, path), source: join(suite, path) }));
  return [{ path: "models.yaml", source: fileURLToPath(new URL("models.yaml", PACKAGE)) }, ...ofSuite];
}
