import { type Agent, CannotResume } from "../core/agent.ts";
import { CapReached, InfraError, type InfraSource, messageOf, UserError } from "../core/errors.ts";
import type { Activity, Reporter } from "../core/event.ts";
import type { Model } from "../core/model.ts";
import type { FrozenMachine, Sandbox, SandboxProvider } from "../core/sandbox.ts";
import type { SpendingLimit } from "../core/spending.ts";
import type { Arm, Outcome, Submission, Trial } from "../core/trial.ts";
import type { OpenExecution } from "../store/execution/execution-table.ts";
import type { Store } from "../store/store.ts";
import { storeFault } from "../store/store-fault.ts";
import { giveInputs } from "./agent-inputs.ts";
import { ArmLeft } from "./arm-entry.ts";
import { type Grading, gradeSubmission, takeSubmission } from "./grading.ts";
import { agentSandbox, awaitHealthy, freezeFor } from "./machine.ts";
import type { PlannedTrial } from "./planned-trial.ts";
import { ArmSuspended } from "./run.ts";
import { type OpenWeb, webPart } from "./run-web.ts";
import { toldJournal } from "./told-journal.ts";
import { type Meter, meterJournal } from "./trial-totals.ts";

/** What the trials of a run share. */
export type TrialDeps = {
  readonly store: Store;
  readonly report: Reporter;
  readonly sandboxes: SandboxProvider;
  readonly openAgent: (arm: Arm) => Agent;
  readonly openModel: (trial: PlannedTrial) => Model;
  /** Returns what the requests of a trial reserve from. */
  readonly spendingLimitFor: (trial: PlannedTrial) => SpendingLimit;
  readonly grading: Grading;
  readonly openWeb?: OpenWeb;
  readonly now: () => Date;
  /** Called before a trial opens its sandbox; returns a signal that is aborted when its arm is suspended, and throws ArmLeft when it is. */
  readonly opening?: (trial: PlannedTrial) => AbortSignal;
};

// An engine that failed once often works the next time; the model's adapter has retried a provider's faults already.
const MAX_EXECUTIONS = 3;

/**
 * Runs one trial to a verdict and stores it. A trial that was interrupted is resumed: no answer that is stored is paid for again. Calls `onAgentDone` as soon as the
 * agent is done and only the grading is left.
 *
 * Throws the signal's reason when interrupted, InfraError with scope `run` when no trial can succeed, CapReached when the run or the arm has reached its limit,
 * ArmSuspended when no trial of this arm can succeed, and ArmLeft when another trial has found that out before this one had a sandbox; any other failure of the harness becomes an `error` outcome.
 */
export async function runTrial(
  planned: PlannedTrial,
  deps: TrialDeps,
  signal: AbortSignal,
  onAgentDone: () => void = () => {},
): Promise<Trial> {
  for (let executions = 1; ; executions++) {
    const result = await executeOnce(planned, { ...deps, onAgentDone }, signal);
    const { executionId, trial, error } = result;
    if (result.kind === "failed" && executions < MAX_EXECUTIONS && isTransient(error)) {
      // What was paid for stays: the next execution resumes it.
      deps.store.executions.suspend(executionId, messageOf(error));
      continue;
    }
    if (result.kind === "failed" && executions < MAX_EXECUTIONS && error instanceof CannotResume) {
      deps.store.executions.abandon(executionId, `it could not be resumed: ${error.message}`);
      continue;
    }
    deps.store.saveTrial(trial, executionId);
    await deps.store.flushed();
    if (error instanceof InfraError && error.scope === "arm") throw new ArmSuspended(error.message, trial);
    return trial;
  }
}

type AgentDoneEvent = { readonly onAgentDone: () => void };
type ExecutionResult = { readonly kind: "graded" | "failed"; readonly executionId: number; readonly trial: Trial; readonly error: unknown };

async function executeOnce(planned: PlannedTrial, deps: TrialDeps & AgentDoneEvent, signal: AbortSignal): Promise<ExecutionResult> {
  const { key } = planned;
  const execution = deps.store.executions.open(key);
  const { executionId } = execution;
  const startedAt = deps.now().toISOString();
  const start = performance.now();
  const tell = (activity: Activity): void =>
    deps.report({ kind: "activity", armId: key.armId, taskId: key.taskId, attempt: key.attempt, activity });
  const journal = toldJournal(execution.journal, tell);
  const meter = meterJournal(journal, (iteration, costUsd) =>
    deps.report({ kind: "step", armId: key.armId, taskId: key.taskId, iteration, costUsd }),
  );
  const finish = (outcome: Outcome): Trial => ({
    key,
    outcome,
    totals: meter.totalsWith({ ...deps.store.spending.spent(key), stepsUsd: deps.store.executions.countedUsd(key) }),
    startedAt,
    durationMs: performance.now() - start,
  });
  try {
    const outcome = await agentThenGrade(planned, { ...deps, execution, meter, onAgentDone: () => agentDone(deps, tell) }, signal);
    return { kind: "graded", executionId, trial: finish(outcome), error: null };
  } catch (thrown) {
    // When the store fails, this failure cannot be stored either.
    const error = storeFault(thrown) ?? thrown;
    if (error !== thrown) throw error;
    if (signal.aborted || isFatal(error) || error instanceof CapReached || error instanceof ArmLeft) {
      deps.store.executions.suspend(executionId, signal.aborted ? "interrupted" : messageOf(error));
      throw signal.aborted ? signal.reason : error;
    }
    if (error instanceof InfraError) meter.fail(error.attempts);
    return { kind: "failed", executionId, trial: finish({ kind: "error", source: sourceOf(error), message: messageOf(error) }), error };
  }
}

function agentDone({ onAgentDone }: AgentDoneEvent, tell: (activity: Activity) => void): void {
  tell({ kind: "grading" });
  onAgentDone();
}

function isFatal(error: unknown): boolean {
  return error instanceof InfraError && error.scope === "run";
}

// The only user error that can occur here is a task that cannot be graded, such as one whose reference solution fails its tests.
function sourceOf(error: unknown): InfraSource {
  if (error instanceof InfraError) return error.source;
  return error instanceof UserError ? "task" : "harness";
}

function isTransient(error: unknown): boolean {
  return error instanceof InfraError && error.scope === "trial" && (error.source === "sandbox" || error.source === "grader");
}

type ExecutionDeps = TrialDeps & AgentDoneEvent & { readonly execution: OpenExecution; readonly meter: Meter };

async function agentThenGrade(planned: PlannedTrial, deps: ExecutionDeps, signal: AbortSignal): Promise<Outcome> {
  const { task } = planned;
  // A task that cannot be graded must not cost a model's tokens.
  await deps.grading.prepare(task, signal);
  if (task.state !== undefined) return workThenGradeState(planned, deps, signal);
  const submission = deps.execution.submission ?? (await workInSandbox(planned, deps, signal)).submission;
  deps.onAgentDone();
  if (deps.execution.submission) deps.meter.recall(deps.execution.past, deps.execution.submission);
  signal.throwIfAborted();
  const { store, grading, execution } = deps;
  const verdict = await gradeSubmission({ task, executionId: execution.executionId, submission }, { store, grading, signal });
  return { kind: "graded", stop: submission.stop, verdict };
}

/**
 * Lets the agent work in a machine and grades its state. That is not stored: after a crash, the answers that are stored are carried out again in a new machine, and nothing is
 * paid for twice.
 */
async function workThenGradeState(planned: PlannedTrial, deps: ExecutionDeps, signal: AbortSignal): Promise<Outcome> {
  const { task } = planned;
  const { submission, machine } = await workInSandbox(planned, deps, signal);
  deps.onAgentDone();
  try {
    signal.throwIfAborted();
    const { store, grading, execution } = deps;
    const graded = { task, executionId: execution.executionId, submission, machine };
    const verdict = await gradeSubmission(graded, { store, grading, signal });
    // Without files: for a replay, how the work ended.
    store.executions.saveSubmission(execution.executionId, submission);
    return { kind: "graded", stop: submission.stop, verdict };
  } finally {
    await machine?.discard();
  }
}

/** What an agent leaves: the files that it submits, or the frozen machine of a task whose state is graded. */
type Work = { readonly submission: Submission; readonly machine: FrozenMachine | null };

async function workInSandbox(planned: PlannedTrial, deps: ExecutionDeps, signal: AbortSignal): Promise<Work> {
  signal.throwIfAborted();
  const { task } = planned;
  const { meter, execution } = deps;
  const sandbox = await openSandbox(planned, deps, signal);
  try {
    await awaitHealthy(sandbox, task, signal);
    const inputs = await giveInputs(sandbox, planned);
    const { stop, unbilledAttempts, workingMs } = await deps.openAgent(planned.arm).work({
      ...inputs.ofAgent,
      model: deps.openModel(planned),
      sandbox,
      ...webPart(deps.openWeb?.(planned)),
      journal: meter.journal,
      signal,
      spendingLimit: deps.spendingLimitFor(planned),
      past: execution.past,
    });
    meter.settle({ unbilledAttempts, workingMs });
    const ended = { stop, isWhole: false, workingMs, unbilledAttempts, inputsDigest: inputs.digest };
    if (task.state !== undefined) return { submission: { ...ended, files: [] }, machine: await freezeFor(sandbox, signal) };
    const files = await takeSubmission(sandbox, task, (note) => meter.journal.noted(meter.totals().iterations, note));
    const submission = { ...ended, files };
    deps.store.executions.saveSubmission(execution.executionId, submission);
    return { submission, machine: null };
  } finally {
    await closeSandbox(sandbox, meter);
  }
}

// A sandbox that is being opened is not needed any more once its arm is suspended.
async function openSandbox(planned: PlannedTrial, { sandboxes, opening }: TrialDeps, signal: AbortSignal): Promise<Sandbox> {
  const leaving = opening?.(planned);
  try {
    return await sandboxes.open(agentSandbox(planned.task, planned.arm.agent), leaving ? AbortSignal.any([signal, leaving]) : signal);
  } catch (error) {
    leaving?.throwIfAborted();
    throw error;
  }
}

// A sandbox that cannot be removed is swept later; the work done in it must not be lost with it.
async function closeSandbox(sandbox: Sandbox, meter: Meter): Promise<void> {
  try {
    await sandbox.close();
  } catch (error) {
    meter.journal.noted(meter.totals().iterations, { kind: "sandbox-left", text: messageOf(error) });
  }
}
