import { environmentVariable } from "../../config/environment.ts";
import { addToImportRecord, type ImportEntry, readImportRecord } from "../../config/import-record.ts";
import { InfraError, messageOf, UserError } from "../../core/errors.ts";
import { counted } from "../../core/format.ts";
import { jsonText, printable } from "../../core/printable.ts";
import { readBytes } from "../../files/file.ts";
import { isPlain, placeNamed } from "../../files/place.ts";
import { type Commit, shortHash, subjectOf } from "../../import/git/commit.ts";
import { taskIdOf } from "../../import/git/draft-prompt.ts";
import { splitCommit } from "../../import/git/split-commit.ts";
import { type ImportedCommit, importTable } from "../../report/terminal/table/import-table.ts";
import { workThrough } from "../../run/schedule.ts";
import { Repository } from "../git/repository.ts";
import { Interrupted, listenForInterrupt } from "../interrupt.ts";
import { concurrencyOf } from "../run/concurrency.ts";
import type { ExitCode, Terminal } from "../terminal.ts";
import type { Trust } from "../trust/trust.ts";
import { type DescribeFlags, Describer } from "./describer.ts";
import { GradingImages, type SandboxFlags } from "./grading-images.ts";
import { isHeldInTests } from "./held-settings.ts";
import { type ImportCandidate, type Made, makeTask } from "./make-task.ts";
import { SuiteFolder } from "./task-folder.ts";

/** The flags of `bench import git`. */
export type ImportFlags = SandboxFlags &
  DescribeFlags & {
    readonly out: string;
    readonly commit?: readonly string[];
    readonly since?: string;
    readonly last?: number;
    readonly path?: string;
    readonly maxTasks?: number;
    readonly again?: true;
    readonly repeats: number;
    readonly grading?: number;
    readonly trust?: true;
    readonly json?: true;
  };

/** Where an import is shown, and what the user has allowed. */
type ImportDeps = { readonly terminal: Terminal; readonly trust: Trust };

const DEFAULT_LAST = 100;

/** Makes tasks of a repository's commits and prints what became of each. Throws UserError before anything is written. */
export async function startImport(path: string, flags: ImportFlags, { terminal, trust }: ImportDeps): Promise<ExitCode> {
  const under = folderOf(flags.path);
  const interrupt = listenForInterrupt((text) => terminal.notify(text), "tasks that were made are kept; the same command continues");
  const { signal } = interrupt;
  try {
    const repository = await Repository.open(path, signal);
    const commits = await repository.commits({
      commits: flags.commit ?? [],
      since: flags.since ?? null,
      last: flags.last ?? (flags.since === undefined ? DEFAULT_LAST : null),
      under,
    });
    if (commits.length === 0) throw new UserError(`Cannot import "${printable(path)}": no commit is chosen; check --since and --path`);
    const describer = await Describer.open(flags, { terminal, trust, signal });
    using folder = new SuiteFolder(flags.out);
    const known = flags.again ? [] : readImportRecord(folder.record).filter((entry) => entry.path === under);
    const found = await sortCommits(repository, commits, { under, known, folder });
    terminal.notify(`${counted(commits.length, "commit")}: ${counted(found.candidates.length, "candidate")} to try.`);
    const deps = {
      repository,
      under,
      folder,
      images: new GradingImages(flags, { terminal, trust, signal }),
      environments: new Map(),
      network: flags.buildNetwork === true,
      repeats: flags.repeats,
      describer,
      certificates: flags.buildNetwork ? ownCertificates() : null,
      signal,
    };
    const made = new Map<string, ImportedCommit>(found.settled);
    const left = Math.max(0, (flags.maxTasks ?? Number.POSITIVE_INFINITY) - [...made.values()].filter(({ kept }) => kept !== null).length);
    const enough = new AbortController();
    if (left === 0) enough.abort();
    let kept = 0;
    let faults = 0;
    const work = async (candidate: ImportCandidate): Promise<void> => {
      const { commit } = candidate;
      const result = await makeTask(candidate, deps).catch((error: unknown) => {
        if (error instanceof InfraError) faults += 1;
        return unmade(error);
      });
      if (signal.aborted) return;
      const entry = entryOf(commit.hash, under, result);
      if (entry !== null) addToImportRecord(folder.record, entry);
      made.set(commit.hash, shownCommit(commit, result));
      terminal.notify(`[${made.size - found.settled.size}/${found.candidates.length}] ${shortHash(commit.hash)} ${lineOf(result)}`);
      if (result.kind === "kept" && ++kept >= left) enough.abort();
    };
    const concurrency = concurrencyOf(flags, [{ sandbox: { memoryMb: 2048, cpus: 1, pids: 0, workspaceMb: 0, tmpMb: 0 } }]).grading;
    await workThrough(found.candidates, { concurrency, signal: AbortSignal.any([signal, enough.signal]) }, work);
    if (describer !== null) terminal.notify(describer.summary());
    if (signal.aborted) return 130;
    const rows = commits.flatMap(({ hash }) => made.get(hash) ?? []);
    const summary = { unfit: found.unfit, out: flags.out, commits: commits.length };
    terminal.print(
      flags.json ? jsonText({ commits: rows, unfit: Object.fromEntries(found.unfit) }) : importTable(rows, summary, terminal.paint),
    );
    if (rows.some((row) => row.kept !== null)) return 0;
    return faults > 0 ? 4 : 1;
  } catch (error) {
    if (error instanceof Interrupted) return 130;
    throw error;
  } finally {
    interrupt.release();
  }
}

type Sorted = {
  readonly candidates: readonly ImportCandidate[];
  /** Commits whose end is known from an earlier import. */
  readonly settled: ReadonlyMap<string, ImportedCommit>;
  /** How many commits are no candidates, by the reason. */
  readonly unfit: ReadonlyMap<string, number>;
};

type SortDeps = { readonly under: string; readonly known: readonly ImportEntry[]; readonly folder: SuiteFolder };

async function sortCommits(repository: Repository, commits: readonly Commit[], { under, known, folder }: SortDeps): Promise<Sorted> {
  const earlier = new Map(known.map((entry) => [entry.commit, entry]));
  const candidates: ImportCandidate[] = [];
  const settled = new Map<string, ImportedCommit>();
  const unfit = new Map<string, number>();
  const leaveOut = (reason: string): void => void unfit.set(reason, (unfit.get(reason) ?? 0) + 1);
  for (const commit of commits) {
    const entry = earlier.get(commit.hash);
    const isThere = folder.has(taskIdOf(subjectOf(commit), shortHash(commit.hash)));
    if (entry?.dropped !== undefined || isThere) {
      settled.set(commit.hash, earlierCommit(commit, entry?.dropped ?? null));
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

function folderOf(path = ""): string {
  const folder = path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
  if (!path.startsWith("/") && (folder === "" || isPlain(folder))) return folder;
  throw new UserError(
    `Cannot import the folder "${printable(path)}": it is no path inside the repository; write one such as packages/core`,
  );
}

const MAX_CERTIFICATE_BYTES = 1024 * 1024;

// Where a proxy of a company answers for the registries, package managers are told so by these variables; a build has the network of this machine, and not its files.
function ownCertificates(): string | null {
  const path = environmentVariable("NODE_EXTRA_CA_CERTS") ?? environmentVariable("SSL_CERT_FILE");
  return path === undefined ? null : readBytes(placeNamed(path), MAX_CERTIFICATE_BYTES).toString();
}

// One commit that cannot be tried must not hide what became of the others.
function unmade(error: unknown): Made {
  if (!(error instanceof InfraError || error instanceof UserError)) throw error;
  return { kind: "dropped", reason: messageOf(error), again: true };
}

function entryOf(commit: string, path: string, made: Made): ImportEntry | null {
  if (made.kind === "kept") return { commit, path, kept: made.id };
  return made.again ? null : { commit, path, dropped: made.reason };
}

function shownCommit(commit: Commit, made: Made): ImportedCommit {
  const common = { commit: shortHash(commit.hash), subject: subjectOf(commit) };
  if (made.kind === "dropped") return { ...common, kept: null, reason: made.reason };
  const { id, tests, failing, isolation, note } = made;
  return { ...common, kept: { task: id, tests, failing, isolation }, reason: note ?? "" };
}

function earlierCommit(commit: Commit, reason: string | null): ImportedCommit {
  const common = { commit: shortHash(commit.hash), subject: subjectOf(commit) };
  if (reason !== null) return { ...common, kept: null, reason: `${reason} (an earlier import)` };
  const task = taskIdOf(subjectOf(commit), shortHash(commit.hash));
  return { ...common, kept: { task, tests: null, failing: null, isolation: null }, reason: "made by an earlier import" };
}

function lineOf(made: Made): string {
  if (made.kind === "dropped") return `dropped: ${made.reason}`;
  return `kept as ${made.id}: ${counted(made.tests, "test")}, ${made.failing} of them fail before`;
}
