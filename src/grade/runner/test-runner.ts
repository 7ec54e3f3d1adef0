import { randomBytes } from "node:crypto";
import type { TestPlan } from "../../core/task.ts";
import { parseReport, type RunReport } from "./run-report.ts";

/**
 * How the tests of a task are run inside the grading sandbox, and how their report is read.
 *
 * To add a test runner: name it in TEST_RUNNERS (core/task.ts), which makes the compiler ask for its test files (config/task.ts); write its program in
 * sandbox/runners and start it in bench_runner/launch.py; describe it in a file beside this one, with a line in `runners.ts`.
 */
export type TestRunner = {
  /** Runs the tests: a program in the image that reads a GradingPlan as JSON from its standard input and writes the report. */
  readonly command: readonly string[];
  /** Exit statuses of an interpreter or shell that could not even start that program, so no solution can cause them. */
  readonly notStartedStatuses: readonly number[];
  /** What the command may take on top of the time limit of the tests, in ms. */
  readonly graceMs: number;
  /** Draws the names of canaries: tests that must fail, so that a run that reports them as anything else was tampered with. */
  readonly drawCanaries: () => readonly string[];
  /** Options that only this runner has. */
  readonly options: (tests: TestPlan) => Readonly<Record<string, unknown>>;
  /** Reads the report that was written; null if it is not one. */
  readonly parseReport: (bytes: Uint8Array) => RunReport | null;
};

/** What a runner's program is given. */
export type GradingPlan = {
  readonly runner: TestPlan["runner"];
  readonly workspace: string;
  readonly testsRoot: string;
  readonly files: readonly string[];
  /** Where the report is written. */
  readonly report: string;
  readonly timeoutSeconds: number;
  readonly canaries: readonly string[];
  /** Python modules that the task itself has. */
  readonly ownModules: readonly string[];
};

/** Draws a name that no solution can guess. */
export function randomName(): string {
  return randomBytes(10).toString("hex");
}

/** Describes a runner whose tests our supervisor runs: it keeps report and canaries away from the solution. */
export function supervisedRunner({
  canaries,
  options,
}: {
  readonly canaries: number;
  readonly options: TestRunner["options"];
}): TestRunner {
  return {
    command: ["/usr/bin/python3", "-I", "-S", "/opt/bench/runners/supervise.py"],
    notStartedStatuses: [2, 126, 127],
    graceMs: 20_000,
    drawCanaries: () => Array.from({ length: canaries }, () => `c${randomName()}`),
    options,
    parseReport,
  };
}
