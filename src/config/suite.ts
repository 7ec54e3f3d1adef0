import { z } from "zod";
import { suiteDigest } from "../core/digest.ts";
import { UserError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import { suggestion } from "../core/suggestion.ts";
import type { LeftOut, LoadedSuite } from "../core/suite.ts";
import { foldersIn, isFolder, isThere, type ListingRules, OWN_FOLDER } from "../files/folder.ts";
import { type Place, placeInside, placeNamed, shown } from "../files/place.ts";
import { loadTask, sharedSchema } from "./task.ts";
import { TaskImages } from "./task-image.ts";
import { readYaml } from "./yaml-file.ts";

// Published suites have up to 2,300 tasks.
const MAX_TASKS = 5000;
const MAX_NAME = 100;
const MAX_TITLE = 300;
const MAX_DESCRIPTION = 10_000;

const TASK_NAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,99}$/u;

/** Schema of suite.yaml; also published as a JSON Schema for editors. */
export const suiteSchema = z.strictObject({
  name: z
    .string()
    .max(MAX_NAME)
    .regex(/^[a-z0-9][a-z0-9-]*$/, "expected lower-case letters, digits and -"),
  title: z.string().max(MAX_TITLE).optional(),
  description: z.string().max(MAX_DESCRIPTION).optional(),
  tasks: z
    .array(z.string())
    .min(1)
    .max(MAX_TASKS)
    .superRefine((ids, context) => {
      const known = new Set<string>();
      const twice = ids.findIndex((id) => known.size === known.add(id).size);
      if (twice >= 0)
        context.addIssue({
          code: "custom",
          path: [twice],
          message: `"${printable(ids[twice] ?? "")}" is listed twice; remove one of them`,
        });
    })
    .optional()
    .describe("task folders in order; default: all, sorted"),
  defaults: sharedSchema.optional().describe("settings for every task of the suite"),
});

/** Loads a suite folder with all its tasks; throws UserError naming the file and field at fault, or one of the `known` suites when there is no folder. */
export function loadSuite(path: string, known: readonly string[] = []): LoadedSuite {
  const folder = placeNamed(path);
  const name = shown(path);
  if (!isFolder(folder))
    throw new UserError(
      `Cannot load suite "${name}": there is no such folder${suggestion(path, known)}; check the path, or run "bench init" to create one`,
    );
  const yaml = readYaml(placeInside(folder, "suite.yaml"), suiteSchema);
  const folders = foldersByName(folder, yaml.tasks === undefined ? OWN_FOLDER : { ...OWN_FOLDER, links: "skip" });
  const ids = (yaml.tasks ?? [...folders.values()].filter((one) => hasTask(folder, one))).map((id) => id.normalize("NFC"));
  const invalid = ids.find((id) => !TASK_NAME.test(id));
  if (invalid !== undefined)
    throw new UserError(
      `Cannot load suite "${name}": "${printable(invalid)}" is not a valid task name; use at most 100 letters, digits and . _ -`,
    );
  if (ids.length > MAX_TASKS)
    throw new UserError(`Cannot load suite "${name}": it has ${ids.length} tasks; split it into suites of at most ${MAX_TASKS}`);
  const absent = ids.find((id) => !folders.has(id) && !isFolder(placeInside(folder, id)));
  if (absent)
    throw new UserError(
      `Cannot load suite "${name}": suite.yaml names task "${absent}", which has no folder${suggestion(absent, [...folders.keys()])}; create it or remove the line`,
    );
  const images = new TaskImages();
  const tasks = ids.map((id) =>
    loadTask(folder, { id, folderName: folders.get(id), suite: yaml.name, shared: yaml.defaults ?? {}, images }),
  );
  if (tasks.length === 0) throw new UserError(`Cannot load suite "${name}": it has no folder with a task.yaml; add one`);
  return { name: yaml.name, tasks, digest: suiteDigest(tasks), leftOut: yaml.tasks === undefined ? [] : unlisted(folder, ids) };
}

/**
 * Lists the folders of a suite by their names in Unicode's composed form: some systems decompose the names of files, while editors write composed ones, so that a list
 * and a folder of the same name would differ. Throws UserError for two folders of one name.
 */
function foldersByName(folder: Place, rules: ListingRules): ReadonlyMap<string, string> {
  const byName = new Map<string, string>();
  for (const name of foldersIn(folder, rules)) {
    const composed = name.normalize("NFC");
    if (byName.has(composed))
      throw new UserError(
        `Cannot load suite "${shown(folder.path)}": two folders have the name "${printable(composed)}", in different Unicode forms; rename one`,
      );
    byName.set(composed, name);
  }
  return byName;
}

// A task that was added to the folder and not to the list is easily missed.
function unlisted(folder: Place, listed: readonly string[]): readonly LeftOut[] {
  const known = new Set(listed);
  const missing = foldersIn(folder, { ...OWN_FOLDER, links: "skip" }).filter(
    (id) => !known.has(id.normalize("NFC")) && hasTask(folder, id),
  );
  return missing.map((id) => ({ kind: printable(id), count: 1, reason: "not listed in suite.yaml" }));
}

function hasTask(folder: Place, id: string): boolean {
  return isThere(placeInside(folder, `${id}/task.yaml`));
}
