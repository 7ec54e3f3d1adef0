import type { DeliverRule, SandboxLimits, SourceFile } from "./task.ts";

/** Where the agent works inside every sandbox. */
export const WORKSPACE = "/workspace";

/** What a sandbox is made from. `labels` mark it as belonging to a run, for sweeping. */
export type SandboxSpec = {
  readonly image: string;
  readonly limits: SandboxLimits;
  /** OCI runtime, `runsc` for gVisor; null is the engine's own. */
  readonly runtime: string | null;
  readonly labels: Readonly<Record<string, string>>;
  /** Where processors are short its processes go before those of other sandboxes, as far as the adapter can bring that about. */
  readonly hasPriority?: true;
};

/** A command for the sandbox. It runs in a session of its own, without standard input unless `stdin` is given. */
export type CommandRequest = {
  /** A bash command line, or a program with its arguments. */
  readonly command: string | readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** How much of the output is kept, half of it from the start and half from the end. */
  readonly maxOutputBytes: number;
  readonly stdin?: Uint8Array;
};

/** How a command ended. */
export type CommandExit =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "signalled"; readonly signal: string }
  | { readonly kind: "timed-out" }
  | { readonly kind: "out-of-memory" };

/** What a command did. `tail` is empty unless bytes were omitted between `head` and it. */
export type CommandResult = {
  readonly exit: CommandExit;
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
  readonly omittedBytes: number;
  readonly omittedLines: number;
  readonly durationMs: number;
};

/** Why a path cannot be used, as a value: these are the model's mistakes, not ours. */
export type PathRefusal =
  | { readonly kind: "outside" }
  | { readonly kind: "not-found"; readonly suggestions: readonly string[] }
  | { readonly kind: "is-directory" }
  | { readonly kind: "not-a-directory" }
  | { readonly kind: "special-file" }
  | { readonly kind: "too-large"; readonly sizeBytes: number }
  | { readonly kind: "denied"; readonly message: string };

/** A path that must stay inside `root` once every link is followed; relative paths start at `root`. */
export type PathQuery = { readonly path: string; readonly root: string };

/** The whole of a file; `path` is the canonical one, relative to the root. */
export type FileRead = { readonly kind: "read"; readonly path: string; readonly bytes: Uint8Array } | PathRefusal;

/** A file written in one move; `created` is false when it replaced one. */
export type FileWritten = { readonly kind: "written"; readonly path: string; readonly created: boolean } | PathRefusal;

/** One entry below a directory; `path` is relative to that directory. */
export type DirectoryEntry = { readonly path: string; readonly kind: "file" | "directory" | "link" | "other"; readonly sizeBytes: number };

/** What is in a directory, sorted by path; at most as many entries as were asked for, and how many more there are. */
export type DirectoryListing =
  | { readonly kind: "listed"; readonly entries: readonly DirectoryEntry[]; readonly omitted: number }
  | PathRefusal;

/** Bounds of what may leave a sandbox. */
export type ExportRequest = { readonly root: string; readonly rule: DeliverRule; readonly maxFiles: number; readonly maxBytes: number };

/** What left a sandbox: plain files only, every path checked; and what was refused with its reason. */
export type Export = {
  readonly files: readonly SourceFile[];
  readonly refused: readonly { readonly path: string; readonly reason: string }[];
};

/**
 * An isolated machine: no network, no secrets, no way to the host.
 *
 * Contract: every operation goes through one channel opened once, so that a call costs milliseconds; file operations act with
 * the rights of the agent's user inside; nothing a command prints or does can break the channel. What a command does to
 * itself is a value. Operations throw SandboxLost when the machine has gone by the agent's doing (it used up its memory), and
 * InfraError (source `sandbox`) when the engine failed. `close` removes everything and never throws for a machine that has gone.
 */
export interface Sandbox {
  readonly id: string;
  run(request: CommandRequest, signal?: AbortSignal): Promise<CommandResult>;
  readFile(query: PathQuery, maxBytes: number): Promise<FileRead>;
  writeFile(query: PathQuery, content: { readonly bytes: Uint8Array; readonly executable?: boolean }): Promise<FileWritten>;
  list(
    query: PathQuery,
    options: { readonly depth: number; readonly maxEntries: number; readonly skipInside: readonly string[] },
  ): Promise<DirectoryListing>;
  /** Lays files below `root`, making directories; for set-up, not for the agent. */
  putFiles(root: string, files: readonly SourceFile[]): Promise<void>;
  /** Takes out the files that the rule allows. */
  exportFiles(request: ExportRequest): Promise<Export>;
  /** SHA-256 over paths, modes and bytes below `root`: equal when nothing changed. */
  fingerprint(root: string): Promise<string>;
  close(): Promise<void>;
}

/** Opens a sandbox; throws InfraError (source `sandbox`) when the engine cannot, with scope `run` when there is no engine or no image. */
export type OpenSandbox = (spec: SandboxSpec, signal: AbortSignal) => Promise<Sandbox>;

/** Thrown by a Sandbox whose machine went away because of what ran in it; the trial goes on to grading with what there is. */
export class SandboxLost extends Error {
  override readonly name = "SandboxLost";
  readonly reason: "out-of-memory" | "stopped";

  constructor(reason: "out-of-memory" | "stopped", message: string) {
    super(message);
    this.reason = reason;
  }
}
