import type { GradedIsolation } from "../core/verdict.ts";

/** How the solution was kept apart from its tests, in a few words for a table or a page. */
export const ISOLATION_WORDS: Readonly<Record<GradedIsolation, string>> = {
  process: "in a process and as a user of its own",
  "process-one-user": "in a process of its own, as the same user (the sandbox has one)",
  none: "none: in the process of the tests",
};

/**
 * Says how many of the tasks or trials were graded with less than full isolation; null when none was. Null among the given is one whose isolation is not known, such as a
 * trial of an earlier version.
 */
export function isolationSentence(graded: readonly (GradedIsolation | null)[], noun: "task" | "trial"): string | null {
  const count = (kind: GradedIsolation): number => graded.filter((each) => each === kind).length;
  const part = (kind: GradedIsolation, words: string): string[] => (count(kind) === 0 ? [] : [`${words}: ${of(count(kind))}`]);
  const of = (number: number): string => `${number} of ${graded.length} ${noun}s`;
  const parts = [
    ...part("none", "Graded without isolation, so that code written against the tests can pass"),
    ...part("process-one-user", "Graded in a process of its own but as the same user, since the sandbox has one"),
  ];
  return parts.length === 0 ? null : `${parts.join(". ")}.`;
}
