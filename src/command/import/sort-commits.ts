import type { ImportEntry } from "../../config/import-record.ts";
import { type Commit, shortHash, subjectOf } from "../../import/git/commit.ts";
import { taskIdOf } from "../../import/git/draft-prompt.ts";
import { splitCommit } from "../../import/git/split-commit.ts";
import type { ImportedCommit } from "../../report/terminal/table/import-table.ts";
import type { Repository } from "../git/repository.ts";
import { isHeldInTests } from "./held-settings.ts";
import type { ImportCandidate } from "./make-task.ts";
import type { SuiteFolder } from "./task-folder.ts";
import { earlierCommit } from "./told-commit.ts";

/** The commits of an import, before any of them is tried. */
export type SortedCommits = {
  readonly candidates: readonly ImportCandidate[];
  /** Commits whose end is known from an earlier import. */
  readonly settled: ReadonlyMap<string, ImportedCommit>;
  /** How many commits are no candidates, by the reason. */
  readonly unfit: ReadonlyMap<string, number>;
};

type SortDeps = { readonly under: string; readonly known: readonly ImportEntry[]; readonly folder: SuiteFolder };

/** Sorts commits into those to try, those whose end is known, and those that are no candidates, which changes no file. Throws UserError when the repository cannot be read. */
export async function sortCommits(
  repository: Repository,
  commits: readonly Commit[],
  { under, known, folder }: SortDeps,
): Promise<SortedCommits> {
  const earlier = new Map(known.map((entry) => [entry.commit, entry]));
  const candidates: ImportCandidate[] = [];
  const settled = new Map<string, ImportedCommit>();
  const unfit = new Map<string, number>();
  const leaveOut = (reason: string): void => void unfit.set(reason, (unfit.get(reason) ?? 0) + 1);
  for (const commit of commits) {
    const entry = earlier.get(commit.hash);
    const isThere = folder.has(taskIdOf(subjectOf(commit), shortHash(commit.hash)));
    if (entry?.dropped !== undefined || isThere) {
      settled.set(commit.hash, earlierCommit(commit, entry));
      continue;
    }
    const parent = await repository.parentOf(commit);
    if (parent === null) {
      leaveOut("their parent is not in this repository");
      continue;
    }
    const changes = (await repository.changes(parent, commit.hash)).flatMap((change) => below(change, under));
    const found = splitCommit(changes, isHeldInTests);
    if (found.kind === "unfit") leaveOut(found.reason);
    else candidates.push({ commit, parent, split: found.split });
  }
  return { candidates, settled, unfit };
}

function below<Item extends { readonly path: string }>(item: Item, under: string): Item[] {
  if (under === "") return [item];
  return item.path.startsWith(`${under}/`) ? [{ ...item, path: item.path.slice(under.length + 1) }] : [];
}
