import type { TaskResult } from "../core/record.ts";

/** Results of one task, as far as the cost of solving it goes. */
type Solved = Pick<TaskResult, "passed" | "trials" | "costUsd">;

/**
 * Computes what solving a task costs, in US dollars: the mean cost of a trial over the pass rate, with equal weight for each task in both, however many trials it has. The
 * one definition for all tables. Null where a cost is unknown or nothing was solved.
 */
export function costPerSolved(tasks: readonly Solved[]): number | null {
  const tried = tasks.filter(({ trials }) => trials > 0);
  if (tried.some(({ costUsd }) => costUsd === null)) return null;
  const cost = tried.reduce((sum, { costUsd, trials }) => sum + (costUsd ?? 0) / trials, 0);
  const solved = tried.reduce((sum, { passed, trials }) => sum + passed / trials, 0);
  return solved === 0 ? null : cost / solved;
}
