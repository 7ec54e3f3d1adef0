import { counted } from "./format.ts";
import type { IsolationResult } from "./record.ts";
import type { GradedIsolation } from "./verdict.ts";

/** How a solution was kept apart from its tests, in a word or two for a cell. */
export const ISOLATION_CELLS: Readonly<Record<GradedIsolation, string>> = {
  process: "process",
  "process-one-user": "one user",
  none: "none",
};

/** How a solution was kept apart from its tests, as the rest of a sentence that begins with "graded". */
export const ISOLATION_WORDS: Readonly<Record<GradedIsolation, string>> = {
  process: "in a process and as a user of its own",
  "process-one-user": "in a process of its own, as the user of the tests: the sandbox has one user",
  none: "without isolation, in the process of the tests",
};

/** Counts how tasks were graded; null is a task of which that is not known. */
export function countIsolation(graded: readonly (GradedIsolation | null)[]): IsolationResult {
  const count = (kind: GradedIsolation): number => graded.filter((each) => each === kind).length;
  return { tasks: graded.length, none: count("none"), oneUser: count("process-one-user") };
}

/** Says how many tasks were graded with less than full isolation, a sentence each; none when all had it. */
export function isolationSentences({ tasks, none, oneUser }: IsolationResult): readonly string[] {
  const of = (number: number): string => `${number} of ${counted(tasks, "task")}`;
  return [
    ...(none > 0 ? [`Graded without isolation: ${of(none)}; code written against their tests can pass.`] : []),
    ...(oneUser > 0 ? [`Graded as the user of the tests, since the sandbox has one user: ${of(oneUser)}.`] : []),
  ];
}
