import { hypergeometric, type TaskCount } from "./binomial.ts";

/** Whether the newest of several runs passes as often as those before it. `leastP` is the smallest p that any result of the newest could have had. */
export type ExactChange = {
  readonly p: number;
  readonly leastP: number;
  /** Mean share of passes over the tasks that both have, and how many these are. */
  readonly before: number;
  readonly after: number;
  readonly tasks: number;
  readonly informativeTasks: number;
  readonly informativeTrials: number;
};

/** A task's trials in the newest run, and in all runs before it together. */
export type BeforeAndAfter = { readonly before: TaskCount; readonly after: TaskCount };

// The distribution takes a place for every trial of the newest run.
const MAX_TRIALS = 20_000;

/**
 * Tests whether every task kept its pass probability in the newest run, exactly at any number of tasks: given a task's passes in all runs, those of the newest follow a
 * hypergeometric distribution, and their sum over tasks is compared with its distribution. Two-sided by twice the smaller tail. Null where no task was tried in both, or
 * where there are more trials than can be enumerated.
 *
 * @see Birch 1964; Mehta, Patel and Gray 1985 (exact test of a common odds ratio)
 */
export function exactChange(tasks: readonly BeforeAndAfter[]): ExactChange | null {
  const shared = tasks.filter(({ before, after }) => before.trials > 0 && after.trials > 0);
  const informative = shared.filter(({ before, after }) => {
    const passed = before.passed + after.passed;
    return passed > 0 && passed < before.trials + after.trials;
  });
  const newest = informative.reduce((sum, { after }) => sum + after.trials, 0);
  if (shared.length === 0 || newest > MAX_TRIALS) return null;
  const chances = informative.reduce<Float64Array>((all, task) => convolved(all, ofTask(task)), Float64Array.of(1));
  const seen = informative.reduce((sum, { after }) => sum + after.passed, 0);
  const mean = (side: keyof BeforeAndAfter): number =>
    shared.reduce((sum, task) => sum + task[side].passed / task[side].trials, 0) / shared.length;
  const possible = [...chances.keys()].filter((passes) => (chances[passes] ?? 0) > 0);
  return {
    p: twice(Math.min(sumOf(chances, 0, seen), sumOf(chances, seen, chances.length - 1))),
    leastP: twice(Math.min(chances[possible[0] ?? 0] ?? 1, chances[possible.at(-1) ?? 0] ?? 1)),
    before: mean("before"),
    after: mean("after"),
    tasks: shared.length,
    informativeTasks: informative.length,
    informativeTrials: informative.reduce((sum, { before, after }) => sum + before.trials + after.trials, 0),
  };
}

// Twice the tail of a distribution with a single result is no more than 1, and a tie with a level must not be lost to rounding.
function twice(tail: number): number {
  return Math.min(1, Number((2 * tail).toPrecision(12)));
}

function sumOf(chances: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let index = from; index <= to; index++) sum += chances[index] ?? 0;
  return sum;
}

// At each number of passes of the newest run, its chance given all passes of the task.
function ofTask({ before, after }: BeforeAndAfter): Float64Array {
  const passed = before.passed + after.passed;
  const chance = hypergeometric({ all: before.trials + after.trials, row: after.trials, column: passed });
  return Float64Array.from({ length: after.trials + 1 }, (_, passes) => chance(passes));
}

function convolved(one: Float64Array, other: Float64Array): Float64Array {
  const both = new Float64Array(one.length + other.length - 1);
  for (const [a, chance] of one.entries()) {
    if (chance === 0) continue;
    for (const [b, also] of other.entries()) both[a + b] = (both[a + b] ?? 0) + chance * also;
  }
  return both;
}
