import { normalQuantile } from "../normal.ts";
import { studentTQuantile } from "../student-t.ts";
import type { Design } from "./claim-chance.ts";
import { type PowerQuestion, powerAt, varianceAt } from "./detectable.ts";

/** The trials of both arms together that a comparison lacks, as more attempts of each task or as more tasks; `total` is their whole number then. */
export type MoreTrials = { readonly trials: number; readonly as: "attempts" | "tasks"; readonly total: number };

/** Most attempts of a task that are advised: more do not pay. */
export const MAX_ATTEMPTS = 50;
/**
 * Most further trials that are advised.
 *
 * @internal
 */
export const MAX_MORE_TRIALS = 10_000;

const MOST_TRIALS = 7;
const CLOSE = 0.01;
const FARTHEST = 0.9999;

/**
 * Finds the fewest attempts, the same in both arms, at which a true difference is found with this power; null above MAX_ATTEMPTS.
 */
export function attemptsFor(question: PowerQuestion, difference: number, power: number): number | null {
  const withAttempts = (attempts: number): PowerQuestion => ({
    ...question,
    design: { ...question.design, attempts: { baseline: attempts, candidate: attempts } },
  });
  const variances = [1, 2].map((attempts) => varianceAt(withAttempts(attempts), difference));
  const [one = 0, two = 0] = variances;
  const { tasks } = question.design;
  return smallest({
    powerWith: (attempts) => powerAt(withAttempts(attempts), difference),
    errorAt: (attempts) => Math.sqrt((2 * two - one + (2 * (one - two)) / attempts) / tasks),
    criticalAt: () => criticalOf(question),
    sizes: { least: question.scope === "suite" ? 2 : 1, most: MAX_ATTEMPTS },
    difference: Math.abs(difference),
    power,
  });
}

/** Finds the fewest tasks at which a true difference is found with this power, with the attempts of the question; null above `most`. */
export function tasksFor(
  question: PowerQuestion,
  difference: number,
  { power, most }: { readonly power: number; readonly most: number },
): number | null {
  const withTasks = (tasks: number): PowerQuestion => ({ ...question, design: resized(question.design, tasks) });
  const variance = varianceAt(question, difference);
  return smallest({
    powerWith: (tasks) => powerAt(withTasks(tasks), difference),
    errorAt: (tasks) => Math.sqrt(variance / tasks),
    criticalAt: (tasks) => criticalOf(withTasks(tasks)),
    sizes: { least: 2, most },
    difference: Math.abs(difference),
    power,
  });
}

// Further tasks are assumed to come in groups like those there are.
function resized(design: Design, tasks: number): Design {
  if (design.groupSizes === null) return { ...design, tasks };
  const count = Math.max(1, Math.round((tasks * design.groupSizes.length) / design.tasks));
  const groupSizes = Array.from(
    { length: count },
    (_, index) => Math.floor((tasks * (index + 1)) / count) - Math.floor((tasks * index) / count),
  );
  return { ...design, tasks, groupSizes };
}

function criticalOf({ design, test, scope }: PowerQuestion): number {
  if (test.critical !== undefined) return test.critical;
  return scope === "suite"
    ? normalQuantile(1 - test.alpha)
    : studentTQuantile(1 - test.alpha, Math.max(1, (design.groupSizes?.length ?? design.tasks) - 1));
}

type Search = {
  readonly powerWith: (size: number) => number;
  /** Standard error of the difference, and critical value, by the approximation that leads the search. */
  readonly errorAt: (size: number) => number;
  readonly criticalAt: (size: number) => number;
  readonly sizes: { readonly least: number; readonly most: number };
  readonly difference: number;
  readonly power: number;
};

// The normal approximation proposes a size, the power at it corrects the approximation, and so on until the power is the one asked for.
function smallest({ powerWith, errorAt, criticalAt, sizes, difference, power }: Search): number | null {
  const score = (size: number): number => difference / errorAt(size) - criticalAt(size);
  let [low, high] = [sizes.least - 1, Number.POSITIVE_INFINITY];
  let wanted = normalQuantile(power);
  for (let trial = 0; trial < MOST_TRIALS && high - low > 1; trial++) {
    const proposed = firstWhere((size) => score(size) >= wanted, sizes.least, sizes.most + 1);
    const size = Math.min(high - 1, Math.max(low + 1, proposed));
    if (size > sizes.most) return powerWith(sizes.most) >= power ? sizes.most : null;
    const reached = powerWith(size);
    if (reached >= power) high = size;
    else low = size;
    if (reached >= power && reached < power + CLOSE) break;
    wanted = normalQuantile(power) + score(size) - normalQuantile(Math.min(FARTHEST, Math.max(1 - FARTHEST, reached)));
  }
  return Number.isFinite(high) ? high : null;
}

function firstWhere(holds: (size: number) => boolean, least: number, most: number): number {
  let [low, high] = [least - 1, most];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * Finds the cheaper way to find a true difference of this size with this power: more attempts of each task, or more tasks. Null where both take more than
 * MAX_MORE_TRIALS.
 */
export function moreTrialsFor(question: PowerQuestion, difference: number, power: number): MoreTrials | null {
  const { tasks, attempts } = question.design;
  const each = attempts.baseline + attempts.candidate;
  const enough = attemptsFor(question, difference, power);
  const ofAttempts = enough === null ? null : tasks * (Math.max(0, enough - attempts.baseline) + Math.max(0, enough - attempts.candidate));
  const most = tasks + Math.ceil(Math.min(ofAttempts ?? MAX_MORE_TRIALS, MAX_MORE_TRIALS) / each);
  const wanted = question.scope === "suite" ? null : tasksFor(question, difference, { power, most });
  const ofTasks = wanted === null ? null : Math.max(1, wanted - tasks) * each;
  if (
    enough !== null &&
    ofAttempts !== null &&
    ofAttempts > 0 &&
    ofAttempts <= MAX_MORE_TRIALS &&
    (ofTasks === null || ofAttempts <= ofTasks)
  )
    return { trials: ofAttempts, as: "attempts", total: enough };
  return ofTasks === null || wanted === null || ofTasks > MAX_MORE_TRIALS
    ? null
    : { trials: ofTasks, as: "tasks", total: Math.max(wanted, tasks + 1) };
}
