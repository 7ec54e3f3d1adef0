import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { suiteDigest } from "../core/digest.ts";
import { UserError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import type { LeftOut, LoadedSuite } from "../core/task.ts";
import { foldersIn, isFolder, OWN_FOLDER } from "../files/folder.ts";
import { loadTask, sharedSchema } from "./task.ts";
import { readYaml } from "./yaml-file.ts";

const TASK_NAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,99}$/u;

/** Schema of suite.yaml; also published as a JSON Schema for editors. */
export const suiteSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "expected lower-case letters, digits and -"),
  title: z.string().optional(),
  description: z.string().optional(),
  tasks: z
    .array(z.string())
    .min(1)
    .superRefine((ids, context) => {
      const twice = ids.findIndex((id, index) => ids.indexOf(id) !== index);
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

/** Loads a suite folder with all its tasks; throws UserError naming the file and field at fault. */
export function loadSuite(folder: string): LoadedSuite {
  if (!isFolder(folder))
    throw new UserError(`Cannot load suite "${folder}": there is no such folder; check the path, or run "bench init" to create one`);
  const yaml = readYaml(join(folder, "suite.yaml"), suiteSchema);
  const ids = yaml.tasks ?? foldersIn(folder).filter((id) => existsSync(join(folder, id, "task.yaml")));
  const invalid = ids.find((id) => !TASK_NAME.test(id));
  if (invalid !== undefined)
    throw new UserError(
      `Cannot load suite "${folder}": "${printable(invalid)}" is not a valid task name; use at most 100 letters, digits and . _ -`,
    );
  const absent = ids.find((id) => !isFolder(join(folder, id)));
  if (absent)
    throw new UserError(
      `Cannot load suite "${folder}": suite.yaml names task "${absent}", which has no folder; create it or remove the line`,
    );
  const tasks = ids.map((id) => loadTask(join(folder, id), { id, suite: yaml.name, shared: yaml.defaults ?? {} }));
  if (tasks.length === 0) throw new UserError(`Cannot load suite "${folder}": it has no folder with a task.yaml; add one`);
  return { name: yaml.name, tasks, digest: suiteDigest(tasks), leftOut: unlisted(folder, ids) };
}

// A task that was added to the folder and not to the list is easily missed.
function unlisted(folder: string, listed: readonly string[]): readonly LeftOut[] {
  const folders = foldersIn(folder, { ...OWN_FOLDER, links: "skip" });
  const missing = folders.filter((id) => !listed.includes(id) && existsSync(join(folder, id, "task.yaml")));
  return missing.map((id) => ({ kind: printable(id), count: 1, reason: "not listed in suite.yaml" }));
}
