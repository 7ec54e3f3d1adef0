import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { normalCdf, normalQuantile } from "../../src/stats/normal.ts";
import type { PairedTask } from "../../src/stats/paired.ts";
import { betaQuantile } from "../../src/stats/student-t.ts";

const CELLS = 4096;
const MODEL_CORRELATION = 0.8;
// With these parameters summing to 1, half of the variance of an outcome lies between tasks.
const CONCENTRATION = 1;

/** What is true of two arms: the baseline's mean pass rate and the candidate's difference, and whether tasks gain and lose or all move one way. */
export type Truth = { readonly rate: number; readonly difference: number; readonly change: "prompt" | "model" };

/** How a suite is drawn: with `groupSize` tasks to a group, half of what tasks differ in is common to a group. */
export type Shape = { readonly tasks: number; readonly attempts: number; readonly groupSize: number | null };

/** A stream of random numbers of its own for every cell, so that one lucky draw does not colour a whole column. */
export function streamOf(...parts: readonly (number | string)[]): () => number {
  let seed = 20261125;
  for (const letter of parts.join(" ")) seed = (Math.imul(seed, 31) + letter.charCodeAt(0)) | 0;
  const generator = xoroshiro128plus(seed);
  return () => uniformFloat64(generator);
}

const tables = new Map<number, Float64Array>();

function ratesOf(mean: number): Float64Array {
  const known = tables.get(mean);
  if (known) return known;
  const table = Float64Array.from({ length: CELLS }, (_, cell) =>
    mean <= 0.001 || mean >= 0.999
      ? Math.round(mean)
      : betaQuantile((cell + 0.5) / CELLS, mean * CONCENTRATION, (1 - mean) * CONCENTRATION),
  );
  tables.set(mean, table);
  return table;
}

/** Draws a number from the standard normal distribution. */
export function normal(uniform: () => number): number {
  return normalQuantile(Math.min(1 - 1e-12, Math.max(1e-12, uniform())));
}

/** A task as it truly is: the chance of a pass in each arm, and its group. */
type TrueTask = { readonly before: number; readonly after: number; readonly group?: string };

/** Draws the tasks of a suite. */
function drawTasks(
  { rate, difference, change }: Truth,
  { tasks, groupSize }: Pick<Shape, "tasks" | "groupSize">,
  uniform: () => number,
): readonly TrueTask[] {
  const [before, after] = [ratesOf(rate), ratesOf(Math.min(1, Math.max(0, rate + difference)))];
  const at = (table: Float64Array, latent: number): number => table[Math.min(CELLS - 1, Math.floor(normalCdf(latent) * CELLS))] ?? 0;
  let [common, shift] = [0, 0];
  return Array.from({ length: tasks }, (_, task) => {
    if (groupSize !== null && task % groupSize === 0) [common, shift] = [normal(uniform), normal(uniform)];
    const mixed = (own: number, shared: number): number => (groupSize === null ? own : Math.SQRT1_2 * (own + shared));
    const latent = mixed(normal(uniform), common);
    const effect = change === "prompt" ? 0 : mixed(normal(uniform), shift);
    const other = change === "prompt" ? latent : MODEL_CORRELATION * latent + Math.sqrt(1 - MODEL_CORRELATION ** 2) * effect;
    return {
      before: at(before, latent),
      after: at(after, other),
      ...(groupSize === null ? {} : { group: `group-${Math.floor(task / groupSize)}` }),
    };
  });
}

/** Draws a suite and every trial of both arms on it. */
export function drawSuite(truth: Truth, shape: Shape, uniform: () => number): readonly PairedTask[] {
  return drawRounds(truth, shape, uniform).at(-1) ?? [];
}

/** Draws a suite, and the counts of both arms on it after each attempt of every task. */
export function drawRounds(truth: Truth, shape: Shape, uniform: () => number): readonly (readonly PairedTask[])[] {
  const tasks = drawTasks(truth, shape, uniform);
  const passed = tasks.map(() => ({ baseline: 0, candidate: 0 }));
  return Array.from({ length: shape.attempts }, (_, round) =>
    tasks.map(({ before, after, group }, index) => {
      const counts = passed[index] ?? { baseline: 0, candidate: 0 };
      counts.baseline += Number(uniform() < before);
      counts.candidate += Number(uniform() < after);
      const side = (passes: number): PairedTask["baseline"] => ({ passed: passes, trials: round + 1 });
      return {
        baseline: side(counts.baseline),
        candidate: side(counts.candidate),
        ...(group === undefined ? {} : { group }),
      };
    }),
  );
}
