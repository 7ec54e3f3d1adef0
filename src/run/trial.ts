import { firstTurns } from "../agent/first-turns.ts";
import { runAgent } from "../agent/loop.ts";
import type { Stop } from "../core/agent.ts";
import { InfraError, type InfraSource, messageOf, UserError } from "../core/errors.ts";
import type { Reporter } from "../core/event.ts";
import type { Model } from "../core/model.ts";
import { type Export, type OpenSandbox, type Sandbox, SandboxLost, WORKSPACE } from "../core/sandbox.ts";
import type { SourceFile } from "../core/task.ts";
import type { Outcome, Trial } from "../core/trial.ts";
import type { Verdict } from "../core/verdict.ts";
import { storeFault } from "../store/fault.ts";
import type { Store } from "../store/store.ts";
import type { Grading } from "./grading.ts";
import { type Meter, meterJournal } from "./meter.ts";
import type { PlannedTrial } from "./plan.ts";
import { ArmParked } from "./run.ts";

/** What a trial needs. `inAgentBox` bounds how many agents work at once. */
export type TrialParts = {
  readonly store: Store;
  readonly report: Reporter;
  readonly openSandbox: OpenSandbox;
  readonly openModel: (trial: PlannedTrial) => Model;
  readonly grading: Grading;
  readonly inAgentBox: <Result>(work: () => Promise<Result>) => Promise<Result>;
  readonly image: string;
  readonly runtime: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly now: () => Date;
};

// What an agent may leave behind for grading.
const DELIVERY_BOUNDS = { maxFiles: 2_000, maxBytes: 64 * 1024 * 1024 };

// An engine that stumbled once often does not a second time; a provider's faults were already retried by its adapter.
// Only what costs nothing is tried again: opening the box before the first answer, and grading.
const MAX_TRIES = 2;

/**
 * Runs one trial from an empty container to a verdict, and stores it.
 *
 * Throws the signal's reason when interrupted, InfraError with scope `run` when no trial can succeed, and ArmParked when no trial of this arm can;
 * any other failure of ours becomes an `error` outcome.
 */
export async function runTrial(planned: PlannedTrial, parts: TrialParts, signal: AbortSignal): Promise<Trial> {
  for (let tries = 1; ; tries++) {
    const result = await tryOnce(planned, parts, signal);
    if (result.retry && tries < MAX_TRIES) {
      parts.store.abandonTry(result.tryId, result.message);
      continue;
    }
    parts.store.saveTrial(result.trial, result.tryId);
    if (result.parks) throw new ArmParked(result.message, result.trial);
    return result.trial;
  }
}

type Try = { readonly tryId: number; readonly trial: Trial; readonly retry: boolean; readonly parks: boolean; readonly message: string };

async function tryOnce(planned: PlannedTrial, parts: TrialParts, signal: AbortSignal): Promise<Try> {
  const { key } = planned;
  const { tryId, journal } = parts.store.startTry(key);
  const startedAt = parts.now().toISOString();
  const start = performance.now();
  const meter = meterJournal(journal, (iteration, costUsd) =>
    parts.report({ kind: "step", armId: key.armId, taskId: key.taskId, iteration, costUsd }),
  );
  const finish = (outcome: Outcome): Trial => ({ key, outcome, totals: meter.totals(), startedAt, durationMs: performance.now() - start });
  try {
    const outcome = await agentThenGrade(planned, { ...parts, meter }, signal);
    return { tryId, trial: finish(outcome), retry: false, parks: false, message: "" };
  } catch (thrown) {
    // When results can no longer be stored there is nothing to write down either.
    const error = storeFault(thrown) ?? thrown;
    if (error !== thrown) throw error;
    const message = messageOf(error);
    if (signal.aborted || isFatal(error)) {
      parts.store.abandonTry(tryId, signal.aborted ? "interrupted" : message);
      throw signal.aborted ? signal.reason : error;
    }
    const trial = finish({ kind: "error", source: sourceOf(error), message });
    return {
      tryId,
      trial,
      retry: isPassing(error) && meter.totals().iterations === 0,
      parks: error instanceof InfraError && error.scope === "arm",
      message,
    };
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

type MeteredParts = TrialParts & { readonly meter: Meter };

async function agentThenGrade(planned: PlannedTrial, parts: MeteredParts, signal: AbortSignal): Promise<Outcome> {
  // A task that cannot be graded must not cost a model's tokens.
  await parts.grading.prepare(planned.task, signal);
  const work = await parts.inAgentBox(() => workInBox(planned, parts, signal));
  signal.throwIfAborted();
  const verdict = await gradeStubbornly(planned, work.delivered, { ...parts, signal });
  return { kind: "graded", stop: work.stop, verdict };
}

async function gradeStubbornly(
  { task }: PlannedTrial,
  delivered: readonly SourceFile[],
  parts: MeteredParts & { readonly signal: AbortSignal },
): Promise<Verdict> {
  for (let tries = 1; ; tries++) {
    try {
      return await parts.grading.grade(task, delivered, parts.signal);
    } catch (error) {
      if (!isPassing(error) || tries >= MAX_TRIES || parts.signal.aborted) throw error;
      parts.meter.journal.noted(parts.meter.totals().iterations, { kind: "grading-again", text: messageOf(error) });
    }
  }
}

type Work = { readonly stop: Stop; readonly delivered: readonly SourceFile[] };

async function workInBox(planned: PlannedTrial, parts: MeteredParts, signal: AbortSignal): Promise<Work> {
  signal.throwIfAborted();
  const { task, arm } = planned;
  const workspace = await task.files.workspace();
  const box = await parts.openSandbox(
    { image: task.image ?? parts.image, limits: task.sandbox, runtime: parts.runtime, labels: parts.labels },
    signal,
  );
  try {
    await box.putFiles(WORKSPACE, workspace);
    const { stop, unbilledAttempts, workingMs } = await runAgent({
      firstTurns: firstTurns({ prompt: task.prompt, contextFiles: arm.settings.contextFiles ? task.contextFiles : [], workspace }),
      model: parts.openModel(planned),
      sandbox: box,
      settings: arm.settings,
      journal: parts.meter.journal,
      cacheKey: cacheKeyOf(planned),
      signal,
    });
    parts.meter.settle({ unbilledAttempts, workingMs });
    return { stop, delivered: await deliveries(box, planned, parts.meter) };
  } finally {
    await closeBox(box, parts.meter);
  }
}

// A box that does not go away is swept later; it must not cost the work that was done in it.
async function closeBox(box: Sandbox, meter: Meter): Promise<void> {
  try {
    await box.close();
  } catch (error) {
    meter.journal.noted(meter.totals().iterations, { kind: "box-left", text: messageOf(error) });
  }
}

// A box that was lost has nothing to give; the task is graded as if nothing had been changed.
async function deliveries(box: Sandbox, { task }: PlannedTrial, meter: Meter): Promise<Export["files"]> {
  try {
    const { files, refused } = await box.exportFiles({ root: WORKSPACE, rule: task.deliver, ...DELIVERY_BOUNDS });
    for (const { path, reason } of refused.slice(0, 20))
      meter.journal.noted(meter.totals().iterations, { kind: "not-delivered", text: `${path}: ${reason}` });
    return files;
  } catch (error) {
    if (!(error instanceof SandboxLost)) throw error;
    meter.journal.noted(meter.totals().iterations, { kind: "sandbox-lost", text: error.message });
    return task.files.workspace();
  }
}

function cacheKeyOf({ key }: PlannedTrial): string {
  return `${key.runId}/${key.taskId}/${key.armId.slice(0, 12)}/${key.attempt}`;
}
