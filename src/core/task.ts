import type { LargeTree } from "./large-tree.ts";
import type { McpServer } from "./mcp.ts";
import type { WebRule } from "./web.ts";

/** One file of a task, with its path relative to the folder it belongs to (`/` separates, no `..`). */
export type SourceFile = {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly executable: boolean;
  /**
   * Absent for a plain file. A `folder` is an empty one; a `link` is symbolic, and its bytes are the path that it leads to; `absent`, in a list that is laid over
   * another, means that nothing is at the path any more. None of these has bytes of its own or is executable.
   */
  readonly kind?: "folder" | "link" | "absent";
};

/** A solution that looks plausible and that the hidden tests must reject. */
export type WrongSolution = { readonly name: string; readonly files: readonly SourceFile[] };

/**
 * Reads the files of a task when they are needed, so that a suite of thousands of tasks needs little memory.
 *
 * Contract: every call reads what is on the disk now; a solution holds only the files that differ from the workspace. Throws UserError
 * when a file is missing.
 */
export interface TaskFiles {
  /** The files that the agent starts with. Where they are a large tree, this is always the same list, and the bytes of each file are read whenever they are asked for. */
  workspace(): Promise<readonly SourceFile[]>;
  /** The workspace as a tree, where it is a large one; absent otherwise. */
  tree?(): LargeTree;
  /** The hidden tests; never shown to the agent. */
  tests(): Promise<readonly SourceFile[]>;
  /** The reference solution, or null where the source has none. */
  reference(): Promise<readonly SourceFile[] | null>;
  /** Solutions that must fail. */
  wrong(): Promise<readonly WrongSolution[]>;
  /** The files of the script that solves a task whose state is graded; absent where the source has none. */
  solution?(): Promise<readonly SourceFile[]>;
  /** Gives what applies patches, for a task whose tests and solution are changes to what is in its image; absent for all others. Until it is called, reading them throws UserError. */
  provide?(apply: ApplyPatches): void;
}

/** Patches for what an image has in the workspace, each by a name for messages, and files of the image that are wanted as they are. */
export type ImagePatches = {
  readonly task: string;
  readonly image: string;
  readonly limits: SandboxLimits;
  readonly patches: readonly { readonly name: string; readonly text: string }[];
  readonly files: readonly string[];
};

/** What each of the patches changes, in their order, and the files that were wanted. */
type PatchedFiles = { readonly changed: readonly (readonly SourceFile[])[]; readonly files: readonly SourceFile[] };

/** Applies patches, each to the files as the image has them. Throws UserError when one does not fit, or a file is missing. */
export type ApplyPatches = (patches: ImagePatches) => Promise<PatchedFiles>;

/**
 * Test runners by name: the frameworks' own, `exit-status` for files that are programs whose exit status is their result, and `command` for any program that writes a
 * report in a published format.
 */
export const TEST_RUNNERS = ["pytest", "node", "exit-status", "vitest", "jest", "go", "cargo", "junit", "ctest", "command"] as const;

/** Which test runner runs the hidden tests. */
export type TestRunnerName = (typeof TEST_RUNNERS)[number];

/**
 * Whether the solution is kept apart from the tests that judge it. `process`: it runs as a user and in a process of its own, and only data crosses. `none`: it runs in the
 * process of the tests, as in everyday use, and code written against the grader can pass.
 */
export type Isolation = "process" | "none";

/** A report that a test command writes: its format, and its path relative to the folder that the command starts in. */
export type ReportFile = { readonly format: "junit" | "tap" | "ctrf"; readonly path: string };

/** How the hidden tests are run and which of them must pass. */
export type TestPlan = {
  readonly runner: TestRunnerName;
  /** Test files to run, relative to the tests folder, in order. */
  readonly files: readonly string[];
  /** Names of the tests that must all pass; null when they are learned from the reference solution. */
  readonly required: readonly string[] | null;
  readonly timeoutSeconds: number;
  /** `outside` keeps the tests in a separate folder; `workspace` copies them into the workspace, for tests that import by relative path. */
  readonly placement: "outside" | "workspace";
  /** Defines Jest's globals (describe, test, expect, ...) for `node` tests and runs skipped tests (xtest). */
  readonly jestGlobals: boolean;
  /** Runs tests that are marked as skipped as well, by the framework's own switch; for `cargo` and `junit`. */
  readonly runSkipped: boolean;
  readonly isolation: Isolation;
  /** Folders of the workspace from which Python imports the solution, besides the workspace itself and its `src`; for `pytest`. */
  readonly pythonPath: readonly string[];
  /** The program that runs the tests, with its arguments; null unless the runner is `command`. */
  readonly command: readonly string[] | null;
  /** Where that program writes its report; null unless the runner is `command`. */
  readonly report: ReportFile | null;
};

/** Glob patterns of the files that are submitted from the agent's sandbox for grading. */
export type DeliverRule = { readonly include: readonly string[]; readonly exclude: readonly string[] };

/** What one sandbox may use. */
export type SandboxLimits = {
  readonly memoryMb: number;
  readonly cpus: number;
  readonly pids: number;
  readonly workspaceMb: number;
  readonly tmpMb: number;
};

/** What a sandbox may use unless its task says otherwise: enough for small programs. */
export const DEFAULT_LIMITS: SandboxLimits = { memoryMb: 1024, cpus: 1, pids: 256, workspaceMb: 256, tmpMb: 256 };

/**
 * A folder with a Dockerfile, whose digest is in the name of its image.
 *
 * Contract: `read` returns exactly the files that were digested, and throws UserError when they have changed since; nothing else of the folder
 * may reach the engine.
 */
type ImageFolder = {
  readonly path: string;
  readonly read: () => Promise<readonly SourceFile[]>;
  /** How long its build may take; absent for the usual time. */
  readonly buildSeconds?: number;
};

/** A machine of the task's own in place of a workspace: its whole file system can be written; the agent works where and as whom the image says. Needs a container engine. */
export type Machine = {
  /** Who commands run as, by name or number; null is the image's own user. */
  readonly user: string | null;
  /** The folder that the agent works in; null is the image's own. */
  readonly workdir: string | null;
  /** How much may be written to its file system, in megabytes. */
  readonly storageMb: number;
  /** Variables of its commands, besides those of the image. */
  readonly env: Readonly<Record<string, string>>;
  /** What must succeed before the agent begins; null where nothing is asked. */
  readonly healthcheck: Healthcheck | null;
};

/** A command that is repeated until it succeeds. Times are in seconds. */
export type Healthcheck = {
  readonly command: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly startSeconds: number;
  readonly retries: number;
};

/** A script of a task and the folder that it is laid into, with all that stands beside it. `user` null is root. */
type Script = {
  readonly folder: string;
  readonly path: string;
  readonly user: string | null;
  readonly env: Readonly<Record<string, string>>;
};

/**
 * How the state of a machine is graded: everything in it is ended, its file system is frozen, and `tests` runs in a new machine made of that. The tests write a `reward`, or
 * are judged by pytest's `summary` and their exit status.
 */
export type StateGrading = {
  readonly tests: Script;
  readonly result: "reward" | "pytest-summary";
  /** The least reward that passes. */
  readonly passAt: number;
  /** The script that solves the task, null where there is none. */
  readonly solution: Script | null;
};

/** One problem: a prompt, a workspace and hidden tests. */
export type Task = {
  readonly id: string;
  readonly suite: string;
  readonly title: string;
  readonly prompt: string;
  readonly tags: readonly string[];
  /** The prompt was drafted by an import, and nobody has rewritten it yet. */
  readonly isDraft?: true;
  /** What the task shares with others, so that their results hang together: a repository, a template, an exercise. Absent where it shares nothing. */
  readonly group?: string;
  /** Image name; null selects the default sandbox image. */
  readonly image: string | null;
  /** What the image is built from; absent for an image that exists or can be pulled. */
  readonly imageFolder?: ImageFolder;
  readonly sandbox: SandboxLimits;
  /** The longest that an agent may work on it, where its format says so: the shorter of this and the run's own limit holds. */
  readonly agentSeconds?: number;
  /** Absent for a task that has a workspace in a sandbox. */
  readonly machine?: Machine;
  /** How the state of its machine is graded; absent where the files that are submitted are graded. */
  readonly state?: StateGrading;
  readonly deliver: DeliverRule;
  /** Workspace files whose text is shown to the model first, such as AGENTS.md, from root to leaf. */
  readonly contextFiles: readonly string[];
  readonly tests: TestPlan;
  /** What the agent may read of the web; absent for nothing. */
  readonly web?: WebRule;
  /** Programs of the image that give the agent tools; absent for none. */
  readonly mcpServers?: readonly McpServer[];
  /** Which of the required tests fail before it is solved, where its source lists them; the others are there to notice what a solution breaks. */
  readonly failing?: readonly string[];
  readonly files: TaskFiles;
  /** SHA-256 of everything that can change a result: prompt, files, tests, limits. */
  readonly digest: string;
};
