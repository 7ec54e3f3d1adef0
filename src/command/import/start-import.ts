import { environmentVariable } from "../../config/environment.ts";
import { addToImportRecord, readImportRecord } from "../../config/import-record.ts";
import { InfraError, messageOf, UserError } from "../../core/errors.ts";
import { counted } from "../../core/format.ts";
import { jsonText, printable } from "../../core/printable.ts";
import { DEFAULT_LIMITS } from "../../core/task.ts";
import { readBytes } from "../../files/file.ts";
import { isPlain, placeNamed } from "../../files/place.ts";
import { type Commit, shortHash } from "../../import/git/commit.ts";
import type { Environment } from "../../import/git/environment/environment.ts";
import { type ImportedCommit, importTable } from "../../report/terminal/table/import-table.ts";
import { workThrough } from "../../run/schedule.ts";
import { Repository } from "../git/repository.ts";
import { Interrupted, listenForInterrupt } from "../interrupt.ts";
import { concurrencyOf } from "../run/concurrency.ts";
import type { ExitCode, Terminal } from "../terminal.ts";
import type { Trust } from "../trust/trust.ts";
import { type DescribeFlags, Describer } from "./describer.ts";
import { GradingImages, type SandboxFlags } from "./grading-images.ts";
import { type ImportCandidate, type Made, type MakeDeps, makeTask } from "./make-task.ts";
import { type SortedCommits, sortCommits } from "./sort-commits.ts";
import { SuiteFolder } from "./task-folder.ts";
import { entryOf, lineOf, shownCommit } from "./told-commit.ts";

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
// What sandboxes of compilers and script tests may use.
const MOST_USED_MB = 2048;

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
    return await importCommits({ repository, commits, under }, flags, { terminal, trust, signal });
  } catch (error) {
    if (error instanceof Interrupted) return 130;
    throw error;
  } finally {
    interrupt.release();
  }
}

type Chosen = { readonly repository: Repository; readonly commits: readonly Commit[]; readonly under: string };

async function importCommits(
  { repository, commits, under }: Chosen,
  flags: ImportFlags,
  { terminal, trust, signal }: ImportDeps & { readonly signal: AbortSignal },
): Promise<ExitCode> {
  const describer = await Describer.open(flags, { terminal, trust, signal });
  const enough = new AbortController();
  const stop = AbortSignal.any([signal, enough.signal]);
  using folder = new SuiteFolder(flags.out);
  const known = flags.again ? [] : readImportRecord(folder.record).filter((entry) => entry.path === under);
  const sorted = await sortCommits(repository, commits, { under, known, folder });
  terminal.notify(`${counted(commits.length, "commit")}: ${counted(sorted.candidates.length, "candidate")} to try.`);
  const deps = {
    repository,
    under,
    folder,
    images: new GradingImages(flags, { terminal, trust, signal: stop }),
    environments: new Map<string, Environment>(),
    network: flags.buildNetwork === true,
    repeats: flags.repeats,
    describer,
    certificates: flags.buildNetwork ? ownCertificates() : null,
    signal: stop,
  };
  try {
    const { made, faults } = await tryAll(sorted, flags, { ...deps, terminal, enough });
    signal.throwIfAborted();
    const rows = commits.flatMap(({ hash }) => made.get(hash) ?? []);
    const summary = { unfit: sorted.unfit, out: flags.out, commits: commits.length };
    const shown = { commits: rows, unfit: Object.fromEntries(sorted.unfit) };
    terminal.print(flags.json ? jsonText(shown) : importTable(rows, summary, terminal.paint));
    if (rows.some((row) => row.kept !== null)) return 0;
    return faults > 0 ? 4 : 1;
  } finally {
    if (describer !== null) terminal.notify(describer.summary());
  }
}

type Tried = { readonly made: ReadonlyMap<string, ImportedCommit>; readonly faults: number };

type Tries = Omit<MakeDeps, "onKept"> & { readonly terminal: Terminal; readonly enough: AbortController };

// Tries one candidate after the other, as many at a time as the machine has room for, until enough tasks are made: what is still being tried then is as if it had not begun.
async function tryAll({ candidates, settled }: SortedCommits, flags: ImportFlags, deps: Tries): Promise<Tried> {
  const { folder, under, signal, terminal, enough } = deps;
  const made = new Map(settled);
  let missing = flags.maxTasks ?? Number.POSITIVE_INFINITY;
  let faults = 0;
  const onKept = (): void => {
    if (--missing <= 0) enough.abort();
  };
  for (const commit of settled.values()) if (commit.kept !== null) onKept();
  const work = async (candidate: ImportCandidate): Promise<void> => {
    const { commit } = candidate;
    let fault = 0;
    const result = await makeTask(candidate, { ...deps, onKept }).catch((error: unknown) => {
      if (signal.aborted) return null;
      if (error instanceof InfraError) fault = 1;
      return unmade(error);
    });
    if (result === null || (signal.aborted && result.kind !== "kept")) return;
    faults += fault;
    const entry = entryOf(commit.hash, under, result);
    if (entry !== null) addToImportRecord(folder.record, entry);
    made.set(commit.hash, shownCommit(commit, result));
    terminal.notify(`[${made.size - settled.size}/${candidates.length}] ${shortHash(commit.hash)} ${lineOf(result)}`);
  };
  const { grading } = concurrencyOf(flags, [{ sandbox: { ...DEFAULT_LIMITS, memoryMb: MOST_USED_MB } }]);
  await workThrough(candidates, { concurrency: grading, signal }, work);
  return { made, faults };
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
