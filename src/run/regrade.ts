import { InfraError, messageOf, UserError } from "../core/errors.ts";
import type { Suite } from "../core/suite.ts";
import type { Task } from "../core/task.ts";
import type { Submission } from "../core/trial.ts";
import type { Verdict } from "../core/verdict.ts";
import type { Store } from "../store/store.ts";
import type { GradedTrial } from "../store/verdict-table.ts";
import { type Grading, gradeSubmission, inputsDigest } from "./grading.ts";
import { workThrough } from "./schedule.ts";

/** One trial whose submission was graded again. */
type Regraded = {
  readonly trialId: number;
  readonly armName: string;
  readonly attempt: number;
  readonly before: { readonly passed: boolean; readonly testsPassed: number; readonly testsTotal: number };
  readonly now: { readonly passed: boolean; readonly testsPassed: number; readonly testsTotal: number };
};

/** The result for one task; `problem` explains why its trials keep the verdicts they had. */
export type RegradedTask = { readonly taskId: string; readonly trials: readonly Regraded[]; readonly problem: string | null };

/** What grading again needs; `concurrency` bounds how many submissions are graded at once. */
export type RegradeDeps = {
  readonly store: Store;
  readonly grading: Grading;
  readonly concurrency: number;
  readonly signal: AbortSignal;
  notify(text: string): void;
};

/**
 * Grades the stored submissions of a run again with the tests as they are now. Each task stands for itself: either all of its trials get a new verdict, or all keep
 * the old one. No model is called, and the old verdicts stay in the store.
 *
 * Throws the signal's reason when interrupted, after the tasks that were finished.
 */
export async function regradeRun(runId: string, suite: Suite, deps: RegradeDeps): Promise<readonly RegradedTask[]> {
  const done: RegradedTask[] = [];
  await workThrough(suite.tasks, deps, async (task) => {
    const trials = deps.store.verdicts.gradedTrials(runId, task.id);
    if (trials.length === 0) return;
    const outcome = await regradeTask(runId, { task, trials }, deps);
    done.push(outcome);
    deps.notify(`[${done.length}/${suite.tasks.length}] ${task.id}: ${sentenceOf(outcome)}`);
  });
  deps.signal.throwIfAborted();
  return suite.tasks.flatMap(({ id }) => done.filter(({ taskId }) => taskId === id));
}

type TaskTrials = { readonly task: Task; readonly trials: readonly GradedTrial[] };

async function regradeTask(runId: string, { task, trials }: TaskTrials, deps: RegradeDeps): Promise<RegradedTask> {
  const refuse = (problem: string): RegradedTask => ({ taskId: task.id, trials: [], problem });
  if (task.state !== undefined) return refuse("the state of its machine was graded, which is not kept; start a new run");
  const digest = inputsDigest(task, await task.files.workspace());
  const differing = trials.find((trial) => trial.inputsDigest !== digest);
  if (differing?.inputsDigest === null)
    return refuse(`the submission of trial ${differing.trialId} was not kept; it was run by an older version`);
  if (differing)
    return refuse("its prompt, its workspace or what may be submitted has changed, so the old submissions are solutions of another task");
  try {
    const verdicts = await gradeAll({ task, trials }, deps);
    deps.store.verdicts.replace({ runId, task, verdicts });
    return { taskId: task.id, trials: trials.map((trial) => compared(trial, verdicts)), problem: null };
  } catch (error) {
    if (!(error instanceof InfraError || error instanceof UserError) || deps.signal.aborted) throw error;
    return refuse(messageOf(error));
  }
}

async function gradeAll(
  { task, trials }: TaskTrials,
  { store, grading, concurrency, signal }: RegradeDeps,
): Promise<ReadonlyMap<number, Verdict>> {
  const verdicts = new Map<number, Verdict>();
  await grading.prepare(task, signal);
  await workThrough(trials, { concurrency, signal }, async ({ trialId, executionId }) => {
    verdicts.set(
      trialId,
      await gradeSubmission({ task, executionId, submission: submissionOf(store, executionId) }, { store, grading, signal }),
    );
  });
  signal.throwIfAborted();
  return verdicts;
}

function submissionOf(store: Store, executionId: number): Submission {
  const submission = store.executions.submission(executionId);
  if (!submission) throw new Error(`Cannot grade again: the submission of execution ${executionId} is gone; this is a bug`);
  return submission;
}

function compared({ trialId, armName, attempt, ...before }: GradedTrial, verdicts: ReadonlyMap<number, Verdict>): Regraded {
  const verdict = verdicts.get(trialId);
  if (!verdict) throw new Error(`Cannot compare trial ${trialId}: it was not graded again; this is a bug`);
  const figures = ({ passed, testsPassed, testsTotal }: Regraded["now"]): Regraded["now"] => ({ passed, testsPassed, testsTotal });
  return { trialId, armName, attempt, before: figures(before), now: figures(verdict) };
}

function sentenceOf({ trials, problem }: RegradedTask): string {
  if (problem !== null) return `not graded again: ${problem}`;
  const changed = trials.filter(({ before, now }) => before.passed !== now.passed).length;
  return `${trials.length} graded again, ${changed} with another verdict`;
}
