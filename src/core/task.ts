/** One file of a task, with its path relative to the folder it belongs to (`/` separates, no `..`). */
export type SourceFile = {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly executable: boolean;
};

/** A solution that looks plausible and that the hidden tests must reject. */
export type WrongSolution = { readonly name: string; readonly files: readonly SourceFile[] };

/**
 * Reads the files of a task when they are needed, so that a suite of thousands stays small in memory.
 *
 * Contract: every call reads what is on the disk now; a solution is laid over the workspace (it holds only the files that
 * differ). Throws UserError when a file has gone.
 */
export interface TaskFiles {
  /** What the agent starts from. */
  workspace(): Promise<readonly SourceFile[]>;
  /** The hidden tests; never shown to the agent. */
  tests(): Promise<readonly SourceFile[]>;
  /** The reference solution, or null where the source has none. */
  reference(): Promise<readonly SourceFile[] | null>;
  /** Solutions that must fail. */
  wrong(): Promise<readonly WrongSolution[]>;
}

/** Which program runs the hidden tests: pytest, Node's test runner, or each file as a program whose exit status is its result. */
export type TestRunner = "pytest" | "node" | "exit-status";

/** How the hidden tests are run and which of them decide. */
export type TestPlan = {
  readonly runner: TestRunner;
  /** Test files to run, relative to the tests folder, in order. */
  readonly files: readonly string[];
  /** Names that must all pass; null when they are learned from the reference solution. */
  readonly required: readonly string[] | null;
  readonly timeoutSeconds: number;
  /** `outside` keeps the tests in a folder of their own; `workspace` lays them over the workspace, for tests that import by relative path. */
  readonly placement: "outside" | "workspace";
  /** Jest's globals (describe, test, expect, ...) are defined for `node` tests; skipped tests (xtest) run. */
  readonly jestGlobals: boolean;
  /** `process` keeps the code under test in a process of its own, which only plain values leave; for `pytest` and `node` tests. */
  readonly boundary: "none" | "process";
};

/** Glob patterns of the files that cross from the agent's container to grading. */
export type DeliverRule = { readonly include: readonly string[]; readonly exclude: readonly string[] };

/** What one container may use. */
export type SandboxLimits = {
  readonly memoryMb: number;
  readonly cpus: number;
  readonly pids: number;
  readonly workspaceMb: number;
  readonly tmpMb: number;
};

/** What a container may use unless its task says otherwise: enough for small programs. */
export const DEFAULT_LIMITS: SandboxLimits = { memoryMb: 1024, cpus: 1, pids: 256, workspaceMb: 256, tmpMb: 256 };

/** One problem: a prompt, a workspace and hidden tests. */
export type Task = {
  readonly id: string;
  readonly suite: string;
  readonly title: string;
  readonly prompt: string;
  readonly tags: readonly string[];
  /** Image name; null stands for the sandbox image that set-up built. */
  readonly image: string | null;
  /** Folder with the Dockerfile that the image is made from; absent for an image that is there or can be pulled. */
  readonly imageFolder?: string;
  readonly sandbox: SandboxLimits;
  readonly deliver: DeliverRule;
  /** Workspace files whose text is shown to the model first (AGENTS.md and the like), root to leaf. */
  readonly contextFiles: readonly string[];
  readonly tests: TestPlan;
  readonly files: TaskFiles;
  /** SHA-256 over everything that can change a result: prompt, files, tests, limits. */
  readonly digest: string;
};

/** A set of tasks, in a fixed order. */
export type Suite = { readonly name: string; readonly tasks: readonly Task[]; readonly digest: string };

/** Tasks of one kind that a source did not load, such as 39 exercises in Go, and the reason. */
export type LeftOut = { readonly kind: string; readonly count: number; readonly reason: string };

/** A suite as its source loaded it, with everything that the source left out. */
export type LoadedSuite = Suite & { readonly leftOut: readonly LeftOut[] };

/**
 * Loads tasks of one format in place: nothing is copied or converted on the disk.
 *
 * Contract: every task found at the location is either loaded or counted in `leftOut` with a reason; none is dropped silently. `load`
 * throws UserError, naming the file at fault, when there is no task at the location or one cannot be read. An adapter must not be loaded
 * before `load` is called, since the table of sources is read at every start.
 */
export interface TaskSource {
  /** What `--suite PREFIX:LOCATION` begins with; empty for this program's own format, which is written without a prefix. */
  readonly prefix: string;
  /** How a location is written, for help and error messages, such as `exercism:PATH`. */
  readonly usage: string;
  /** What the format calls its tasks, in the plural. */
  readonly noun: string;
  load(location: string): Promise<LoadedSuite>;
}
