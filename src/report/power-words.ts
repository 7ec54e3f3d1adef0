import type { Comparison, Needed, SuiteGap, Undecidable } from "../analysis/comparison.ts";
import { counted, formatPoints } from "../core/format.ts";

/** Says what a comparison could have found: the difference that is found four times in five, that there is none, or that no result could have shown any. */
export function powerSentence(comparison: Pick<Comparison, "detectable" | "undecidable" | "tasks" | "suiteGap">): string | null {
  const { detectable, undecidable, tasks, suiteGap } = comparison;
  if (tasks.compared < 2 || suiteGap) return null;
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

const MAX_NAMED = 5;

/** Says which tasks a comparison over exactly these tasks leaves out for lack of repeats; null where there is none. */
export function repeatsSentence({ tasks: { withoutRepeats } }: Pick<Comparison, "tasks">): string | null {
  if (withoutRepeats.length === 0) return null;
  const more = withoutRepeats.length > MAX_NAMED ? ` and ${withoutRepeats.length - MAX_NAMED} more` : "";
  return `Left out of --scope suite, without two graded attempts on both sides: ${withoutRepeats.slice(0, MAX_NAMED).join(", ")}${more}`;
}

/** Says why nothing can be told about exactly these tasks, and what would help, as a clause. */
export function suiteGapClause(gap: SuiteGap): string {
  if (gap.kind === "no-repeats")
    return "about exactly these tasks only repeats can tell, and no task has two graded attempts on both sides; make at least 2 attempts of each";
  return `only ${counted(gap.mixed, "task")} both passed and failed, and at least ${gap.needed} must to tell how results vary from run to run; make more attempts of each`;
}

/** Says how many more trials would do, as a clause. */
export function neededClause({ trials, as, total }: Needed): string {
  const how = as === "attempts" ? `${total} attempts of each task` : `${total} tasks like these`;
  return `about ${counted(trials, "more trial")} (${how} in all) would show a true difference of this size 4 times in 5`;
}
