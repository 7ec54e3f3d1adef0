/** Where every image that is made from the sandbox image has the programs that start test frameworks. */
export const FRAMEWORKS = "/opt/bench/grading/frameworks";

/** What a judge writes about its tests: events on a pipe, its standard output, or files. */
type StepReport =
  | { readonly kind: "events" }
  | { readonly kind: "stdout" }
  /** Paths of files, or of folders whose plain files are read; relative ones start at the workspace. */
  | { readonly kind: "files"; readonly paths: readonly string[] };

/** One program that judges the solution. Steps run one after the other, within one time limit; what one leaves running is killed before the next. */
export type GradingStep = {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Where it starts; absent for the tests' folder with `isolation: process`, and for the workspace with `none`. */
  readonly cwd?: string;
  /** What the judge is told privately, as JSON; null for a program that reads nothing. */
  readonly judge: unknown;
  /** The program that runs the solution beside the judge, connected to it by pipes; null for none. */
  readonly boundary: { readonly argv: readonly string[] } | null;
  readonly report: StepReport;
};

/** How a step ended. */
export type StepExit =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "signalled"; readonly signal: string }
  | { readonly kind: "timed-out" };

/** What the supervisor saw of one step. Events, reports and log come from the judge, or with `isolation: none` from the solution: nothing in them is checked yet. */
export type StepResult = {
  readonly exit: StepExit;
  readonly durationMs: number;
  readonly events: readonly Readonly<Record<string, unknown>>[];
  /** Lines on the pipe of events that the judge did not send. */
  readonly strays: number;
  readonly reports: readonly { readonly path: string; readonly bytes: Uint8Array }[];
  readonly log: string;
};
