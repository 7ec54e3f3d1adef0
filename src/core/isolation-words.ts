import { counted } from "./format.ts";
import type { GradedIsolation } from "./verdict.ts";

/** How many tasks have graded trials, and how many of them one without isolation, one in a sandbox with one user, or, where there is any, one that was graded by the state of its machine. */
export type IsolationResult = {
  readonly tasks: number;
  readonly none: number;
  readonly oneUser: number;
  readonly state?: number | undefined;
};

/** How a solution was kept apart from its tests, in a word or two for a cell. */
export const ISOLATION_CELLS: Readonly<Record<GradedIsolation, string>> = {
  process: "process",
  "process-one-user": "one user",
  none: "none",
  state: "state",
};

/** How a solution was kept apart from its tests, as the rest of a sentence that begins with "graded". */
export const ISOLATION_WORDS: Readonly<Record<GradedIsolation, string>> = {
  process: "in a process and as a user of its own",
  "process-one-user": "in a process of its own, as the user of the tests: the sandbox has one user",
  none: "without isolation, in the process of the tests",
  state: "by the state of its machine, with the programs that are in it",
};

/** Counts how tasks were graded; null is a task of which that is not known. */
export function countIsolation(graded: readonly (GradedIsolation | null)[]): IsolationResult {
  const count = (kind: GradedIsolation): number => graded.filter((each) => each === kind).length;
  const state = count("state");
  return { tasks: graded.length, none: count("none"), oneUser: count("process-one-user"), ...(state > 0 ? { state } : {}) };
}

/** Says how many tasks were graded with less than full isolation, a sentence each; none when all had it. */
export function isolationSentences({ tasks, none, oneUser, state = 0 }: IsolationResult): readonly string[] {
  const of = (number: number): string => `${number} of ${counted(tasks, "task")}`;
  return [
    ...(none > 0 ? [`Graded without isolation: ${of(none)}; code written against their tests can pass.`] : []),
    ...(state > 0
      ? [`Graded by the state of their machine: ${of(state)}; an agent that replaces a program there that the tests use can pass.`]
      : []),
    ...(oneUser > 0 ? [`Graded as the user of the tests, since the sandbox has one user: ${of(oneUser)}.`] : []),
  ];
}
