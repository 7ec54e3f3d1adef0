import { nativeSource, ownSuites } from "../config/native-source.ts";
import { suiteDigest } from "../core/digest.ts";
import { InfraError, UserError } from "../core/errors.ts";
import { counted } from "../core/format.ts";
import { wildcard } from "../core/glob.ts";
import { printable } from "../core/printable.ts";
import { suggestion } from "../core/suggestion.ts";
import type { LeftOut, LoadedSuite, LoadOptions, Suite } from "../core/suite.ts";
import type { Task } from "../core/task.ts";
import { IMPORTED_SOURCES } from "../import/imported-sources.ts";
import type { SandboxKind } from "./sandbox/sandbox-flag.ts";

/** How a suite is named on the command line, for help and messages: every format of the table. */
export const SUITE_USAGE = alternatives([nativeSource, ...IMPORTED_SOURCES].map(({ usage }) => usage));

const FORMATS = IMPORTED_SOURCES.map(({ prefix }) => prefix);

/** The tasks of a run as one suite, and one line for each suite of which something was left out. */
export type LoadedTasks = { readonly suite: Suite; readonly notices: readonly string[] };

/**
 * Loads the tasks of some suites, each named as in SUITE_USAGE; without any, every suite in tasks/. `taskPatterns` keep only the tasks they
 * match; a leading `!` excludes those it matches.
 *
 * Throws UserError when a suite cannot be read, two tasks have the same id, or no task is left.
 */
export async function loadTasks(names: readonly string[], taskPatterns: readonly string[], flags: FormatFlags = {}): Promise<LoadedTasks> {
  const loaded = await loadAll(names.length > 0 ? names : ownSuites(), loadOptions(flags));
  const tasks = chooseTasks(
    loaded.flatMap(({ suite }) => suite.tasks),
    taskPatterns,
  );
  rejectDuplicates(tasks);
  const suite = { name: loaded.map((one) => one.suite.name).join("+"), tasks, digest: suiteDigest(tasks) };
  return { suite, notices: [...loaded.flatMap(({ notices }) => notices), ...unusedBases(flags, loaded)] };
}

// Most likely its FROM is mistyped: without a word, tasks would be built on what their Dockerfiles say.
function unusedBases({ base = [] }: FormatFlags, loaded: readonly LoadedSource[]): readonly string[] {
  const used = new Set(loaded.flatMap(({ suite }) => suite.replaced ?? []));
  const unused = [...new Set(base.map((text) => text.slice(0, text.indexOf("="))))].filter((from) => !used.has(from));
  return unused.map((from) => `--base ${printable(from)}=... is not used: no task that is loaded starts from ${printable(from)}`);
}

/** The flags of a command that set something of tasks in formats with images and rewards of their own. */
export type FormatFlags = {
  readonly base?: readonly string[] | undefined;
  readonly passAt?: number | undefined;
  readonly images?: string | undefined;
  readonly sandbox?: SandboxKind | undefined;
};

// A part of an image's name cannot hold a "=".
function loadOptions({ base = [], passAt = 1, images, sandbox = "docker" }: FormatFlags): LoadOptions {
  const bases = base.map((text): [string, string] => {
    const [, from, image] = /^([^=\s]{1,500})=([^=\s]{1,500})$/.exec(text) ?? [];
    if (from === undefined || image === undefined)
      throw new UserError(`Cannot use --base "${printable(text)}": expected FROM=IMAGE, such as ubuntu:24.04=bench-sandbox:latest`);
    return [from, image];
  });
  return { bases: new Map(bases), passAt, images: images ?? null, ...(sandbox === "docker" ? { hasImage: engineHasImage } : {}) };
}

// The engine is asked only by formats whose images lie in a registry.
async function engineHasImage(name: string): Promise<boolean> {
  const { connectEngine, imageId } = await import("../sandbox/docker/engine.ts");
  try {
    return (await imageId(connectEngine(), name)) !== null;
  } catch (error) {
    if (error instanceof InfraError) throw new UserError(error.message);
    throw error;
  }
}

// Prompts and settings stay in memory, and a folder of suites may hold any number of them.
const MAX_CHARACTERS = 100_000_000;

type LoadedSource = { readonly suite: LoadedSuite; readonly notices: readonly string[] };

async function loadAll(names: readonly string[], options: LoadOptions): Promise<readonly LoadedSource[]> {
  const loaded: LoadedSource[] = [];
  let charactersLeft = MAX_CHARACTERS;
  for (const name of names) {
    const one = await loadSource(name, options);
    for (const task of one.suite.tasks) charactersLeft -= JSON.stringify(task).length;
    if (charactersLeft < 0)
      throw new UserError(
        `Cannot load suite "${printable(name)}": the prompts and settings of all suites hold more than ${MAX_CHARACTERS} characters; name fewer suites with --suite`,
      );
    loaded.push(one);
  }
  return loaded;
}

async function loadSource(name: string, options: LoadOptions): Promise<LoadedSource> {
  const [prefix = "", ...rest] = name.split(":");
  const path = rest.join(":");
  const [source, location] = path === "" ? [nativeSource, name] : [IMPORTED_SOURCES.find((one) => one.prefix === prefix), path];
  if (source === undefined)
    throw new UserError(
      `Cannot load suite "${name}": "${prefix}" is not a known format${suggestion(prefix, FORMATS)}; expected ${SUITE_USAGE}`,
    );
  const suite = await source.load(location, options);
  return { suite, notices: [...(suite.leftOut.length === 0 ? [] : [leftOutLine(suite, source.noun)]), ...(suite.notices ?? [])] };
}

// Groups by reason, such as: 142 of 225 exercises left out: 47 Java, 39 Go (no test runner); 3 concept (not loaded).
function leftOutLine({ tasks, leftOut }: LoadedSuite, noun: string): string {
  const count = leftOut.reduce((sum, group) => sum + group.count, 0);
  const byReason = new Map<string, LeftOut[]>();
  for (const group of leftOut) byReason.set(group.reason, [...(byReason.get(group.reason) ?? []), group]);
  const groups = [...byReason].map(([reason, members]) => `${members.map(described).join(", ")} (${reason})`);
  return `${count} of ${tasks.length + count} ${noun} left out: ${groups.join("; ")}`;
}

// A track can be left out whole.
const MAX_NAMED = 12;

function described({ kind, count, names = [] }: LeftOut): string {
  if (names.length === 0) return `${count} ${kind}`;
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : "";
  return `${count} ${kind}: ${names
    .slice(0, MAX_NAMED)
    .map((name) => printable(name))
    .join(", ")}${more}`;
}

function alternatives(texts: readonly string[]): string {
  return `${texts.slice(0, -1).join(", ")} or ${texts.at(-1)}`;
}

function chooseTasks(tasks: readonly Task[], patterns: readonly string[]): readonly Task[] {
  const rules = patterns.map((pattern) => ({ isExcluding: pattern.startsWith("!"), name: wildcard(pattern.replace(/^!/, "")), pattern }));
  for (const { name, pattern } of rules) {
    if (!tasks.some((task) => name.test(task.id)))
      throw new UserError(
        `Cannot select task "${printable(pattern)}": none of the ${counted(tasks.length, "task")} matches${suggestion(
          pattern.replace(/^!/, ""),
          tasks.map(({ id }) => id),
        )}; the folders of a suite are named after its tasks`,
      );
  }
  const included = rules.filter(({ isExcluding }) => !isExcluding);
  const excluded = rules.filter(({ isExcluding }) => isExcluding);
  const chosen = tasks.filter(
    ({ id }) => (included.length === 0 || included.some(({ name }) => name.test(id))) && !excluded.some(({ name }) => name.test(id)),
  );
  if (chosen.length === 0) throw new UserError(`Cannot select tasks: --task excludes all ${tasks.length}; exclude fewer`);
  return chosen;
}

function rejectDuplicates(tasks: readonly Task[]): void {
  const suites = new Map<string, string>();
  for (const task of tasks) {
    const other = suites.get(task.id);
    if (other !== undefined)
      throw new UserError(
        `Cannot run task "${task.id}": suites "${other}" and "${task.suite}" both have a task of this name; rename one or run the suites separately`,
      );
    suites.set(task.id, task.suite);
  }
}
