import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { wildcard } from "../config/model-choice.ts";
import { loadSuite } from "../config/suite.ts";
import { suiteDigest } from "../core/digest.ts";
import { UserError } from "../core/errors.ts";
import type { Suite, Task } from "../core/task.ts";
import { foldersIn, isFolder } from "../files/folder.ts";

// Where the user's own suites are.
const TASKS_FOLDER = "tasks";

/**
 * Loads the tasks that were asked for: suites by name, by folder, or in another's format (`exercism:PATH`, `humaneval:FILE`, `mbpp:FILE`); without
 * any, every suite in tasks/. `taskPatterns` keep only the tasks they match, and with a leading `!` take out those they match.
 *
 * Throws UserError when a suite cannot be read, two tasks share an id, or nothing is left.
 */
export async function loadTasks(sources: readonly string[], taskPatterns: readonly string[]): Promise<Suite> {
  const suites = await Promise.all((sources.length > 0 ? sources : ownSuites()).map(loadSource));
  const tasks = chooseTasks(
    suites.flatMap((suite) => suite.tasks),
    taskPatterns,
  );
  refuseDuplicates(tasks);
  return { name: suites.map((suite) => suite.name).join("+"), tasks, digest: suiteDigest(tasks) };
}

function ownSuites(): readonly string[] {
  const suites = isFolder(TASKS_FOLDER) ? foldersIn(TASKS_FOLDER).filter((name) => existsSync(join(TASKS_FOLDER, name, "suite.yaml"))) : [];
  if (suites.length === 0)
    throw new UserError(
      `Cannot find any suite: "${TASKS_FOLDER}/" has no folder with a suite.yaml; run "bench init" to make one, or name one with --suite`,
    );
  return suites;
}

async function loadSource(source: string): Promise<Suite> {
  const [format, ...rest] = source.split(":");
  const path = rest.join(":");
  if (path !== "") {
    if (format === "exercism") return (await import("../import/exercism/exercism.ts")).loadExercism(path);
    if (format === "humaneval") return (await import("../import/human-eval.ts")).loadHumanEval(path);
    if (format === "mbpp") return (await import("../import/mbpp.ts")).loadMbpp(path);
    throw new UserError(
      `Cannot load suite "${source}": "${format}" is no known format; expected exercism:PATH, humaneval:FILE, mbpp:FILE, a folder, or a name in ${TASKS_FOLDER}/`,
    );
  }
  const own = join(TASKS_FOLDER, source);
  return loadSuite(basename(source) === source && isFolder(own) ? own : source);
}

function chooseTasks(tasks: readonly Task[], patterns: readonly string[]): readonly Task[] {
  const rules = patterns.map((pattern) => ({ takesOut: pattern.startsWith("!"), name: wildcard(pattern.replace(/^!/, "")), pattern }));
  for (const { name, pattern } of rules) {
    if (!tasks.some((task) => name.test(task.id)))
      throw new UserError(`Cannot select task "${pattern}": no task of ${tasks.length} matches; see the folders of the suite`);
  }
  const wanted = rules.filter(({ takesOut }) => !takesOut);
  const unwanted = rules.filter(({ takesOut }) => takesOut);
  const chosen = tasks.filter(
    ({ id }) => (wanted.length === 0 || wanted.some(({ name }) => name.test(id))) && !unwanted.some(({ name }) => name.test(id)),
  );
  if (chosen.length === 0) throw new UserError(`Cannot select tasks: --task leaves none of ${tasks.length}; take out less`);
  return chosen;
}

function refuseDuplicates(tasks: readonly Task[]): void {
  const seen = new Map<string, string>();
  for (const task of tasks) {
    const other = seen.get(task.id);
    if (other !== undefined)
      throw new UserError(
        `Cannot run task "${task.id}": it stands in suite "${other}" and again in "${task.suite}"; rename one or run the suites apart`,
      );
    seen.set(task.id, task.suite);
  }
}
