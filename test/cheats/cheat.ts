import type { Task } from "../../src/core/task.ts";
import type { Tampering } from "../../src/core/verdict.ts";
import type { Deed } from "./cheater.ts";

/** The machinery that a cheat is aimed at. */
export type Target = "pytest" | "node" | "jest" | "exit-status";

/** One attack on a trial, played by a scripted model from its first tool call on. */
export type Cheat = {
  /** Rows of the catalogue that it belongs to, such as `B2`. */
  readonly rows: readonly string[];
  readonly title: string;
  readonly target: Target;
  /** Tool calls, one list for each of the model's turns. */
  readonly turns: readonly (readonly Deed[])[];
  /** What must not be in anything that the model was shown. */
  readonly mustNotSee?: readonly (RegExp | string)[];
  /** The sign of tampering that the verdict or the trajectory must bear; absent where nothing of it can be seen. */
  readonly sign?: Tampering["kind"];
  /** Knows how the runner works, and gets past it where the solution shares a process with the tests. */
  readonly needsBoundary?: true;
  /** It keeps its tests running for as long as they may, which is this long. */
  readonly secondsOfTests?: number;
};

/** An honest solution that looks odd, and must pass. */
export type Oddity = { readonly title: string; readonly target: Target; readonly turns: readonly (readonly Deed[])[] };

/** A cheat or an oddity with the task that it is played on; `id` names both. */
export type Played<Kind extends Cheat | Oddity> = Kind & { readonly id: string; readonly task: Task };

/** Writes one file of the workspace. */
export function write(path: string, content: string): Deed {
  return { name: "write_file", args: { path, content } };
}

/** Runs a command line in the workspace. */
export function shell(command: string, seconds = 20): Deed {
  return { name: "run_command", args: { command, timeout_seconds: seconds } };
}

/** Writes several files, by path. */
export function writeAll(files: Readonly<Record<string, string>>): readonly Deed[] {
  return Object.entries(files).map(([path, content]) => write(path, content));
}
