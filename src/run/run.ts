import { setMaxListeners } from "node:events";
import { CapReached, InfraError, messageOf } from "../core/errors.ts";
import type { Reporter } from "../core/event.ts";
import type { RunEnd } from "../core/record.ts";
import type { Trial } from "../core/trial.ts";
import { storeFault } from "../store/fault.ts";
import type { Store } from "../store/store.ts";
import { DurationEstimator } from "./duration-estimator.ts";
import { type PlannedTrial, planTrials, type RunShape } from "./planned-trial.ts";
import { workThrough } from "./schedule.ts";

/**
 * What a run needs besides its shape. `width` bounds the trials whose agents are at work, `backlog` those that wait for their grading besides.
 * `runTrial` gives the finished trial, stored, and calls `handedIn` when its agent is done; it throws only when interrupted, at a cap, or when the run cannot go on.
 */
export type RunDeps = {
  readonly store: Store;
  readonly report: Reporter;
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** Aborted when the run has used up its time; what is under way is left to be gone on with. */
  readonly timeUp?: AbortSignal;
  readonly backlog?: number;
  runTrial(trial: PlannedTrial, signal: AbortSignal, handedIn: () => void): Promise<Trial>;
  /** Told which trials will be run, before the first of them. */
  readonly expect?: (trials: readonly PlannedTrial[]) => void;
};

/**
 * Is asked after each whole round (one more attempt of every task by every arm) whether there is need for another. `stop` ends the run for good, `pause` leaves it
 * to be resumed when what is wrong with it has been mended.
 */
export type LookAfterRound = (round: number) => "continue" | "stop" | "pause";

// Why a whole arm cannot go on, or the run, found while running.
type Suspensions = { readonly suspended: Map<string, string>; stoppedBy: string | null };

type Ending = { readonly end: RunEnd; readonly stoppedBy: string | null };

/**
 * Runs every trial that has no grade yet. What ends a trial is stored before it is told.
 *
 * Gives `complete` when every trial has a grade or an error that was tried to the end, `interrupted` when the signal was aborted, `failed` when an arm
 * or the whole run could not go on, for a fault or a cap; such a run can be resumed. With `look`, attempts are run one after the other, and the run ends as soon as it is decided.
 */
export async function executeRun(shape: RunShape, parts: RunDeps, look: LookAfterRound | null = null): Promise<RunEnd> {
  const { store } = parts;
  const trials = planTrials(shape, store.gradedKeys(shape.runId));
  const durations = new DurationEstimator(() => store.history.meanWorkingMs(shape.arms.map(({ id }) => id)));
  const report: Reporter = (event) => {
    if (event.kind === "trial-finished") durations.learn(event.trial);
    parts.report(event);
  };
  const planned = shape.tasks.length * shape.arms.length * shape.attempts;
  // A run may have nothing to do and yet no end: everything was taken over, or it was killed after its last trial.
  const isDone = trials.length === 0 && store.findRun(shape.runId).end === "complete";
  if (!isDone) markEnd(store, shape.runId, { end: null, stoppedBy: null });
  report({ kind: "run-started", runId: shape.runId, arms: shape.arms, planned, alreadyDone: planned - trials.length });
  const { end, stoppedBy } = look
    ? await runInRounds(shape, { ...parts, report, durations, trials, look })
    : await runAll(trials, { ...parts, report, durations });
  if (!isDone) markEnd(store, shape.runId, { end, stoppedBy });
  report({ kind: "run-finished", runId: shape.runId, end });
  return end;
}

type TimedRunDeps = RunDeps & { readonly durations: DurationEstimator };
type Rounds = TimedRunDeps & { readonly trials: readonly PlannedTrial[]; readonly look: LookAfterRound };

// Only whole rounds are looked at: what happens to be finished is no fair sample.
async function runInRounds(shape: RunShape, parts: Rounds): Promise<Ending> {
  for (let round = 1; round <= shape.attempts; round++) {
    const ending = await runAll(
      parts.trials.filter(({ key }) => key.attempt === round),
      parts,
    );
    if (ending.end !== "complete") return ending;
    const decision = parts.look(round);
    if (decision === "pause") return { end: "failed", stoppedBy: null };
    if (decision === "continue" || round === shape.attempts) continue;
    parts.store.endRounds(shape.runId, round);
    return ending;
  }
  return { end: "complete", stoppedBy: null };
}

// A full disk is told with the trials; the run stays resumable without its mark.
function markEnd(store: Store, runId: string, { end, stoppedBy }: Ending | { readonly end: null; readonly stoppedBy: null }): void {
  try {
    store.endRun(runId, end, stoppedBy);
  } catch (error) {
    if (storeFault(error) === null) throw error;
  }
}

async function runAll(trials: readonly PlannedTrial[], parts: TimedRunDeps): Promise<Ending> {
  const suspensions: Suspensions = { suspended: new Map(), stoppedBy: null };
  const stop = new AbortController();
  const signal = AbortSignal.any([parts.signal, stop.signal, ...(parts.timeUp ? [parts.timeUp] : [])]);
  // Every trial in hand listens, and there may be hundreds.
  setMaxListeners(0, signal, parts.signal);
  parts.expect?.(trials);
  const expectedMs = (planned: PlannedTrial): number | null => parts.durations.expectedMs(planned);
  const { concurrency, backlog = 0 } = parts;
  await workThrough(trials, { concurrency, backlog, signal, expectedMs }, async (planned, onAgentDone) => {
    if (suspensions.stoppedBy !== null || suspensions.suspended.has(planned.arm.id)) return;
    try {
      await runOne(planned, { ...parts, signal, runTrial: (trial, stop) => parts.runTrial(trial, stop, onAgentDone) }, suspensions);
    } catch (error) {
      // What comes after the abort is its echo.
      if (signal.aborted) return;
      stop.abort(error);
      const failure = storeFault(error) ?? error;
      if (!(failure instanceof InfraError)) throw error;
      suspensions.stoppedBy = failure.message;
      parts.report({ kind: "notice", text: `Cannot go on: ${failure.message}` });
    }
  });
  if (parts.signal.aborted) return { end: "interrupted", stoppedBy: null };
  if (parts.timeUp?.aborted) return { end: "failed", stoppedBy: messageOf(parts.timeUp.reason) };
  const stoppedBy = suspensions.stoppedBy ?? ([...suspensions.suspended.values()].join("; ") || null);
  return { end: stoppedBy === null ? "complete" : "failed", stoppedBy };
}

type OneTrialDeps = Omit<RunDeps, "runTrial"> & { readonly runTrial: (trial: PlannedTrial, signal: AbortSignal) => Promise<Trial> };

async function runOne(planned: PlannedTrial, parts: OneTrialDeps, suspensions: Suspensions): Promise<void> {
  const { key } = planned;
  parts.report({ kind: "trial-started", armId: key.armId, taskId: key.taskId, attempt: key.attempt });
  try {
    const trial = await parts.runTrial(planned, parts.signal);
    parts.report({ kind: "trial-finished", trial });
  } catch (error) {
    if (error instanceof ArmSuspended) parts.report({ kind: "trial-finished", trial: error.trial });
    else parts.report({ kind: "trial-left", armId: key.armId, taskId: key.taskId, attempt: key.attempt });
    if (error instanceof CapReached && error.scope === "run") stopAtCap(error, parts, suspensions);
    else if (error instanceof ArmSuspended || error instanceof CapReached) suspend(planned, error.message, { parts, suspensions });
    else throw error;
  }
}

// Trials under way may still fit their next request in, or have only their grading before them; only new ones are not started.
function stopAtCap({ message }: CapReached, parts: Pick<RunDeps, "report">, suspensions: Suspensions): void {
  if (suspensions.stoppedBy !== null) return;
  suspensions.stoppedBy = message;
  parts.report({ kind: "notice", text: `No more trials are started: ${message}` });
}

function suspend(
  { arm }: PlannedTrial,
  why: string,
  { parts, suspensions }: { readonly parts: Pick<RunDeps, "report">; readonly suspensions: Suspensions },
): void {
  if (suspensions.suspended.has(arm.id)) return;
  suspensions.suspended.set(arm.id, `${arm.name}: ${why}`);
  parts.report({ kind: "notice", text: `${arm.name} is set aside, its other trials are not started: ${why}` });
}

/** Thrown after the trial is stored, when no other trial of its arm can succeed either. */
export class ArmSuspended extends Error {
  override readonly name = "ArmParked";
  readonly trial: Trial;

  constructor(message: string, trial: Trial) {
    super(message);
    this.trial = trial;
  }
}
