/** Numbers of tasks with each of several outcomes; the same array is used for the next. */
type Counts = readonly number[];

/** Most results that are looked at one by one; more would take longer than a person waits. It covers 25 tasks with 3 attempts. */
export const MAX_OUTCOMES = 750_000;
// Factorials of more tasks leave the range of a double.
const MAX_TASKS = 150;

/** Counts the ways in which a number of tasks can have these outcomes: how many tasks have each. */
function countWays(tasks: number, outcomes: number): number {
  let ways = 1;
  for (let index = 1; index < outcomes; index++) ways = (ways * (tasks + index)) / index;
  return ways;
}

/** Says whether every result of a suite can be looked at one by one. */
export function isEnumerable(tasks: number, outcomes: number, most = MAX_OUTCOMES): boolean {
  return tasks <= MAX_TASKS && countWays(tasks, outcomes) <= most;
}

/**
 * Decides every possible result of a suite of independent tasks, and returns a function that adds up the exact chance of a claim from the chance of each outcome
 * of one task.
 */
export function enumerated(tasks: number, outcomes: number, claims: (counts: Counts) => boolean): (chances: readonly number[]) => number {
  const claimed = new Uint8Array(countWays(tasks, outcomes));
  const counts = Array.from({ length: outcomes }, () => 0);
  let place = 0;
  const decide = (outcome: number, left: number): void => {
    if (outcome === outcomes - 1) {
      counts[outcome] = left;
      claimed[place++] = Number(claims(counts));
      return;
    }
    for (let count = 0; count <= left; count++) {
      counts[outcome] = count;
      decide(outcome + 1, left - count);
    }
  };
  decide(0, tasks);
  return (chances) => chanceOf(claimed, tasks, chances);
}

function chanceOf(claimed: Uint8Array, tasks: number, chances: readonly number[]): number {
  const terms = chances.map((chance) => {
    const row = new Float64Array(tasks + 1);
    row[0] = 1;
    for (let count = 1; count <= tasks; count++) row[count] = ((row[count - 1] ?? 0) * chance) / count;
    return row;
  });
  let place = 0;
  let total = 0;
  const add = (outcome: number, left: number, weight: number): void => {
    const row = terms[outcome];
    if (row === undefined) return;
    if (outcome === terms.length - 1) {
      if (claimed[place++] === 1) total += weight * (row[left] ?? 0);
      return;
    }
    for (let count = 0; count <= left; count++) add(outcome + 1, left - count, weight * (row[count] ?? 0));
  };
  add(0, tasks, 1);
  for (let count = 2; count <= tasks; count++) total *= count;
  return Math.min(1, total);
}
