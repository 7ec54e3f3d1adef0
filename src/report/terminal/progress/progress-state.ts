import type { Activity, RunEvent } from "../../../core/event.ts";
import type { Arm, Trial } from "../../../core/trial.ts";
import { cellText } from "../table/table-style.ts";

/** What trials cost: null has an unknown part, and without a step nothing is known where requests may have been billed. */
export type Spent = { costUsd: number | null; steps: number; unbilledAttempts: number };

/** The trials of one arm that have ended. */
export type Tally = { readonly name: string; passed: number; failed: number; errors: number; tampered: number } & Spent;

/** A trial in progress, with what it has been doing since a moment of the clock. */
export type RunningTrial = {
  readonly armId: string;
  readonly taskId: string;
  readonly attempt: number;
  readonly startedAt: number;
  activity: Activity;
  since: number;
  /** The seconds without an answer that were told last. */
  toldSeconds: number;
};

type SpentEvent = Extract<RunEvent, { readonly kind: "spent" }>;

/** The state of a run as its events tell it. Times are in milliseconds of the clock that came with each event. */
export type ProgressState = {
  runId: string;
  planned: number;
  done: number;
  resumedDone: number;
  startedAt: number;
  spent: SpentEvent | null;
  readonly tallies: Map<string, Tally>;
  readonly running: Map<string, RunningTrial>;
  /** How long the finished trials of each arm took. */
  readonly durationsMs: Map<string, number[]>;
};

/** Makes the state of a run that has not begun. */
export function newState(now: number): ProgressState {
  return {
    runId: "",
    planned: 0,
    done: 0,
    resumedDone: 0,
    startedAt: now,
    spent: null,
    tallies: new Map(),
    running: new Map(),
    durationsMs: new Map(),
  };
}

/** Changes the state by an event. */
export function apply(state: ProgressState, event: RunEvent, now: number): void {
  if (event.kind === "run-started") {
    const { runId, planned, alreadyDone } = event;
    Object.assign(state, { runId, planned, done: alreadyDone, resumedDone: alreadyDone, startedAt: now });
    for (const arm of event.arms) state.tallies.set(arm.id, newTally(arm));
  }
  if (event.kind === "trial-started") {
    const { armId, taskId, attempt } = event;
    state.running.set(keyOf(event), { armId, taskId, attempt, startedAt: now, activity: { kind: "starting" }, since: now, toldSeconds: 0 });
  }
  if (event.kind === "activity") {
    const trial = state.running.get(keyOf(event));
    if (trial) Object.assign(trial, { activity: event.activity, since: now, toldSeconds: 0 });
  }
  if (event.kind === "trial-left") state.running.delete(keyOf(event));
  if (event.kind === "spent") state.spent = event;
  if (event.kind === "trial-finished") finish(state, event.trial, now);
}

function finish(state: ProgressState, trial: Trial, now: number): void {
  const key = keyOf(trial.key);
  const startedAt = state.running.get(key)?.startedAt;
  state.running.delete(key);
  state.done += 1;
  if (startedAt !== undefined) {
    const known = state.durationsMs.get(trial.key.armId) ?? [];
    state.durationsMs.set(trial.key.armId, [...known, now - startedAt]);
  }
  count(state.tallies.get(trial.key.armId), trial);
}

const keyOf = ({ armId, taskId, attempt }: { readonly armId: string; readonly taskId: string; readonly attempt: number }): string =>
  `${armId}/${taskId}/${attempt}`;

function newTally(arm: Arm): Tally {
  return { name: cellText(arm.name), passed: 0, failed: 0, errors: 0, tampered: 0, costUsd: 0, steps: 0, unbilledAttempts: 0 };
}

function count(tally: Tally | undefined, { outcome, totals }: Trial): void {
  if (!tally) return;
  if (outcome.kind === "error") tally.errors += 1;
  else if (outcome.verdict.passed) tally.passed += 1;
  else tally.failed += 1;
  if (outcome.kind === "graded" && outcome.verdict.tampering.length > 0) tally.tampered += 1;
  const { costUsd, iterations, unbilledAttempts } = totals;
  tally.costUsd = tally.costUsd === null || costUsd === null ? null : tally.costUsd + costUsd;
  tally.steps += iterations;
  tally.unbilledAttempts += unbilledAttempts;
}
