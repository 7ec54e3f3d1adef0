import type { ImportEntry } from "../../config/import-record.ts";
import { counted } from "../../core/format.ts";
import { type Commit, shortHash, subjectOf } from "../../import/git/commit.ts";
import { taskIdOf } from "../../import/git/draft-prompt.ts";
import type { ImportedCommit } from "../../report/terminal/table/import-table.ts";
import type { Made } from "./make-task.ts";

/** Writes what became of a commit for later imports; null where it is to be tried again. */
export function entryOf(commit: string, path: string, made: Made): ImportEntry | null {
  if (made.kind === "kept") {
    const { id, tests, failing, isolation, note } = made;
    return { commit, path, kept: { task: id, tests, failing, isolation, note: note ?? "" } };
  }
  return made.again ? null : { commit, path, dropped: made.reason };
}

/** Writes what became of a commit for the table. */
export function shownCommit(commit: Commit, made: Made): ImportedCommit {
  const common = { commit: shortHash(commit.hash), subject: subjectOf(commit) };
  if (made.kind === "dropped") return { ...common, kept: null, reason: made.reason };
  const { id, tests, failing, isolation, note } = made;
  return { ...common, kept: { task: id, tests, failing, isolation }, reason: note ?? "" };
}

/** Writes for the table what an earlier import made of a commit. */
export function earlierCommit(commit: Commit, entry: ImportEntry | undefined): ImportedCommit {
  const common = { commit: shortHash(commit.hash), subject: subjectOf(commit) };
  if (entry?.dropped !== undefined) return { ...common, kept: null, reason: `${entry.dropped} (an earlier import)` };
  if (entry?.kept !== undefined) {
    const { note, ...kept } = entry.kept;
    return { ...common, kept, reason: note };
  }
  const task = taskIdOf(subjectOf(commit), shortHash(commit.hash));
  return { ...common, kept: { task, tests: null, failing: null, isolation: null }, reason: "it was there already" };
}

/** Says what became of a commit, as soon as it is known. */
export function lineOf(made: Made): string {
  if (made.kind === "dropped") return `dropped: ${made.reason}`;
  return `kept as ${made.id}: ${counted(made.tests, "test")}, ${made.failing} of them fail before`;
}
