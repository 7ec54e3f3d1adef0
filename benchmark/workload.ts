import { seededDraw } from "../src/model/scripted/mutation.ts";

/** What one trial of the mixed workload consists of: the time that each of its responses takes, and the time of its tests. */
export type Work = { readonly latenciesMs: readonly number[]; readonly testMs: number };

const STEPS = { least: 8, most: 20 };
const LATENCY_MS = { median: 3_500, spread: 0.8, least: 1_000, most: 20_000 };
const TEST_MS = { median: 700, spread: 1, least: 200, most: 10_000 };

type LogNormal = { readonly median: number; readonly spread: number; readonly least: number; readonly most: number };

/** Draws the work of one attempt at a task. Attempts at a task have about as many steps and the same tests, as real ones do. */
export function workOf(task: number, attempt: number): Work {
  const usual = STEPS.least + Math.floor(seededDraw("steps", task) * (STEPS.most - STEPS.least + 1));
  const steps = clamp(usual + Math.floor(seededDraw("more", task, attempt) * 5) - 2, STEPS.least, STEPS.most);
  const latenciesMs = Array.from({ length: steps }, (_, step) => logNormal(LATENCY_MS, ["latency", task, attempt, step]));
  return { latenciesMs, testMs: logNormal(TEST_MS, ["test", task]) };
}

/** The name of the model that plays this attempt; all that the provider is told of it. */
export function modelName(task: number, attempt: number): string {
  return `mixed-${task}-${attempt}`;
}

/** The name of a model that answers at once, for a fixed number of steps. */
export const steadyModelName = "steady";
export const STEADY_STEPS = 55;

/** The work that a model's name stands for. */
export function workOfModel(name: string): Work {
  if (name === steadyModelName) return { latenciesMs: Array.from({ length: STEADY_STEPS }, () => 0), testMs: 0 };
  const [, task, attempt] = name.split("-").map(Number);
  return workOf(task ?? 0, attempt ?? 0);
}

function logNormal({ median, spread, least, most }: LogNormal, seed: readonly (string | number)[]): number {
  // Box and Muller: two even draws give one of the normal distribution.
  const [one, two] = [1 - seededDraw(...seed, 1), seededDraw(...seed, 2)];
  const normal = Math.sqrt(-2 * Math.log(one)) * Math.cos(2 * Math.PI * two);
  return Math.round(clamp(median * Math.exp(spread * normal), least, most));
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
