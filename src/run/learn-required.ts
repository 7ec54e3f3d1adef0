import { UserError } from "../core/errors.ts";
import type { Task } from "../core/task.ts";
import type { Store } from "../store/store.ts";

/** How the names of required tests are learned and where they are kept. */
export type RequiredDeps = {
  readonly store: Store;
  readonly imageIdOf: (task: Task) => string;
  /** Learns the names from the reference solution; throws UserError when that does not pass. */
  readonly learn: (task: Task, signal: AbortSignal) => Promise<readonly string[]>;
};

/**
 * Tells the required tests of a task. Names written in the task win; learned ones are kept in the store for this task and image, and are learned
 * once however many trials ask at the same time.
 */
export function requiredTests(parts: RequiredDeps): (task: Task, signal: AbortSignal) => Promise<readonly string[]> {
  const underway = new Map<string, Promise<readonly string[]>>();
  return (task, signal) => {
    if (task.tests.required) return Promise.resolve(task.tests.required);
    const started = underway.get(task.digest) ?? recall(task, signal);
    underway.set(task.digest, started);
    return started;
  };

  async function recall(task: Task, signal: AbortSignal): Promise<readonly string[]> {
    const imageId = parts.imageIdOf(task);
    const known = parts.store.requiredTests(task.digest, imageId);
    if (known) return known;
    try {
      const names = await parts.learn(task, signal);
      parts.store.saveRequiredTests(task.digest, imageId, names);
      return names;
    } catch (error) {
      // A reference that fails will fail again; an engine's stumble must not spoil the task for the trials that come after.
      if (!(error instanceof UserError)) underway.delete(task.digest);
      throw error;
    }
  }
}
