import { compileRule, isAllowed } from "../core/glob.ts";
import type { DeliverRule, SourceFile, Task } from "../core/task.ts";

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
export function layOut(
  task: Task,
  files: { pristine: readonly SourceFile[]; submitted: readonly SourceFile[]; tests: readonly SourceFile[] },
): Layout {
  const pristinePaths = new Set(files.pristine.map((file) => file.path));
  const crosses = (path: string) => mayCross(path, task.deliver, pristinePaths);
  const trusted = new Map<string, SourceFile>();
  for (const file of files.pristine) if (!crosses(file.path)) trusted.set(file.path, file);
  if (task.tests.placement === "workspace") for (const file of files.tests) trusted.set(file.path, file);
  const guarded = guardedPaths(trusted.keys());
  const laid = new Map<string, SourceFile>();
  for (const file of files.submitted) {
    if (!crosses(file.path) || isInTheWay(file.path, guarded)) continue;
    laid.set(file.path, file);
  }
  for (const path of laid.keys()) for (const folder of foldersOf(path)) laid.delete(folder);
  for (const file of trusted.values()) laid.set(file.path, file);
  return { workspace: [...laid.values()], ownModules: moduleNames(files.pristine) };
}

/**
 * Returns whether a path may go from the agent's sandbox to grading: the task's rule allows it, and it does not configure the test run.
 *
 * @internal
 */
export function mayCross(path: string, rule: DeliverRule, pristinePaths: ReadonlySet<string>): boolean {
  if (!isPlainPath(path)) return false;
  if (!isAllowed(compileRule(rule), path)) return false;
  if (pristinePaths.has(path) && rule.include.includes(path)) return true;
  return !path.split("/").some(isConfiguring);
}

function isConfiguring(name: string): boolean {
  return isAllowed(CONFIGURING, name.toLowerCase());
}

function isPlainPath(path: string): boolean {
  return path !== "" && !path.includes("\0") && path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
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
  const parts = path.split("/");
  return parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join("/"));
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
