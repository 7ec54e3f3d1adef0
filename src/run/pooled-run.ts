import type { Reporter } from "../core/event.ts";
import type { RunEnd } from "../core/record.ts";
import type { SandboxSpec } from "../core/sandbox.ts";
import type { PlannedTrial, RunShape } from "./planned-trial.ts";
import { executeRun, type LookAfterRound } from "./run.ts";
import { SandboxPool } from "./sandbox-pool.ts";
import { makeTrialRunner, type TrialRunnerDeps } from "./trial-runner.ts";

/** What a run needs from outside: who plays, what its sandboxes are made of, its limits, and what ends it. */
export type PooledRunDeps = Omit<TrialRunnerDeps, "labels"> & {
  readonly report: Reporter;
  /** How many agents are at work at once. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** Aborted when the run has used up its time; what is under way is left to be gone on with. */
  readonly timeUp?: AbortSignal;
  readonly look?: LookAfterRound | null;
};

/**
 * Runs what is missing of a run with its sandboxes pooled, and returns when the last of them has gone. Agents at work and gradings have limits of their own; as many
 * trials again may wait to be graded, so that slow tests keep no model waiting.
 */
export async function runPooled(shape: RunShape, parts: PooledRunDeps): Promise<RunEnd> {
  const { store, report, signal, timeUp, concurrency, grading, image, runtime } = parts;
  const notify = (text: string): void => report({ kind: "notice", text });
  const pool = new SandboxPool({
    open: parts.openSandbox,
    signal: timeUp ? AbortSignal.any([signal, timeUp]) : signal,
    spares: Math.min(concurrency, grading),
    notify,
  });
  const labels = { "bench.run": shape.runId };
  const sandboxSpecOf = ({ task }: PlannedTrial): SandboxSpec => ({
    image: task.image ?? image,
    limits: task.sandbox,
    runtime,
    labels,
  });
  const runParts = {
    store,
    report,
    signal,
    concurrency,
    backlog: concurrency + grading,
    runTrial: makeTrialRunner({ ...parts, openSandbox: pool.open, labels }),
    // One sandbox to work in and one to be graded in.
    expect: (trials: readonly PlannedTrial[]) => {
      for (const trial of trials) {
        pool.expect(sandboxSpecOf(trial));
        pool.expect({ ...sandboxSpecOf(trial), hasPriority: true });
      }
    },
    ...(timeUp ? { timeUp } : {}),
  };
  try {
    return await executeRun(shape, runParts, parts.look ?? null);
  } finally {
    await pool.drain();
  }
}
