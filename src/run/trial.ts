import { type Agent, type AgentContext, type Past, ReplayDiverged } from "../core/agent.ts";
import { CapReached, InfraError, type InfraSource, messageOf, UserError } from "../core/errors.ts";
import type { Reporter } from "../core/event.ts";
import type { Model, SpendingLimit } from "../core/model.ts";
import { type Sandbox, SandboxLost, type SandboxProvider, WORKSPACE } from "../core/sandbox.ts";
import type { SourceFile } from "../core/task.ts";
import type { Arm, Outcome, Submission, Trial } from "../core/trial.ts";
import { storeFault } from "../store/database.ts";
import type { OpenExecution } from "../store/execution/execution-table.ts";
import type { Store } from "../store/store.ts";
import { type Grading, gradeSubmission, inputsDigest, takeSubmission } from "./grading.ts";
import type { PlannedTrial } from "./planned-trial.ts";
import { ArmSuspended } from "./run.ts";
import { type Meter, meterJournal } from "./trial-totals.ts";

/** What a trial needs. */
export type TrialDeps = {
  readonly store: Store;
  readonly report: Reporter;
  readonly sandboxes: SandboxProvider;
  readonly openAgent: (arm: Arm) => Agent;
  readonly openModel: (trial: PlannedTrial) => Model;
  /** What the requests of a trial reserve from; told what the trial has cost so far. */
  readonly spendingLimitFor: (trial: PlannedTrial, spentUsd: number) => SpendingLimit;
  readonly grading: Grading;
  readonly now: () => Date;
};

// An engine that stumbled once often does not a second time; a provider's faults were already retried by its adapter.
const MAX_EXECUTIONS = 3;

/**
 * Runs one trial to a verdict and stores it, going on from what was stored of it before: what an agent has been answered is never asked for again.
 * Calls `handedIn` as soon as its agent is done and only the grading is left.
 *
 * Throws the signal's reason when interrupted, InfraError with scope `run` when no trial can succeed, CapReached when the run or the arm has used up its cap, and
 * ArmParked when no trial of this arm can succeed; any other failure of ours becomes an `error` outcome.
 */
export async function runTrial(
  planned: PlannedTrial,
  parts: TrialDeps,
  signal: AbortSignal,
  handedIn: () => void = () => {},
): Promise<Trial> {
  for (let tries = 1; ; tries++) {
    const result = await executeOnce(planned, { ...parts, handedIn }, signal);
    const { executionId, trial, error } = result;
    if (result.kind === "failed" && tries < MAX_EXECUTIONS && isPassing(error)) {
      // What was paid for stays: the next go takes it up.
      parts.store.executions.suspend(executionId, messageOf(error));
      continue;
    }
    if (result.kind === "failed" && tries < MAX_EXECUTIONS && error instanceof ReplayDiverged) {
      parts.store.executions.abandon(executionId, `it could not be resumed: ${error.message}`);
      continue;
    }
    parts.store.saveTrial(trial, executionId);
    await parts.store.flushed();
    if (error instanceof InfraError && error.scope === "arm") throw new ArmSuspended(error.message, trial);
    return trial;
  }
}

type AgentDoneEvent = { readonly handedIn: () => void };
type ExecutionResult = { readonly kind: "graded" | "failed"; readonly executionId: number; readonly trial: Trial; readonly error: unknown };

async function executeOnce(planned: PlannedTrial, parts: TrialDeps & AgentDoneEvent, signal: AbortSignal): Promise<ExecutionResult> {
  const { key } = planned;
  const go = parts.store.executions.open(key);
  const { executionId } = go;
  const startedAt = parts.now().toISOString();
  const start = performance.now();
  const meter = meterJournal(go.journal, (iteration, costUsd) =>
    parts.report({ kind: "step", armId: key.armId, taskId: key.taskId, iteration, costUsd }),
  );
  const finish = (outcome: Outcome): Trial => ({ key, outcome, totals: meter.totals(), startedAt, durationMs: performance.now() - start });
  try {
    const outcome = await agentThenGrade(planned, { ...parts, go, meter }, signal);
    return { kind: "graded", executionId, trial: finish(outcome), error: null };
  } catch (thrown) {
    // When results can no longer be stored there is nothing to write down either.
    const error = storeFault(thrown) ?? thrown;
    if (error !== thrown) throw error;
    if (signal.aborted || isFatal(error) || error instanceof CapReached) {
      parts.store.executions.suspend(executionId, signal.aborted ? "interrupted" : messageOf(error));
      throw signal.aborted ? signal.reason : error;
    }
    return { kind: "failed", executionId, trial: finish({ kind: "error", source: sourceOf(error), message: messageOf(error) }), error };
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

type ExecutionDeps = TrialDeps & AgentDoneEvent & { readonly go: OpenExecution; readonly meter: Meter };

async function agentThenGrade(planned: PlannedTrial, parts: ExecutionDeps, signal: AbortSignal): Promise<Outcome> {
  const { task } = planned;
  // A task that cannot be graded must not cost a model's tokens.
  await parts.grading.prepare(task, signal);
  const submission = parts.go.submission ?? (await workInSandbox(planned, parts, signal));
  parts.handedIn();
  if (parts.go.submission) parts.meter.recall(parts.go.past, parts.go.submission);
  signal.throwIfAborted();
  const { store, grading, go } = parts;
  const verdict = await gradeSubmission({ task, executionId: go.executionId, files: submission.files }, { store, grading, signal });
  return { kind: "graded", stop: submission.stop, verdict };
}

async function workInSandbox(planned: PlannedTrial, parts: ExecutionDeps, signal: AbortSignal): Promise<Submission> {
  signal.throwIfAborted();
  const { task } = planned;
  const { meter, go } = parts;
  const workspace = await task.files.workspace();
  const sandbox = await parts.sandboxes.open({ image: task.image, limits: task.sandbox, purpose: "agent" }, signal);
  try {
    await layOut(sandbox, workspace);
    const { stop, unbilledAttempts, workingMs } = await parts.openAgent(planned.arm).work({
      ...agentInputs(planned, workspace),
      model: parts.openModel(planned),
      sandbox,
      journal: meter.journal,
      signal,
      spendingLimit: parts.spendingLimitFor(planned, costSoFar(go.past)),
      past: go.past,
    });
    meter.settle({ unbilledAttempts, workingMs });
    const files = await takeSubmission(sandbox, task, (note) => meter.journal.noted(meter.totals().iterations, note));
    const submission = { stop, files, workingMs, unbilledAttempts, inputsDigest: inputsDigest(task, workspace) };
    parts.store.executions.saveSubmission(go.executionId, submission);
    return submission;
  } finally {
    await closeSandbox(sandbox, meter);
  }
}

async function layOut(sandbox: Sandbox, workspace: readonly SourceFile[]): Promise<void> {
  try {
    await sandbox.putFiles(WORKSPACE, workspace);
  } catch (error) {
    if (!(error instanceof SandboxLost)) throw error;
    // Nothing of the model's has run yet, so it cannot be the model's doing.
    throw new InfraError("sandbox", `Cannot start in the sandbox: ${error.message}; try again`, { cause: error });
  }
}

/** What an agent is given of a trial, the same in every execution and in a replay. */
export function agentInputs(
  { task, arm, key }: PlannedTrial,
  workspace: readonly SourceFile[],
): Pick<AgentContext, "task" | "settings" | "cacheKey"> {
  const contextFiles = arm.settings.contextFiles ? task.contextFiles : [];
  return {
    task: { prompt: task.prompt, contextFiles, workspace },
    settings: arm.settings,
    cacheKey: `${key.runId}/${key.taskId}/${key.armId.slice(0, 12)}/${key.attempt}`,
  };
}

function costSoFar(past: Past | null): number {
  return (past?.answers ?? []).reduce((sum, answer) => sum + (answer.kind === "response" ? (answer.cost.costUsd ?? 0) : 0), 0);
}

// A sandbox that does not go away is swept later; it must not cost the work that was done in it.
async function closeSandbox(sandbox: Sandbox, meter: Meter): Promise<void> {
  try {
    await sandbox.close();
  } catch (error) {
    meter.journal.noted(meter.totals().iterations, { kind: "sandbox-left", text: messageOf(error) });
  }
}
