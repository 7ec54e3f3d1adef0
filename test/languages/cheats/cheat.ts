import type { Isolation, TestRunnerName } from "../../../src/core/task.ts";
import type { ProjectFiles, Texts } from "../project.ts";

/** An attack on a task in another language: what its solution is laid over, and the undefended grader that it is known to fool. */
export type LanguageCheat = {
  /** The row of the catalogue of attacks that it belongs to. */
  readonly row: string;
  readonly title: string;
  readonly files: Texts;
  /** The command line of the undefended grader where the task's own is not the one that is fooled; it passes by status 0. */
  readonly twin?: string;
  /** Known not to be stopped. */
  readonly open?: true;
  /** The name of the architecture that it is written for. */
  readonly only?: NodeJS.Architecture;
};

/** A task that cheats are played on: the plain framework over tests and solution in one folder passes it by status 0. */
export type CheatedTask = {
  /** What the docs call it: its runner, and what else tells it from the others. */
  readonly name: string;
  readonly runner: TestRunnerName;
  readonly isolation: Isolation;
  readonly project: ProjectFiles;
  /** A plain wrong solution, which the undefended grader fails. */
  readonly wrong: Texts;
  readonly undefended: string;
  readonly cheats: readonly LanguageCheat[];
};
