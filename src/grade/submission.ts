import { compileRule, isAllowed } from "../core/glob.ts";
import type { DeliverRule, SourceFile, Task } from "../core/task.ts";
import { inTurns } from "../core/turn.ts";
import type { HeldBack } from "../core/verdict.ts";
import { crossingOf } from "./held-back.ts";

/** What is put into a grading sandbox: the files of the workspace, and what was submitted and is not used. */
export type Layout = {
  readonly workspace: readonly SourceFile[];
  readonly heldBack: readonly HeldBack[];
};

const NOT_PLAIN = "its path is longer or deeper than any that is graded";
const IN_THE_WAY = "it would take the place of a file of the task";

/**
 * Combines what is graded: the task's workspace with what the agent changed in it, as far as the rule allows, and the hidden tests over both if they belong into the
 * workspace. A submitted file that may not be submitted, or that would take the place of a trusted one, is left out; that never counts against the solution.
 */
export async function layOut(
  task: Task,
  files: { pristine: readonly SourceFile[]; submitted: readonly SourceFile[]; tests: readonly SourceFile[] },
): Promise<Layout> {
  const before = new Map(files.pristine.map((file) => [file.path, file]));
  const crosses = compileRule(task.deliver);
  const crossing = crossingOf(task, new Set(before.keys()));
  const tests = task.tests.placement === "workspace" ? files.tests : [];
  const isOpen = (path: string) => isAllowed(crosses, path) && crossing.reason(path) === null;
  const trusted = new Map<string, SourceFile>();
  const laid = new Map<string, SourceFile>();
  await inTurns(files.pristine, (file) => void (isOpen(file.path) ? laid : trusted).set(file.path, file));
  for (const file of tests) trusted.set(file.path, file);
  const guarded = guardedPaths(trusted.values());
  const heldBack: HeldBack[] = [];
  await inTurns(files.submitted, (file) => {
    if (!isAllowed(crosses, file.path)) return;
    const reason = isPlainPath(file.path)
      ? (crossing.reason(file.path) ?? (isInTheWay(file.path, guarded) ? IN_THE_WAY : null))
      : NOT_PLAIN;
    if (reason === null) lay(file, before, laid);
    else if (reason !== "" && !isSameFile(file, before.get(file.path))) heldBack.push({ path: file.path, reason });
  });
  await inTurns([...laid.values()], ({ path, kind }) => {
    if (kind === "absent") return;
    for (const folder of foldersOf(path)) {
      laid.delete(folder);
      if (trusted.get(folder)?.kind === "folder") trusted.delete(folder);
    }
  });
  for (const file of trusted.values()) laid.set(file.path, file);
  return { workspace: [...laid.values()], heldBack };
}

// What is deleted and no file of the task is one of the image's, which a grading sandbox has, too.
function lay(file: SourceFile, before: ReadonlyMap<string, SourceFile>, laid: Map<string, SourceFile>): void {
  if (file.kind === "absent" && before.has(file.path)) laid.delete(file.path);
  else laid.set(file.path, file);
}

/** Checks whether a file is what another one is: its kind, its bytes, and whether it is executable. */
export function isSameFile(one: SourceFile, other: SourceFile | undefined): boolean {
  if (one === other) return true;
  if (other === undefined) return one.kind === "absent";
  return one.kind === other.kind && one.executable === other.executable && Buffer.compare(one.bytes, other.bytes) === 0;
}

/** Lists what has to be laid over a tree that is there already: what of it is gone, a folder for all below it, then what is new or was changed. */
export function changesToTree(pristine: readonly SourceFile[], workspace: readonly SourceFile[]): readonly SourceFile[] {
  const before = new Map(pristine.map((file) => [file.path, file]));
  const changed = workspace.filter((file) => before.get(file.path) !== file);
  if (changed.length === 0 && workspace.length === pristine.length) return [];
  const kept = workspace.filter(({ kind }) => kind !== "absent");
  const files = new Set(kept.map(({ path }) => path));
  const folders = new Set(kept.flatMap(({ path }) => foldersOf(path)));
  const gone = new Set<string>();
  for (const { path } of pristine) if (!files.has(path)) gone.add([...foldersOf(path), path].find((each) => !folders.has(each)) ?? path);
  return [...[...gone].map((path) => ({ path, bytes: new Uint8Array(), executable: false, kind: "absent" as const })), ...changed];
}

/**
 * Turns a submission of an older version, which holds every file that the rule allows, into what it changes: a file of the task that it lacks was deleted.
 */
export function changesOf(whole: readonly SourceFile[], workspace: readonly SourceFile[], rule: DeliverRule): readonly SourceFile[] {
  const filter = compileRule(rule);
  const present = new Set(whole.map(({ path }) => path));
  const absent = workspace.filter(({ path, kind }) => kind === undefined && !present.has(path) && isAllowed(filter, path));
  return [...whole, ...absent.map(({ path }) => ({ path, bytes: new Uint8Array(), executable: false, kind: "absent" as const }))];
}

// Deeper than any project; what is done for each folder of a path takes time for all folders above it.
const MAX_DEPTH = 100;

function isPlainPath(path: string): boolean {
  const parts = path.split("/");
  return !path.includes("\0") && parts.length <= MAX_DEPTH && parts.every((part) => part !== "" && part !== "." && part !== "..");
}

type Guarded = { readonly files: ReadonlySet<string>; readonly folders: ReadonlySet<string>; readonly packages: ReadonlySet<string> };

function guardedPaths(trusted: Iterable<SourceFile>): Guarded {
  const files = new Set<string>();
  const folders = new Set<string>();
  const packages = new Set<string>();
  for (const { path, kind } of trusted) {
    // An empty folder of the task may be filled.
    if (kind === "folder") folders.add(path);
    else files.add(path);
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

/** Puts the files of a solution over those of a workspace; on the same path the solution wins. */
export function overlay(below: readonly SourceFile[], above: readonly SourceFile[]): readonly SourceFile[] {
  const files = new Map(below.map((file) => [file.path, file]));
  for (const file of above) files.set(file.path, file);
  return [...files.values()];
}
