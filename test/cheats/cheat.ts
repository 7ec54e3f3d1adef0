import type { TestRunnerName } from "../../src/core/task.ts";

/** Files by path, as text. */
export type Texts = Readonly<Record<string, string>>;

/**
 * A small task that cheats are played on, with a way to grade it that has no defence.
 *
 * `undefended` is a command line that runs the plain framework as the user that the solution has, in its folder: tests are in `tests/` below the workspace.
 */
export type CheatTask = {
  readonly name: string;
  readonly runner: Extract<TestRunnerName, "pytest" | "node" | "exit-status">;
  readonly workspace: Texts;
  readonly tests: Texts;
  readonly reference: Texts;
  /** A plain wrong solution: every grader must fail it, also the undefended one. */
  readonly wrong: Texts;
  readonly undefended: string;
};

/**
 * The undefended grader that a cheat is known to fool: what it does before the agent works and after, its command line, and what of it is believed.
 *
 * `status` believes exit status 0; `report` a report in JUnit's format at /tmp/report.xml in which nothing failed; `error` calls every other end than that of a test run
 * (status 0 or 1 and a report that can be read) an error, which leaves the rate.
 */
export type Twin = {
  readonly believes: "status" | "report" | "error";
  readonly before?: string;
  readonly after?: string;
  readonly command?: string;
  /** The name of the architecture that the cheat is written for; elsewhere its twin is not played. */
  readonly only?: NodeJS.Architecture;
};

/** One attack on a trial. */
export type Cheat = {
  /** Rows of the catalogue of attacks that it belongs to, such as `B2`; P for the attacks on process boundaries. */
  readonly rows: readonly string[];
  readonly title: string;
  readonly task: CheatTask;
  readonly files: Texts;
  /** What the agent runs before it delivers, after its files are written. */
  readonly agent?: string;
  readonly twin: Twin;
  /** Its tests never end by themselves; this is how long they may take, in seconds. */
  readonly secondsOfTests?: number;
};

/** A cheat as a table of them gives it: its task, and how its twin is fooled, are the table's unless it says otherwise. */
export type CheatEntry = Omit<Cheat, "rows" | "task" | "twin" | "files"> & {
  readonly row: string;
  readonly files: Texts | string;
  readonly task?: CheatTask;
  readonly twin?: Partial<Twin>;
};

/** Makes the cheats of a table on one task; a text as `files` is the solution's file `path`, and what a table leaves out is wrong but loads. */
export function cheatsOn(task: CheatTask, path: string, entries: readonly CheatEntry[]): readonly Cheat[] {
  return entries.map(({ row, files, twin, ...entry }) => {
    const own = entry.task ?? task;
    const written = typeof files === "string" ? { [path]: files } : files;
    return { task: own, ...entry, rows: row.split("+"), files: { ...own.wrong, ...written }, twin: { believes: "status", ...twin } };
  });
}
