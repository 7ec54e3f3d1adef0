import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { UserError } from "../core/errors.ts";
import type { TaskSource } from "../core/task.ts";
import { foldersIn, isFolder } from "../files/folder.ts";

// Where the user's own suites are.
const TASKS_FOLDER = "tasks";

/** Suites in this program's own format: a name in tasks/, or a folder with a suite.yaml. The schema is loaded with the first suite. */
export const nativeSource: TaskSource = {
  prefix: "",
  usage: `a suite in ${TASKS_FOLDER}/, a folder`,
  noun: "tasks",
  load: async (location) => {
    const { loadSuite } = await import("./suite.ts");
    const own = join(TASKS_FOLDER, location);
    return loadSuite(basename(location) === location && isFolder(own) ? own : location);
  },
};

/** Lists the names of the suites in tasks/; throws UserError when there is none. */
export function ownSuites(): readonly string[] {
  const suites = isFolder(TASKS_FOLDER) ? foldersIn(TASKS_FOLDER).filter((name) => existsSync(join(TASKS_FOLDER, name, "suite.yaml"))) : [];
  if (suites.length === 0)
    throw new UserError(
      `Cannot find any suite: "${TASKS_FOLDER}/" has no folder with a suite.yaml; run "bench init" to create one, or name one with --suite`,
    );
  return suites;
}
