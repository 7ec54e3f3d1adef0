import { UserError } from "../core/errors.ts";
import type { TaskSource } from "../core/suite.ts";
import { foldersIn, isFolder, isThere } from "../files/folder.ts";
import { isPlain, placeInside, placeNamed } from "../files/place.ts";

// Where the user's own suites are.
const TASKS_FOLDER = "tasks";

/** Suites in this program's own format: a name in tasks/, or a folder with a suite.yaml. The schema is loaded with the first suite. */
export const nativeSource: TaskSource = {
  prefix: "",
  usage: `a suite in ${TASKS_FOLDER}/, a folder`,
  noun: "tasks",
  load: async (location) => {
    const { loadSuite } = await import("./suite.ts");
    return loadSuite(isOwn(location) ? `${TASKS_FOLDER}/${location}` : location, suitesInTasks());
  },
};

function isOwn(location: string): boolean {
  return isPlain(location) && !location.includes("/") && isFolder(placeInside(placeNamed(TASKS_FOLDER), location));
}

/** Lists the names of the suites in tasks/; throws UserError when there is none. */
export function ownSuites(): readonly string[] {
  const suites = suitesInTasks();
  if (suites.length === 0)
    throw new UserError(
      `Cannot find any suite: "${TASKS_FOLDER}/" has no folder with a suite.yaml; run "bench init" to create one, or name one with --suite`,
    );
  return suites;
}

function suitesInTasks(): readonly string[] {
  const tasks = placeNamed(TASKS_FOLDER);
  return foldersIn(tasks).filter((name) => isThere(placeInside(tasks, `${name}/suite.yaml`)));
}
