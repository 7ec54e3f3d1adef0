import { compileRule, isAllowed } from "../core/glob.ts";
import type { DeliverRule, SourceFile, Task } from "../core/task.ts";
import { inTurns } from "../core/turn.ts";

/** Names, anywhere in a path, of files that configure a test run instead of solving a task. */
const CONFIGURING_NAMES = [
  "conftest.py",
  "{site,user}customize.py",
  "{.,}pytest.ini",
  "{tox.ini,setup.cfg,pyproject.toml,.coveragerc}",
  "*.{pth,pyc,pyo,pyd,so}",
  "__pycache__",
  "*.{dist,egg}-info",
  "node_modules",
  "{.npmrc,.yarnrc,.yarnrc.yml,bunfig.toml,.env}",
  "{vitest,vite,jest,babel}.config.*",
  "vitest.workspace.*",
  "{.babelrc,.mocharc,.swcrc}{,.*}",
  "{__mocks__,__snapshots__}",
  "{.git,.hg,.svn,.gitattributes,.gitmodules}",
];
const CONFIGURING = compileRule({ include: CONFIGURING_NAMES, exclude: [] });

/** What is put into a grading sandbox: the files of the workspace, and the names of Python modules that the task itself has. */
export type Layout = { readonly workspace: readonly SourceFile[]; readonly ownModules: readonly string[] };

/**
 * Combines what is graded: the task's own files where the agent may not change them, the submitted files where it may, and the
 * hidden tests over both if they belong into the workspace. A submitted file that may not be submitted, or that would take the place of
 * a trusted one, is left out; that never counts against the solution.
 */
export async function layOut(
  task: Task,
  files: { pristine: readonly SourceFile[]; submitted: readonly SourceFile[]; tests: readonly SourceFile[] },
): Promise<Layout> {
  const pristinePaths = new Set(files.pristine.map((file) => file.path));
  const mayCross = crossing(task.deliver, pristinePaths);
  const trusted = new Map<string, SourceFile>();
  await inTurns(files.pristine, (file) => {
    if (!mayCross(file.path)) trusted.set(file.path, file);
  });
  if (task.tests.placement === "workspace") for (const file of files.tests) trusted.set(file.path, file);
  const guarded = guardedPaths(trusted.keys());
  const laid = new Map<string, SourceFile>();
  await inTurns(files.submitted, (file) => {
    if (mayCross(file.path) && !isInTheWay(file.path, guarded)) laid.set(file.path, file);
  });
  await inTurns([...laid.keys()], (path) => {
    for (const folder of foldersOf(path)) laid.delete(folder);
  });
  for (const file of trusted.values()) laid.set(file.path, file);
  return { workspace: [...laid.values()], ownModules: moduleNames(files.pristine) };
}

/**
 * Returns a function that tells whether a path may go from the agent's sandbox to grading: the task's rule allows it, and it does not
 * configure the test run.
 *
 * @internal
 */
export function crossing(rule: DeliverRule, pristinePaths: ReadonlySet<string>): (path: string) => boolean {
  const filter = compileRule(rule);
  const named = new Set(rule.include);
  return (path) => {
    if (!isPlainPath(path) || !isAllowed(filter, path)) return false;
    if (pristinePaths.has(path) && named.has(path)) return true;
    return !path.split("/").some(isConfiguring);
  };
}

function isConfiguring(name: string): boolean {
  return isAllowed(CONFIGURING, name.toLowerCase());
}

// Deeper than any project; what is done for each folder of a path takes time for all folders above it.
const MAX_DEPTH = 100;

function isPlainPath(path: string): boolean {
  const parts = path.split("/");
  return !path.includes("\0") && parts.length <= MAX_DEPTH && parts.every((part) => part !== "" && part !== "." && part !== "..");
}

type Guarded = { readonly files: ReadonlySet<string>; readonly folders: ReadonlySet<string>; readonly packages: ReadonlySet<string> };

function guardedPaths(paths: Iterable<string>): Guarded {
  const files = new Set<string>();
  const folders = new Set<string>();
  const packages = new Set<string>();
  for (const path of paths) {
    files.add(path);
    if (path.endsWith(".py")) packages.add(path.slice(0, -".py".length));
    for (const folder of foldersOf(path)) folders.add(folder);
  }
  return { files, folders, packages };
}

// A file takes a trusted file's place, turns a trusted folder into a file, or shadows a trusted module with a package.
function isInTheWay(path: string, guarded: Guarded): boolean {
  if (guarded.files.has(path) || guarded.folders.has(path)) return true;
  return foldersOf(path).some((folder) => guarded.files.has(folder) || guarded.packages.has(folder));
}

function foldersOf(path: string): string[] {
  const folders: string[] = [];
  for (let end = path.indexOf("/"); end !== -1; end = path.indexOf("/", end + 1)) folders.push(path.slice(0, end));
  return folders;
}

function moduleNames(files: readonly SourceFile[]): string[] {
  const names = files.map((file) => file.path.split("/")[0] ?? "").map((name) => name.replace(/\.py$/, ""));
  return [...new Set(names)].filter((name) => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name));
}

/** Puts the files of a solution over those of a workspace; on the same path the solution wins. */
export function overlay(below: readonly SourceFile[], above: readonly SourceFile[]): readonly SourceFile[] {
  const files = new Map(below.map((file) => [file.path, file]));
  for (const file of above) files.set(file.path, file);
  return [...files.values()];
}
