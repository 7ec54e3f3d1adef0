import { compileRule, isAllowed } from "../core/glob.ts";
import { byPath, foldersAbove, foldersOfList } from "../core/path-index.ts";
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
  const before = byPath(files.pristine);
  const crosses = compileRule(task.deliver);
  const crossing = crossingOf(task, before);
  const tests = task.tests.placement === "workspace" ? files.tests : [];
  const isOpen = (path: string) => isAllowed(crosses, path) && crossing.reason(path) === null;
  const ground: Ground = { pristine: files.pristine, before, isOpen, tests: byPath(tests), testFolders: foldersOfList(tests) };
  const changes = new Map<string, SourceFile | null>();
  const heldBack: HeldBack[] = [];
  await inTurns(files.submitted, (file) => {
    if (before.get(file.path) === file || !isAllowed(crosses, file.path)) return;
    const reason = isPlainPath(file.path) ? (crossing.reason(file.path) ?? (isInTheWay(file.path, ground) ? IN_THE_WAY : null)) : NOT_PLAIN;
    // What is deleted and no file of the task is one of the image's, which a grading sandbox has, too.
    if (reason === null) changes.set(file.path, file.kind === "absent" && before.has(file.path) ? null : file);
    else if (reason !== "" && !isSameFile(file, before.get(file.path))) heldBack.push({ path: file.path, reason });
  });
  return { workspace: await laidOut(ground, changes), heldBack };
}

/** What a submission is laid over: the workspace of the task, which of its files may be changed, and the tests that lie in it. */
type Ground = {
  readonly pristine: readonly SourceFile[];
  readonly before: ReadonlyMap<string, SourceFile>;
  readonly isOpen: (path: string) => boolean;
  readonly tests: ReadonlyMap<string, SourceFile>;
  readonly testFolders: ReadonlyMap<string, unknown>;
};

// Lists what is graded: files that may be submitted, as they are after the changes (null for one that is deleted), then those of the task. Of a file and a folder of one name the folder stays.
async function laidOut(ground: Ground, changes: ReadonlyMap<string, SourceFile | null>): Promise<readonly SourceFile[]> {
  const { pristine, before, isOpen, tests } = ground;
  const filled = new Set<string>();
  await inTurns(changes.values(), (file) => {
    if (file !== null && file.kind !== "absent") for (const folder of foldersAbove(file.path)) filled.add(folder);
  });
  const laid: SourceFile[] = [];
  const trusted: SourceFile[] = [];
  await inTurns(pristine, (file) => {
    const { path } = file;
    if (before.get(path) !== file) return;
    const test = tests.get(path);
    if (!isOpen(path)) {
      if (test !== undefined || file.kind !== "folder" || !filled.has(path)) trusted.push(test ?? file);
      return;
    }
    const now = changes.get(path);
    if (test !== undefined) laid.push(test);
    else if (now !== null && !filled.has(path)) laid.push(now ?? file);
  });
  await inTurns(changes, ([path, file]) => {
    if (file === null || before.has(path) || filled.has(path)) return;
    if (!someBelow(ground, path, (each) => isOpen(each) && changes.get(each) !== null)) laid.push(file);
  });
  for (const test of tests.values()) if (!before.has(test.path)) trusted.push(test);
  return [...laid, ...trusted];
}

/** Checks whether a file is what another one is: its kind, its bytes, and whether it is executable. */
export function isSameFile(one: SourceFile, other: SourceFile | undefined): boolean {
  if (one === other) return true;
  if (other === undefined) return one.kind === "absent";
  return one.kind === other.kind && one.executable === other.executable && Buffer.compare(one.bytes, other.bytes) === 0;
}

/** Lists what has to be laid over a tree that is there already: what of it is gone, a folder for all below it, then what is new or was changed. */
export function changesToTree(pristine: readonly SourceFile[], workspace: readonly SourceFile[]): readonly SourceFile[] {
  const before = byPath(pristine);
  const changed = workspace.filter((file) => before.get(file.path) !== file);
  const replaced = changed.filter(({ path, kind }) => kind !== "absent" && before.has(path));
  if (workspace.length - changed.length + replaced.length === pristine.length) return changed;
  const kept = workspace.filter(({ kind }) => kind !== "absent");
  const files = byPath(kept);
  const folders = foldersOfList(kept);
  const gone = new Set<string>();
  for (const { path } of pristine) if (!files.has(path)) gone.add([...foldersAbove(path), path].find((each) => !folders.has(each)) ?? path);
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

// What is at a path and no submission may change: a test, or a file of the task that the rule does not allow.
function trustedAt(path: string, { before, isOpen, tests }: Ground): SourceFile | undefined {
  return tests.get(path) ?? (before.has(path) && !isOpen(path) ? before.get(path) : undefined);
}

// A file takes a trusted file's place, turns a trusted folder into a file, or shadows a trusted module with a package. An empty folder of the task may be filled.
function isInTheWay(path: string, ground: Ground): boolean {
  if (trustedAt(path, ground) !== undefined || ground.testFolders.has(path)) return true;
  if (someBelow(ground, path, (each) => trustedAt(each, ground) !== undefined)) return true;
  return foldersAbove(path).some((folder) => {
    const at = trustedAt(folder, ground);
    return (at !== undefined && at.kind !== "folder") || trustedAt(`${folder}.py`, ground) !== undefined;
  });
}

// Checks whether something of the task below a folder is such.
function someBelow({ pristine }: Ground, folder: string, is: (path: string) => boolean): boolean {
  const { start, end } = foldersOfList(pristine).get(folder) ?? { start: 0, end: 0 };
  for (let index = start; index < end; index++) {
    const path = pristine[index]?.path ?? "";
    if (path.startsWith(`${folder}/`) && is(path)) return true;
  }
  return false;
}

/** Puts the files of a solution over those of a workspace; on the same path the solution wins. */
export function overlay(below: readonly SourceFile[], above: readonly SourceFile[]): readonly SourceFile[] {
  const files = new Map(below.map((file) => [file.path, file]));
  for (const file of above) files.set(file.path, file);
  return [...files.values()];
}
