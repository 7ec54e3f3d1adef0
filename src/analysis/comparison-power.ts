import type { PairedTask } from "../stats/paired.ts";
import type { Design } from "../stats/planning/claim-chance.ts";
import { detectableDifferenceOf, detectableDropOf, type PowerQuestion } from "../stats/planning/detectable.ts";
import { populationOf } from "../stats/planning/estimate.ts";
import { canDecide, leastAttempts, leastTasks } from "../stats/planning/least-tasks.ts";
import { MAX_ATTEMPTS, type MoreTrials, moreTrialsFor } from "../stats/planning/needed.ts";
import { attemptsOf, type Change } from "../stats/power.ts";
import type { Comparison, Needed, Undecidable } from "./comparison.ts";

const POWER = 0.8;
// A report asks the same question for its terminal, its page and its files, and for pairs of arms that are alike.
const MAX_ANSWERS = 500;
const answers = new Map<string, number | null>();

/** What a comparison tests: one-sided risk, or the critical value of an interim analysis; what changed between its arms; its scope. */
export type ComparisonTest = {
  readonly alphaOneSided: number;
  readonly critical?: number | undefined;
  readonly change: Change;
  readonly scope: Comparison["scope"];
};

/**
 * Computes the true difference that a comparison like this finds four times in five, by the test that decides it; null where there is none. `drop` asks for a loss,
 * else it is the direction in which differences are harder to see.
 */
export function detectableDifference(tasks: readonly PairedTask[], test: ComparisonTest, drop = false): number | null {
  if (tasks.length === 0) return null;
  const question = questionOf(tasks, test);
  const key = JSON.stringify([question, drop]);
  const known = answers.get(key);
  if (known !== undefined) return known;
  const found = drop ? detectableDropOf(question, POWER) : detectableDifferenceOf(question, POWER);
  if (answers.size >= MAX_ANSWERS) answers.clear();
  answers.set(key, found);
  return found;
}

/** Finds how many more trials find a true difference of the size seen four times in five; null where there is none, or where it was 0. */
export function neededFor(difference: number, tasks: readonly PairedTask[], test: ComparisonTest): Needed | null {
  if (Math.abs(difference) < 1e-9 || tasks.length < 2) return null;
  const question = questionOf(tasks, test);
  const { rate } = question.population;
  // A rise from few passes is a drop of failures, which the search looks for.
  const population = difference > 0 ? { ...question.population, rate: 1 - rate } : question.population;
  const size = Math.min(Math.abs(difference), population.rate);
  const found = moreTrialsFor({ ...question, population }, -size, POWER);
  return found && inRoundNumbers(found, question.design);
}

/** Says that no result of so many tasks and attempts could show a difference at this one-sided risk, and how many tasks could; null where some could. */
export function undecidable(
  design: Pick<Design, "tasks" | "groupSizes"> & { readonly attempts: number },
  alphaOneSided: number,
): Undecidable | null {
  const { tasks, attempts, groupSizes } = design;
  const groups = groupSizes?.length ?? null;
  if (tasks < 1 || canDecide({ tasks, attempts, alpha: alphaOneSided, groups })) return null;
  const least = { leastTasks: leastTasks(attempts, alphaOneSided), leastAttempts: leastAttempts({ tasks, groups, alpha: alphaOneSided }) };
  return { tasks, attempts, groups, ...least };
}

/** Says the same of a comparison's own tasks. */
export function undecidableTasks(tasks: readonly PairedTask[], alphaOneSided: number): Undecidable | null {
  const { baseline, candidate } = wholeAttempts(tasks);
  return undecidable({ tasks: tasks.length, attempts: Math.min(baseline, candidate), groupSizes: groupSizesOf(tasks) }, alphaOneSided);
}

/** Counts the tasks of every group; a task without one is a group of its own. Null where no task has a group. */
export function groupSizesOf(tasks: readonly { readonly group?: string | null | undefined }[]): readonly number[] | null {
  if (tasks.every(({ group }) => group === undefined || group === null)) return null;
  const sizes = new Map<string, number>();
  for (const [index, { group }] of tasks.entries()) {
    const name = group === undefined || group === null ? `task ${index}` : `group ${group}`;
    sizes.set(name, (sizes.get(name) ?? 0) + 1);
  }
  return [...sizes.values()];
}

function questionOf(tasks: readonly PairedTask[], { alphaOneSided, critical, change, scope }: ComparisonTest): PowerQuestion {
  const groupSizes = scope === "suite" ? null : groupSizesOf(tasks);
  return {
    design: { tasks: tasks.length, attempts: wholeAttempts(tasks), groupSizes },
    population: populationOf(tasks, change),
    test: { alpha: alphaOneSided, critical },
    scope,
  };
}

// Repeats that differ between tasks count as their harmonic mean: variances are proportional to 1 / attempts.
function wholeAttempts(tasks: readonly PairedTask[]): { readonly baseline: number; readonly candidate: number } {
  if (tasks.length === 0) return { baseline: 1, candidate: 1 };
  const { baseline, candidate } = attemptsOf(tasks);
  const whole = (attempts: number): number => Math.min(MAX_ATTEMPTS, Math.max(1, Math.round(attempts)));
  return { baseline: whole(baseline), candidate: whole(candidate) };
}

// Two significant digits: the numbers are not known better.
function inRoundNumbers(found: MoreTrials, { tasks, attempts }: Design): Needed {
  const rounded = (value: number): number => Number(value.toPrecision(2));
  if (found.as === "attempts") return { ...found, trials: rounded(found.trials) };
  const total = rounded(found.total) > tasks ? rounded(found.total) : found.total;
  return { as: "tasks", total, trials: rounded((total - tasks) * (attempts.baseline + attempts.candidate)) };
}
