import { TOOL_PROFILES } from "../../core/agent.ts";
import { UserError } from "../../core/errors.ts";
import { printable } from "../../core/printable.ts";
import type { RunRecord } from "../../core/record.ts";
import { dashed, MAX_WHOLE_NUMBER } from "../flag.ts";
import { SANDBOX_KINDS } from "../sandbox/sandbox-flag.ts";
import { CAP_FLAGS, FIXED_FLAGS, type RunFlags, STORED_FLAGS, type StoredFlags } from "./run-settings.ts";

type Name = (typeof STORED_FLAGS)[number];

const isText = (value: unknown): boolean => typeof value === "string";
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const isOneOf =
  (words: readonly string[]) =>
  (value: unknown): boolean =>
    words.includes(value as string);
const isSwitch = (value: unknown): boolean => typeof value === "boolean";
const isAmount = (value: unknown): boolean => typeof value === "number" && value > 0;
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && isAmount(value) && Number(value) <= MAX_WHOLE_NUMBER;

const IS_VALID: Readonly<Record<Name, (value: unknown) => boolean>> = {
  models: isText,
  model: isTexts,
  suite: isTexts,
  task: isTexts,
  attempts: isCount,
  prompt: isTexts,
  overlay: isTexts,
  profile: isOneOf(TOOL_PROFILES),
  maxIterations: isCount,
  maxMinutes: isAmount,
  maxTrialCost: isAmount,
  contextFiles: isSwitch,
  image: isText,
  sandbox: isOneOf(SANDBOX_KINDS),
  runtime: isText,
  reuse: isSwitch,
  tag: isTexts,
  base: isTexts,
  passAt: isAmount,
  images: isText,
  maxCost: isAmount,
  maxTokens: isCount,
  allowUnknownPrices: isSwitch,
};
const MAX_WORDS = 1_000;
const REQUIRED: readonly Name[] = ["models", "attempts", "profile", "maxIterations", "maxMinutes", "contextFiles", "image"];

/** Reads the flags that a run was started with, as far as they are stored. The database may be another's: only known flags are taken, and one that the command line would not accept is a UserError. */
export function readStoredFlags(run: RunRecord): Partial<StoredFlags> {
  const stored = Object.entries(recordOf(run.settings["flags"]));
  const known = Object.fromEntries(stored.filter(([name]) => STORED_FLAGS.includes(name as Name)));
  // Runs of the first version have a single prompt.
  const flags = isText(known["prompt"]) ? { ...known, prompt: [known["prompt"]] } : known;
  const invalid = STORED_FLAGS.find((name) => flags[name] !== undefined && !IS_VALID[name](flags[name]));
  if (invalid !== undefined) throw invalidFlag(run, invalid, flags[invalid]);
  return flags;
}

function invalidFlag(run: RunRecord, name: Name, value: unknown): UserError {
  return new UserError(
    `Cannot use run "${printable(run.id)}": its stored ${dashed(name)} is ${printable(JSON.stringify(value) ?? "missing")}, which no run has; start a new run`,
  );
}

function isComplete(flags: Partial<StoredFlags>): flags is StoredFlags {
  return REQUIRED.every((name) => flags[name] !== undefined);
}

/**
 * Combines the flags of a resumed run: what it measures from the store, how it is carried out from the command line. A flag may be given again with the value that is
 * stored. Throws UserError when one would change what is measured.
 */
export function resumedFlags(flags: RunFlags, run: RunRecord, given: (name: string) => boolean): RunFlags {
  const stored = readStoredFlags(run);
  if (!isComplete(stored)) throw invalidFlag(run, REQUIRED.find((name) => stored[name] === undefined) ?? "models", undefined);
  const conflict = FIXED_FLAGS.find((name) => given(name) && JSON.stringify(flags[name]) !== JSON.stringify(stored[name]));
  if (conflict) throw changedFlag(run, conflict, { stored, flags });
  const { db } = flags;
  const others = [...CAP_FLAGS, "concurrency", "grading", "maxHours", "buildNetwork", "trust", "probe", "json", "resume"] as const;
  const changeable = {
    db,
    ...Object.fromEntries(others.filter((name) => flags[name] !== undefined).map((name) => [name, flags[name]])),
  };
  return { ...stored, ...changeable };
}

type Changed = { readonly stored: Partial<StoredFlags>; readonly flags: RunFlags };

function changedFlag(run: RunRecord, name: Name, { stored, flags }: Changed): UserError {
  const typed = wordsOf(name, flags[name]).join(" ") || dashed(name);
  const started =
    stored[name] === undefined ? `without ${dashed(name)}` : `with ${wordsOf(name, stored[name]).join(" ") || `no ${dashed(name)}`}`;
  return new UserError(
    `Cannot resume run "${printable(run.id)}" with ${printable(typed, MAX_WORDS)}: it was started ${printable(started, MAX_WORDS)}, and another value would change what it measures; omit the flag, or start a new run`,
  );
}

// What comes from outside the database, or costs money; the other flags change neither.
const TOLD: readonly Name[] = [
  "models",
  "model",
  "suite",
  "task",
  "prompt",
  "overlay",
  "image",
  "sandbox",
  "runtime",
  "base",
  "passAt",
  "images",
  "reuse",
  "maxTrialCost",
];
/**
 * Tells in one line which files and settings a stored run was started with, so that nothing from a database is used without a word. `flags` are those that it continues with:
 * spending limits may have been typed anew.
 */
export function startedWith(run: RunRecord, flags: Partial<RunFlags>): string {
  const used = { ...flags, suite: flags.suite ?? ["tasks/"], prompt: flags.prompt ?? ["default"] };
  const words = [...TOLD, ...CAP_FLAGS].flatMap((name) => wordsOf(name, used[name]));
  return `Run ${printable(run.id)} continues with ${printable(words.join(" "), MAX_WORDS)}`;
}

/** Tells which files and settings of a stored run are used to grade its work again. */
export function gradedWith(run: RunRecord, flags: Partial<RunFlags>): string {
  const used = { ...flags, suite: flags.suite ?? ["tasks/"], image: run.image };
  const words = (["suite", "image", "sandbox", "runtime", "base", "passAt", "images"] as const).flatMap((name) =>
    wordsOf(name, used[name]),
  );
  return `Run ${printable(run.id)} is graded with ${printable(words.join(" "), MAX_WORDS)}`;
}

function wordsOf(name: Name, value: RunFlags[Name] | undefined): readonly string[] {
  if (value === undefined || value === false) return [];
  if (value === true) return [dashed(name)];
  const values: readonly (string | number)[] = typeof value === "object" ? value : [value as string | number];
  return values.map((one) => `${dashed(name)} ${/^[\w./:@=,*!+-]+$/.test(String(one)) ? one : JSON.stringify(one)}`);
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
