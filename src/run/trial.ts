import { firstTurns } from "../agent/loop/first-turns.ts";
import { runAgent } from "../agent/loop/loop.ts";
import type { AgentRun } from "../agent/loop/progress.ts";
import { CameOutOtherwise, Rerun } from "../agent/loop/transcript-replay.ts";
import type { Past } from "../core/agent.ts";
import { CapReached, InfraError, type InfraSource, messageOf, UserError } from "../core/errors.ts";
import type { Reporter } from "../core/event.ts";
import type { Model, Purse } from "../core/model.ts";
import { type OpenSandbox, type Sandbox, SandboxLost, WORKSPACE } from "../core/sandbox.ts";
import type { SourceFile } from "../core/task.ts";
import type { Delivery, Outcome, Trial } from "../core/trial.ts";
import { storeFault } from "../store/fault.ts";
import type { Store } from "../store/store.ts";
import type { OpenTry } from "../store/execution-table.ts";
import { givenDigest } from "./inputs-digest.ts";
import type { Grading } from "./grading.ts";
import { handedIn } from "./take-submission.ts";
import { judgeTrial } from "./grade-submission.ts";
import { type Meter, meterJournal } from "./trial-totals.ts";
import type { PlannedTrial } from "./planned-trial.ts";
import { ArmParked } from "./run.ts";

/** What a trial needs. */
export type TrialParts = {
  readonly store: Store;
  readonly report: Reporter;
  readonly openSandbox: OpenSandbox;
  readonly openModel: (trial: PlannedTrial) => Model;
  /** What the requests of a trial reserve from; told what the trial has cost so far. */
  readonly purseFor: (trial: PlannedTrial, spentUsd: number) => Purse;
  readonly grading: Grading;
  readonly image: string;
  readonly runtime: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly now: () => Date;
};

// An engine that stumbled once often does not a second time; a provider's faults were already retried by its adapter.
const MAX_TRIES = 3;

/**
 * Runs one trial to a verdict and stores it, going on from what was stored of it before: what an agent has been answered is never asked for again.
 * Calls `handedIn` as soon as its agent is done and only the grading is left.
 *
 * Throws the signal's reason when interrupted, InfraError with scope `run` when no trial can succeed, CapReached when the run or the arm has used up its cap, and
 * ArmParked when no trial of this arm can succeed; any other failure of ours becomes an `error` outcome.
 */
export async function runTrial(
  planned: PlannedTrial,
  parts: TrialParts,
  signal: AbortSignal,
  handedIn: () => void = () => {},
): Promise<Trial> {
  for (let tries = 1; ; tries++) {
    const result = await tryOnce(planned, { ...parts, handedIn }, signal);
    const { tryId, trial, error } = result;
    if (result.kind === "failed" && tries < MAX_TRIES && isPassing(error)) {
      // What was paid for stays: the next go takes it up.
      parts.store.tries.leave(tryId, messageOf(error));
      continue;
    }
    if (result.kind === "failed" && tries < MAX_TRIES && error instanceof CameOutOtherwise) {
      parts.store.tries.abandon(tryId, `it could not be gone on with: ${error.message}`);
      continue;
    }
    parts.store.saveTrial(trial, tryId);
    await parts.store.kept();
    if (error instanceof InfraError && error.scope === "arm") throw new ArmParked(error.message, trial);
    return trial;
  }
}

type HandedInEvent = { readonly handedIn: () => void };
type Try = { readonly kind: "graded" | "failed"; readonly tryId: number; readonly trial: Trial; readonly error: unknown };

async function tryOnce(planned: PlannedTrial, parts: TrialParts & HandedInEvent, signal: AbortSignal): Promise<Try> {
  const { key } = planned;
  const go = parts.store.tries.open(key);
  const { tryId } = go;
  const startedAt = parts.now().toISOString();
  const start = performance.now();
  const meter = meterJournal(go.journal, (iteration, costUsd) =>
    parts.report({ kind: "step", armId: key.armId, taskId: key.taskId, iteration, costUsd }),
  );
  const finish = (outcome: Outcome): Trial => ({ key, outcome, totals: meter.totals(), startedAt, durationMs: performance.now() - start });
  try {
    const outcome = await agentThenGrade(planned, { ...parts, go, meter }, signal);
    return { kind: "graded", tryId, trial: finish(outcome), error: null };
  } catch (thrown) {
    // When results can no longer be stored there is nothing to write down either.
    const error = storeFault(thrown) ?? thrown;
    if (error !== thrown) throw error;
    if (signal.aborted || isFatal(error) || error instanceof CapReached) {
      parts.store.tries.leave(tryId, signal.aborted ? "interrupted" : messageOf(error));
      throw signal.aborted ? signal.reason : error;
    }
    return { kind: "failed", tryId, trial: finish({ kind: "error", source: sourceOf(error), message: messageOf(error) }), error };
  }
}

function isFatal(error: unknown): boolean {
  return error instanceof InfraError && error.scope === "run";
}

// A user's mistake that only shows now is a task whose tests do not fit its reference.
function sourceOf(error: unknown): InfraSource {
  if (error instanceof InfraError) return error.source;
  return error instanceof UserError ? "grader" : "harness";
}

function isPassing(error: unknown): boolean {
  return error instanceof InfraError && error.scope === "trial" && (error.source === "sandbox" || error.source === "grader");
}

type TryParts = TrialParts & HandedInEvent & { readonly go: OpenTry; readonly meter: Meter };

async function agentThenGrade(planned: PlannedTrial, parts: TryParts, signal: AbortSignal): Promise<Outcome> {
  const { task } = planned;
  // A task that cannot be graded must not cost a model's tokens.
  await parts.grading.prepare(task, signal);
  const delivery = parts.go.delivery ?? (await workInBox(planned, parts, signal));
  parts.handedIn();
  if (parts.go.delivery) parts.meter.recall(parts.go.past, parts.go.delivery);
  signal.throwIfAborted();
  const { store, grading, go } = parts;
  const verdict = await judgeTrial({ task, tryId: go.tryId, files: delivery.files }, { store, grading, signal });
  return { kind: "graded", stop: delivery.stop, verdict };
}

async function workInBox(planned: PlannedTrial, parts: TryParts, signal: AbortSignal): Promise<Delivery> {
  signal.throwIfAborted();
  const { task } = planned;
  const { meter, go } = parts;
  const workspace = await task.files.workspace();
  const box = await parts.openSandbox(
    { image: task.image ?? parts.image, limits: task.sandbox, runtime: parts.runtime, labels: parts.labels },
    signal,
  );
  try {
    await layOut(box, workspace);
    const { stop, unbilledAttempts, workingMs } = await runAgent({
      ...agentInputs(planned, workspace),
      model: parts.openModel(planned),
      sandbox: box,
      journal: meter.journal,
      signal,
      purse: parts.purseFor(planned, costSoFar(go.past)),
      rerun: new Rerun(go.past),
    });
    meter.settle({ unbilledAttempts, workingMs });
    const files = await handedIn(box, task, (note) => meter.journal.noted(meter.totals().iterations, note));
    const delivery = { stop, files, workingMs, unbilledAttempts, givenDigest: givenDigest(task, workspace) };
    parts.store.tries.deliver(go.tryId, delivery);
    return delivery;
  } finally {
    await closeBox(box, meter);
  }
}

async function layOut(box: Sandbox, workspace: readonly SourceFile[]): Promise<void> {
  try {
    await box.putFiles(WORKSPACE, workspace);
  } catch (error) {
    if (!(error instanceof SandboxLost)) throw error;
    // Nothing of the model's has run yet, so it cannot be the model's doing.
    throw new InfraError("sandbox", `Cannot start in the sandbox: ${error.message}; try again`, { cause: error });
  }
}

/** What the agent loop is given of a trial, the same each time it is played. */
export function agentInputs(
  { task, arm, key }: PlannedTrial,
  workspace: readonly SourceFile[],
): Pick<AgentRun, "firstTurns" | "settings" | "cacheKey"> {
  const contextFiles = arm.settings.contextFiles ? task.contextFiles : [];
  return {
    firstTurns: firstTurns({ prompt: task.prompt, contextFiles, workspace }),
    settings: arm.settings,
    cacheKey: `${key.runId}/${key.taskId}/${key.armId.slice(0, 12)}/${key.attempt}`,
  };
}

function costSoFar(past: Past | null): number {
  return (past?.answers ?? []).reduce((sum, answer) => sum + (answer.kind === "response" ? (answer.cost.costUsd ?? 0) : 0), 0);
}

// A box that does not go away is swept later; it must not cost the work that was done in it.
async function closeBox(box: Sandbox, meter: Meter): Promise<void> {
  try {
    await box.close();
  } catch (error) {
    meter.journal.noted(meter.totals().iterations, { kind: "box-left", text: messageOf(error) });
  }
}
