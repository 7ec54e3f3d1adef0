import type { LargeTree } from "./large-tree.ts";
import type { Layer } from "./layer.ts";
import type { DeliverRule, Machine, SandboxLimits, SourceFile } from "./task.ts";
import type { HeldBack } from "./verdict.ts";

/** Where the agent works inside every sandbox, except in a machine of a task's own. */
export const WORKSPACE = "/workspace";

/** Which sandbox a task needs. */
export type SandboxRequest = {
  /** The image that the task names; null is the provider's default image. */
  readonly image: string | null;
  readonly limits: SandboxLimits;
  /** When processors are scarce, `grading` gets them first if the provider can arrange it: timeouts of tests must depend on the solution, not on the machine's load. */
  readonly purpose: "agent" | "grading";
  /** Asks for a machine of the task's own; absent for a sandbox with a workspace. */
  readonly machine?: Machine;
  /** Asks for a workspace that holds this tree from the start; a provider that cannot do that gives an empty one. */
  readonly tree?: LargeTree;
  /** Asks for the layer with the programs of this agent, by `layerKey`; absent for none. A provider that does not have it gives a sandbox without, and never one for grading with it. */
  readonly layer?: string;
};

/** An image by its name, and the digest of its content: results of equal digests can be compared. */
export type SandboxImage = { readonly name: string; readonly id: string };

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

/**
 * One of several changes that are made together: a file that is written, with the mode of the file at `modeOf`, or else the one that it has; or a file or link that is
 * removed, where the last link of the path is not followed.
 */
export type FileChange =
  | { readonly kind: "write"; readonly path: string; readonly bytes: Uint8Array; readonly modeOf: string | null }
  | { readonly kind: "remove"; readonly path: string };

/** The outcome of such changes: all were made, or none, because of the refusal of one `path`. */
export type FilesChanged = { readonly kind: "changed" } | (PathRefusal & { readonly path: string });

/** One entry below a directory; `path` is relative to that directory. */
export type DirectoryEntry = { readonly path: string; readonly kind: "file" | "directory" | "link" | "other"; readonly sizeBytes: number };

/** What is in a directory, sorted by path; at most as many entries as were asked for, and how many more there are. */
export type DirectoryListing =
  | { readonly kind: "listed"; readonly entries: readonly DirectoryEntry[]; readonly omitted: number }
  | PathRefusal;

/** Names, in small letters, of files and folders that stay inside wherever they are, except at some paths. */
type HeldNames = { readonly names: readonly string[]; readonly except: readonly string[] };

/** Bounds of what may leave a sandbox. The names that are held back are regular expressions like those of a `PathFilter`. */
export type ExportRequest = {
  readonly root: string;
  readonly rule: DeliverRule;
  readonly held?: HeldNames;
  readonly maxFiles: number;
  readonly maxBytes: number;
};

/**
 * What has changed below a folder since `putFiles` laid it: new and changed files, links that stay inside, empty folders, and what is `absent`; every path is checked.
 * `refused` is what could not leave, with the reasons, `held` what was changed and is held back by its name, a folder for all below it, and `unnamed` are some changed
 * paths that the rule does not reach.
 */
export type Export = {
  readonly files: readonly SourceFile[];
  readonly refused: readonly HeldBack[];
  readonly held: readonly string[];
  readonly unnamed: readonly string[];
};

/** A connection that a program inside opened: a stream of bytes in both directions, with the methods that Node's streams have. */
export interface Connection {
  on(event: string, listener: (...values: never[]) => void): unknown;
  once(event: string, listener: (...values: never[]) => void): unknown;
  resume(): unknown;
  write(bytes: Uint8Array | string): boolean;
  end(bytes?: Uint8Array | string): unknown;
  destroy(error?: Error): unknown;
}

/**
 * An isolated environment for commands and files: no network, no secrets, no way to the host.
 *
 * Contract: every operation goes through one channel opened once, so that a call costs milliseconds; file operations act with
 * the rights of the agent's user inside; nothing a command prints or does can break the channel. How a command ends, also by its own fault,
 * is a value. Operations throw SandboxLost when the sandbox ended because of what the agent did (it used up its memory), and
 * InfraError (source `sandbox`) when the engine failed. `close` removes everything and never throws for a sandbox that has ended.
 */
export interface Sandbox {
  readonly id: string;
  /** The folder that the agent works in. */
  readonly workspace: string;
  /** Whether the workspace holds the tree that was asked for, as if `putFiles` had laid it. */
  readonly hasTree?: boolean;
  /** The layer with the agent's programs at LAYER_FOLDER; absent where there is none. */
  readonly layer?: Layer | undefined;
  run(request: CommandRequest, signal?: AbortSignal): Promise<CommandResult>;
  readFile(query: PathQuery, maxBytes: number): Promise<FileRead>;
  writeFile(query: PathQuery, content: { readonly bytes: Uint8Array; readonly executable?: boolean }): Promise<FileWritten>;
  /** Makes all of the changes or, where one is refused or fails, none of them; no path may occur twice. Paths are relative to `root` and must stay inside. */
  changeFiles(root: string, changes: readonly FileChange[]): Promise<FilesChanged>;
  list(
    query: PathQuery,
    options: { readonly depth: number; readonly maxEntries: number; readonly skipInside: readonly string[] },
  ): Promise<DirectoryListing>;
  /** Lays files, links and empty folders below `root` in place of what is there, makes directories, and removes what is `absent`; for set-up, not for the agent. Throws SandboxLost when there is no room. */
  putFiles(root: string, files: readonly SourceFile[]): Promise<void>;
  /**
   * Takes out what differs from what `putFiles` laid below the same root, and in the workspace from what the image has there, as far as the rule allows it. What
   * was laid and is changed comes first, so that a flood of new files does not push it out over the bounds.
   */
  exportFiles(request: ExportRequest): Promise<Export>;
  /** SHA-256 over paths, modes and bytes below `root`: equal when nothing changed. */
  fingerprint(root: string): Promise<string>;
  /**
   * Answers programs inside that connect to a port of their own loopback interface: each connection, of many at once, is passed to `accept`. Neither a long answer nor a
   * slow reader holds up other operations. To be called once. Throws InfraError (source `sandbox`) when the port is taken.
   */
  serve(port: number, accept: (connection: Connection) => void): Promise<void>;
  /** Ends everything in a machine of a task's own and freezes its file system; absent for other sandboxes. It can only be closed afterwards. */
  readonly freeze?: Freeze | undefined;
  close(): Promise<void>;
}

/** Ends everything in a machine and freezes its file system. Throws InfraError (source `sandbox`) when the engine fails, and the signal's reason. */
export type Freeze = (signal: AbortSignal) => Promise<FrozenMachine>;

/** What runs in a new machine that is made of a frozen one. */
export type FrozenRun = {
  /** Folders that are laid in anew: whatever is at the path, a link too, is removed first. */
  readonly lay: readonly { readonly folder: string; readonly files: readonly SourceFile[] }[];
  /** Folders that are empty when the program starts, and whose files are taken out when it has ended. */
  readonly collect: string;
  readonly command: readonly string[];
  readonly user: string;
  readonly workdir: string | null;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly limits: SandboxLimits;
};

/**
 * How such a run ended. `not-started`: the program could not be started, because of what is in the file system; `full`: more was written than the machine may hold.
 * `files` are the plain files of the folder that was collected, as far as they are within bounds.
 */
export type FrozenRunEnd = {
  readonly exit: CommandExit | { readonly kind: "not-started"; readonly reason: string } | { readonly kind: "full" };
  readonly log: string;
  readonly files: readonly SourceFile[];
};

/**
 * The file system of a machine as it was when everything in it had ended.
 *
 * Contract: nothing that ran in the machine runs any more; each run starts from the same state, in a machine of its own without network; what the file system holds is a
 * value and never an error. `run` throws InfraError (source `sandbox`) when the engine fails, and the signal's reason. `discard` removes everything and never throws.
 */
export interface FrozenMachine {
  /** Command lines of the programs that were running and were ended. */
  readonly ended: readonly string[];
  /** Programs of the image, such as shells and interpreters, that were changed or removed in the machine. */
  readonly changedPrograms: readonly string[];
  run(request: FrozenRun, signal: AbortSignal): Promise<FrozenRunEnd>;
  discard(): Promise<void>;
}

/**
 * Opens the sandboxes of one run. It knows what is the same for all of them: default image, image digests, runtime, and how they are marked as the run's own.
 *
 * Contract: `open` gives a sandbox that nothing else uses, or leaves nothing behind. It throws InfraError (source `sandbox`) when the engine cannot open one,
 * with scope `run` when there is no engine or no image, and the signal's reason when that is aborted.
 */
export interface SandboxProvider {
  /** Resolves the image that a task names; null is the default image. */
  image(name: string | null): SandboxImage;
  open(request: SandboxRequest, signal: AbortSignal): Promise<Sandbox>;
}

/** Thrown by a Sandbox that ended because of what ran in it; the trial continues with grading what there is. */
export class SandboxLost extends Error {
  override readonly name = "SandboxLost";
  readonly reason: "out-of-memory" | "stopped";

  constructor(reason: "out-of-memory" | "stopped", message: string) {
    super(message);
    this.reason = reason;
  }
}
