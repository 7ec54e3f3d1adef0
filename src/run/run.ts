import { setMaxListeners } from "node:events";
import { CapReached, InfraError, messageOf } from "../core/errors.ts";
import type { Reporter } from "../core/event.ts";
import type { RunEnd } from "../core/record.ts";
import type { Trial } from "../core/trial.ts";
import type { Store } from "../store/store.ts";
import { storeFault } from "../store/store-fault.ts";
import { ArmEntry, ArmLeft } from "./arm-entry.ts";
import { DurationEstimator } from "./duration-estimator.ts";
import type { GrowingCapacity } from "./growing-capacity.ts";
import { type PlannedTrial, planTrials, type RunShape } from "./planned-trial.ts";
import { workThrough } from "./schedule.ts";

/**
 * What a run needs besides its shape. `capacity` bounds the trials whose agents work at once, `backlog` those that wait for their grading beside them.
 * `runTrial` returns the finished trial once it is stored, and calls `onAgentDone` when only its grading is left; it throws only when interrupted, at a spending limit, or when the
 * run cannot continue.
 */
export type RunDeps = {
  readonly store: Store;
  readonly report: Reporter;
  readonly signal: AbortSignal;
  /** Aborted when the run has used up its time; the trials in progress continue when the run is resumed. */
  readonly timeUp?: AbortSignal;
  readonly backlog?: number;
  readonly capacity: GrowingCapacity;
  runTrial(trial: PlannedTrial, signal: AbortSignal, onAgentDone: () => void): Promise<Trial>;
  /** Decides which trials of each arm may start; without it all may, until their arm is suspended. */
  readonly entry?: ArmEntry;
};

/**
 * Decides after each whole round (one more attempt of every task by every arm) whether another one is needed. `stop` ends the run for good, `pause` leaves it
 * to be resumed when its problem is fixed.
 */
export type InterimAnalysis = (round: number) => "continue" | "stop" | "pause";

// Why arms are suspended, and why no more trials are started at all.
type Suspensions = { readonly suspended: Map<string, string>; stoppedBy: string | null };

type Ending = { readonly end: RunEnd; readonly stoppedBy: string | null };

/**
 * Runs every trial that has no verdict yet. The end of a trial is stored before it is reported.
 *
 * Returns `complete` when every trial has a verdict or has used up its executions, `interrupted` when the signal was aborted, `failed` when an arm
 * or the whole run could not continue, because of a failure or a limit; such a run can be resumed. With an interim analysis, attempts are run one after the other, and the
 * run ends as soon as the analysis decides so.
 */
export async function runMissingTrials(shape: RunShape, deps: RunDeps, interimAnalysis: InterimAnalysis | null = null): Promise<RunEnd> {
  const { store, entry = new ArmEntry() } = deps;
  const trials = planTrials(shape, store.gradedKeys(shape.runId));
  const durations = new DurationEstimator(() => store.history.meanWorkingMs(shape.arms.map(({ id }) => id)));
  const report: Reporter = (event) => {
    if (event.kind === "trial-finished") durations.learn(event.trial);
    deps.report(event);
  };
  const planned = shape.tasks.length * shape.arms.length * shape.attempts;
  // A run without missing trials may still have no end: every trial was reused, or it was killed after the last one.
  const isDone = trials.length === 0 && store.findRun(shape.runId).end === "complete";
  if (!isDone) markEnd(store, shape.runId, { end: null, stoppedBy: null });
  report({ kind: "run-started", runId: shape.runId, arms: shape.arms, planned, alreadyDone: planned - trials.length });
  const work = { ...deps, report, durations, entry };
  const { end, stoppedBy } = await (interimAnalysis
    ? runInRounds(shape, { ...work, trials, interimAnalysis })
    : runAll(trials, work)
  ).catch((error: unknown) => {
    markFailure(store, shape.runId, error);
    throw error;
  });
  if (!isDone) markEnd(store, shape.runId, { end, stoppedBy });
  report({ kind: "run-finished", runId: shape.runId, end });
  return end;
}

type TimedRunDeps = RunDeps & { readonly durations: DurationEstimator; readonly entry: ArmEntry };
type Rounds = TimedRunDeps & { readonly trials: readonly PlannedTrial[]; readonly interimAnalysis: InterimAnalysis };

// Only whole rounds are analysed: the trials that happen to be finished are not a fair sample.
async function runInRounds(shape: RunShape, deps: Rounds): Promise<Ending> {
  for (let round = 1; round <= shape.attempts; round++) {
    const ending = await runAll(
      deps.trials.filter(({ key }) => key.attempt === round),
      deps,
    );
    if (ending.end !== "complete") return ending;
    const decision = deps.interimAnalysis(round);
    if (decision === "pause") return { end: "failed", stoppedBy: `the gate cannot judge round ${round}, because trials have no grade` };
    if (decision === "continue" || round === shape.attempts) continue;
    deps.store.endRounds(shape.runId, round);
    return ending;
  }
  return { end: "complete", stoppedBy: null };
}

// A full disk is reported with the trials; the run can be resumed without this mark.
function markEnd(store: Store, runId: string, { end, stoppedBy }: Ending | { readonly end: null; readonly stoppedBy: null }): void {
  try {
    store.endRun(runId, end, stoppedBy);
  } catch (error) {
    if (storeFault(error) === null) throw error;
  }
}

// What ended the run goes to the user, whether or not the database can still take it.
function markFailure(store: Store, runId: string, error: unknown): void {
  try {
    store.endRun(runId, "failed", messageOf(error));
  } catch {
    // A run without an end is one whose process did not say why.
  }
}

async function runAll(trials: readonly PlannedTrial[], deps: TimedRunDeps): Promise<Ending> {
  const suspensions: Suspensions = { suspended: new Map(), stoppedBy: null };
  const stop = new AbortController();
  const signal = AbortSignal.any([deps.signal, stop.signal, ...(deps.timeUp ? [deps.timeUp] : [])]);
  // Every trial in progress listens, and there may be hundreds.
  setMaxListeners(0, signal, deps.signal);
  const { entry } = deps;
  entry.plan(trials);
  const expectedMs = (planned: PlannedTrial): number | null => deps.durations.expectedMs(planned);
  const { backlog = 0, capacity } = deps;
  await workThrough(trials, { ...capacity.limitOf("agents"), backlog, signal, expectedMs }, async (planned, onAgentDone) => {
    if (suspensions.stoppedBy !== null || !(await entry.enter(planned, signal))) return;
    try {
      if (suspensions.stoppedBy !== null) return;
      await runOne(planned, { ...deps, signal, runTrial: (trial, stop) => deps.runTrial(trial, stop, onAgentDone) }, suspensions);
    } catch (error) {
      // Errors after the abort follow from it.
      if (signal.aborted) return;
      stop.abort(error);
      const failure = storeFault(error) ?? error;
      if (!(failure instanceof InfraError)) throw error;
      suspensions.stoppedBy = failure.message;
      deps.report({ kind: "notice", text: `Cannot continue: ${failure.message}` });
    } finally {
      entry.ended(planned);
    }
  });
  if (deps.signal.aborted) return { end: "interrupted", stoppedBy: messageOf(deps.signal.reason) };
  if (deps.timeUp?.aborted) return { end: "failed", stoppedBy: messageOf(deps.timeUp.reason) };
  const stoppedBy = suspensions.stoppedBy ?? ([...suspensions.suspended.values()].join("; ") || null);
  return { end: stoppedBy === null ? "complete" : "failed", stoppedBy };
}

type OneTrialDeps = Omit<TimedRunDeps, "runTrial"> & { readonly runTrial: (trial: PlannedTrial, signal: AbortSignal) => Promise<Trial> };

async function runOne(planned: PlannedTrial, deps: OneTrialDeps, suspensions: Suspensions): Promise<void> {
  const { key } = planned;
  deps.report({ kind: "trial-started", armId: key.armId, taskId: key.taskId, attempt: key.attempt });
  try {
    const trial = await deps.runTrial(planned, deps.signal);
    deps.report({ kind: "trial-finished", trial });
  } catch (error) {
    if (error instanceof ArmSuspended) deps.report({ kind: "trial-finished", trial: error.trial });
    else deps.report({ kind: "trial-left", armId: key.armId, taskId: key.taskId, attempt: key.attempt });
    // Why its arm is suspended was said before.
    if (error instanceof ArmLeft) return;
    if (error instanceof CapReached && error.scope === "run") stopAtCap(error, deps.report, suspensions);
    else if (error instanceof ArmSuspended || error instanceof CapReached) suspend(planned, error.message, deps, suspensions);
    else throw error;
  }
}

// Trials in progress may still afford their next request, or only need their grading; just no new ones are started.
function stopAtCap({ message }: CapReached, report: Reporter, suspensions: Suspensions): void {
  if (suspensions.stoppedBy !== null) return;
  suspensions.stoppedBy = message;
  report({ kind: "notice", text: `No more trials will be started: ${message}` });
}

function suspend({ arm }: PlannedTrial, why: string, { report, entry }: OneTrialDeps, suspensions: Suspensions): void {
  if (suspensions.suspended.has(arm.id)) return;
  suspensions.suspended.set(arm.id, `${arm.name}: ${why}`);
  entry.suspend(arm.id, why);
  report({ kind: "notice", text: `${arm.name} is suspended and its other trials are not started: ${why}` });
}

/** Thrown after a trial is stored when no other trial of its arm can succeed either. */
export class ArmSuspended extends Error {
  override readonly name = "ArmSuspended";
  readonly trial: Trial;

  constructor(message: string, trial: Trial) {
    super(message);
    this.trial = trial;
  }
}
