import type { Isolation, SourceFile, TestPlan } from "../../core/task.ts";
import type { Shapes } from "../../core/verdict.ts";
import type { RunReport } from "./run-report.ts";
import type { GradingStep, StepResult } from "./step.ts";

/** Where the hidden tests lie with `isolation: process`; the path is fixed, so that names of tests which hold it are the same in every grading. */
export const ISOLATED_TESTS = "/tmp/grading/tests";
/** Where the hidden tests lie with `isolation: none`, unless they belong into the workspace. */
export const PLAIN_TESTS = "/tmp/tests";

/** What a runner plans a grading from. */
export type RunnerInput = {
  readonly tests: TestPlan;
  /** The hidden tests and their data. */
  readonly testFiles: readonly SourceFile[];
  /** The files of the workspace as the task has them, without anything of the solution. */
  readonly pristine: readonly SourceFile[];
  /** The files of the workspace as they are laid for grading, those of the solution among them. */
  readonly laid: readonly SourceFile[];
  /** The folder that the tests are laid in. */
  readonly testsRoot: string;
  /** The paths of the workspace and of the reference solution: what the task itself has, whatever of that name the image has. */
  readonly ownPaths: readonly string[];
  /** What the reference taught about results that cross; null when this is what is to be learned. */
  readonly shapes: Shapes | null;
  /** Names of tests that must fail, which no solution can guess: as many as the runner wants with `isolation: none`, otherwise none. */
  readonly canaries: readonly string[];
};

/** What is to be run: files below the tests' folder, and the steps. */
export type RunnerPlan = { readonly files: readonly SourceFile[]; readonly steps: readonly GradingStep[] };

/**
 * How the tests of a task are run, and how what they report is read.
 *
 * Contract: `plan` depends on its input alone. `read` gets the results of the steps that were run, in order, fewer than planned when time was up, and never throws:
 * what it cannot read is a report that is not finished, since only a solution can have caused that. To add a runner: name it in TEST_RUNNERS (core/task.ts) and
 * RUNNER_RULES (config/test-plan.ts), write it in a file beside this one, and add a line to `runners.ts`.
 */
export interface TestRunner {
  /** How many tests that must fail it adds with `isolation: none`. */
  readonly canaries: number;
  plan(input: RunnerInput): RunnerPlan;
  read(results: readonly StepResult[], input: RunnerInput): RunReport;
}

/** Tells whether the tests of a plan are kept apart from the solution. */
export function isIsolated({ isolation }: { readonly isolation: Isolation }): boolean {
  return isolation === "process";
}
