import type { Trial } from "../core/trial.ts";
import type { PlannedTrial } from "./planned-trial.ts";

type Mean = { readonly ms: number; readonly trials: number };

/** How long agents worked on average in past trials. */
export type PastDurations = readonly { readonly armId: string; readonly taskId: string; readonly ms: number; readonly trials: number }[];

/** Estimates how long a trial takes: the mean of its arm and task in earlier runs and this one, otherwise the mean of its task, otherwise the mean of its arm. */
export class DurationEstimator {
  readonly #past: () => PastDurations;
  readonly #means = new Map<string, Mean>();
  #isPastRead = false;

  /** Takes a function that reads past durations, called at the first estimate. */
  constructor(past: () => PastDurations) {
    this.#past = past;
  }

  /** Adds the duration of a finished trial. */
  learn({ key, totals, outcome }: Trial): void {
    if (outcome.kind === "graded") this.#add({ armId: key.armId, taskId: key.taskId, ms: totals.workingMs, trials: 1 });
  }

  /** Estimates how long the agent will work in ms; null when nothing is known of its task and its arm. */
  expectedMs({ task, arm }: PlannedTrial): number | null {
    if (!this.#isPastRead) for (const past of this.#past()) this.#add(past);
    this.#isPastRead = true;
    const known = this.#means.get(pairOf(arm.id, task.id)) ?? this.#means.get(taskOf(task.id)) ?? this.#means.get(armOf(arm.id));
    return known?.ms ?? null;
  }

  #add({ armId, taskId, ms, trials }: PastDurations[number]): void {
    for (const key of [pairOf(armId, taskId), taskOf(taskId), armOf(armId)]) {
      const before = this.#means.get(key) ?? { ms: 0, trials: 0 };
      const count = before.trials + trials;
      this.#means.set(key, { ms: before.ms + ((ms - before.ms) * trials) / count, trials: count });
    }
  }
}

const pairOf = (armId: string, taskId: string): string => `pair ${armId} ${taskId}`;
const taskOf = (taskId: string): string => `task ${taskId}`;
const armOf = (armId: string): string => `arm ${armId}`;
