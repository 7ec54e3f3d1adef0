import { normalQuantile } from "../normal.ts";
import { fixedUniforms } from "./random.ts";

// Suites that are drawn for one figure: its standard error at a power of 80 % is 0.6 points.
const SUITES = 4000;
// Draws of single tasks are dearer than draws of counts.
const MAX_DRAWS = 250_000;
const MAX_COUNTS = 60_000;
const MIN_SUITES = 1000;
// Up to so many expected tasks the count is drawn exactly.
const EXACT_BELOW = 12;

/**
 * Estimates the chance of a claim about independent tasks by drawing suites: how many tasks have each outcome. The same numbers are drawn for every set of chances, so
 * that figures for neighbouring sets differ by what distinguishes the sets.
 */
export function simulatedCounts(
  tasks: number,
  outcomes: number,
  claims: (counts: readonly number[]) => boolean,
): (chances: readonly number[]) => number {
  const suites = Math.max(MIN_SUITES, Math.min(SUITES, Math.floor(MAX_COUNTS / outcomes)));
  const numbers = fixedNumbers(suites * (outcomes - 1));
  const counts = Array.from({ length: outcomes }, () => 0);
  return (chances) => {
    let claimed = 0;
    for (let suite = 0; suite < suites; suite++) {
      let left = tasks;
      let share = 1;
      for (let outcome = 0; outcome < outcomes - 1; outcome++) {
        const chance = chances[outcome] ?? 0;
        const count = share <= 0 ? 0 : binomialAt(numbers[suite * (outcomes - 1) + outcome] ?? 0.5, left, Math.min(1, chance / share));
        counts[outcome] = count;
        left -= count;
        share -= chance;
      }
      counts[outcomes - 1] = left;
      claimed += Number(claims(counts));
    }
    return claimed / suites;
  };
}

let drawn = new Float64Array(0);

function fixedNumbers(length: number): Float64Array {
  if (drawn.length >= length) return drawn;
  const uniform = fixedUniforms();
  drawn = new Float64Array(length);
  for (let index = 0; index < length; index++) drawn[index] = uniform();
  return drawn;
}

/** Finds the number of successes in `n` trials below which a share `u` of the distribution lies. @see Cornish and Fisher 1938 */
function binomialAt(u: number, n: number, p: number): number {
  if (p > 0.5) return n - binomialAt(1 - u, n, 1 - p);
  if (n === 0 || p <= 0) return 0;
  if (n * p >= EXACT_BELOW) {
    const z = normalQuantile(u);
    return Math.min(n, Math.max(0, Math.round(n * p + Math.sqrt(n * p * (1 - p)) * z + ((1 - 2 * p) * (z * z - 1)) / 6)));
  }
  const odds = p / (1 - p);
  let chance = (1 - p) ** n;
  let below = chance;
  let count = 0;
  while (below < u && count < n) {
    chance *= ((n - count) / (count + 1)) * odds;
    below += chance;
    count++;
  }
  return count;
}

/**
 * Estimates the chance of a claim by drawing every task of every suite, for tasks that are not alike. `levelOf` gives the place in the tables from which a task is
 * drawn; `claims` gets the outcome of every task.
 */
export function simulatedTasks(
  tasks: number,
  levelOf: (uniform: () => number, tables: readonly Float64Array[]) => (task: number) => number,
  claims: (outcomes: Int32Array) => boolean,
): (tables: readonly Float64Array[]) => number {
  const suites = Math.max(MIN_SUITES, Math.min(SUITES, Math.floor(MAX_DRAWS / tasks)));
  const outcomes = new Int32Array(tasks);
  return (tables) => {
    const uniform = fixedUniforms();
    const sums = tables.map(runningSums);
    let claimed = 0;
    for (let suite = 0; suite < suites; suite++) {
      const level = levelOf(uniform, tables);
      for (let task = 0; task < tasks; task++) outcomes[task] = placeIn(sums[level(task)] ?? new Float64Array(1), uniform());
      claimed += Number(claims(outcomes));
    }
    return claimed / suites;
  };
}

function runningSums(table: Float64Array): Float64Array {
  let sum = 0;
  return table.map((chance) => (sum += chance));
}

function placeIn(sums: Float64Array, u: number): number {
  const wanted = u * (sums.at(-1) ?? 1);
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] ?? 1) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
