import type { Comparison, Needed, Undecidable } from "../analysis/comparison.ts";
import { counted, formatPoints } from "../core/format.ts";

/** Says what a comparison could have found: the difference that is found four times in five, that there is none, or that no result could have shown any. */
export function powerSentence({ detectable, undecidable, tasks }: Pick<Comparison, "detectable" | "undecidable" | "tasks">): string | null {
  if (tasks.compared < 2) return null;
  if (undecidable) return `${undecidableSentence(undecidable, { shown: "could have shown" })}.`;
  if (detectable === null) return "No difference would have been found 4 times in 5: these are too few tasks and attempts.";
  return `A difference of ${formatPoints(detectable, { sign: false })} would have been found 4 times in 5; smaller ones may be missed.`;
}

/** Says that no result of so few tasks shows a difference, and what it takes, as a sentence without a full stop. */
export function undecidableSentence(
  { tasks, attempts, groups, leastTasks, leastAttempts }: Undecidable,
  { shown = "can show" }: { readonly shown?: string } = {},
): string {
  const all = tasks * attempts;
  const extreme = groups === null ? `, not even ${all} of ${all} against 0 of ${all}` : "";
  const more = leastAttempts === null ? "" : `, or ${counted(leastAttempts, "attempt")} of each,`;
  const needed =
    groups === null
      ? `at least ${counted(leastTasks, "task")}${more} are needed`
      : "at least three groups are needed, and more where there are few tasks";
  const size = `${counted(tasks, "task")}${groups === null ? "" : ` in ${counted(groups, "group")}`} at ${counted(attempts, "attempt")}`;
  return `No result of ${size} ${shown} a difference between two arms${extreme}: ${needed}`;
}

/** Says how many more trials would do, as a clause. */
export function neededClause({ trials, as, total }: Needed): string {
  const how = as === "attempts" ? `${total} attempts of each task` : `${total} tasks like these`;
  return `about ${counted(trials, "more trial")} (${how} in all) would show a true difference of this size 4 times in 5`;
}
