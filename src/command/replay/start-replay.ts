import { openAgent } from "../../agent/open-agent.ts";
import { loadOverlays } from "../../config/overlay.ts";
import { UserError } from "../../core/errors.ts";
import { jsonText } from "../../core/printable.ts";
import type { RunRecord, TrialRecord } from "../../core/record.ts";
import type { Task } from "../../core/task.ts";
import type { Arm } from "../../core/trial.ts";
import { replayText } from "../../report/terminal/replay-text.ts";
import { makeRunGrading } from "../../run/grading.ts";
import { type Replay, replayTrial } from "../../run/replay.ts";
import { RunWeb } from "../../run/run-web.ts";
import type { Store } from "../../store/store.ts";
import { Interrupted, listenForInterrupt } from "../interrupt.ts";
import { loadTasks } from "../load-tasks.ts";
import { openExistingToWrite } from "../open-store.ts";
import type { StoredFlags } from "../run/run-settings.ts";
import { gradedWith, readStoredFlags } from "../run/stored-flags.ts";
import { prepareSandboxes } from "../sandbox/prepare-sandboxes.ts";
import { type ImageDeps, imageDepsOf, imagesOf } from "../sandbox/prepared-sandboxes.ts";
import type { ExitCode, Terminal } from "../terminal.ts";
import type { Trust } from "../trust/trust.ts";

/** The flags of `bench replay` as the command line gives them. */
export type ReplayFlags = {
  readonly suite?: readonly string[];
  readonly db: string;
  readonly buildNetwork?: true;
  readonly trust?: true;
  readonly json?: true;
};

/** Where a replay is shown, and what the user has allowed. */
type ReplayDeps = { readonly terminal: Terminal; readonly trust: Trust };

/** Replays a trial and prints where the result differs. Exit code 1 when it does. */
export async function startReplay(id: number, flags: ReplayFlags, { terminal, trust }: ReplayDeps): Promise<ExitCode> {
  const store = await openExistingToWrite(flags.db, trust);
  const interrupt = listenForInterrupt((text) => terminal.notify(text), "a replay stores nothing");
  try {
    const trial = store.runs.trial(id);
    if (!trial)
      throw new UserError(`Cannot replay trial "${id}": the database has no trial with this number; "bench report --json" lists them`);
    const run = store.findRun(trial.runId);
    terminal.notify(gradedWith(run, { ...readStoredFlags(run), ...flags }));
    const { task, hasChanged } = await taskOf(store, { trial, run, flags });
    if (hasChanged) terminal.notify(`Task ${task.id} has changed since the trial; differences may come from that.`);
    const replay = await replayIn(store, {
      trial,
      run,
      task,
      ...imageDepsOf(flags, { terminal, trust }),
      signal: interrupt.signal,
    });
    const isSame = replay.differences.length === 0 && replay.verdict.passed === trial.passed;
    terminal.print(flags.json ? jsonText({ trialId: id, isSame, ...replay }) : replayText(trial, replay));
    return isSame ? 0 : 1;
  } catch (error) {
    if (error instanceof Interrupted) return 130;
    throw error;
  } finally {
    interrupt.release();
    store.close();
  }
}

type ReplayRun = ImageDeps & { readonly signal: AbortSignal };

type StoredTrial = { readonly trial: TrialRecord; readonly run: RunRecord };

async function taskOf(
  store: Store,
  { trial, run, flags }: StoredTrial & { readonly flags: ReplayFlags },
): Promise<{ readonly task: Task; readonly hasChanged: boolean }> {
  const { agent } = store.arms.read(run.id, trial.armId);
  if (agent.kind === "cli")
    throw new UserError(
      `Cannot replay trial "${trial.id}": ${agent.name} worked on it, which cannot be played back; "bench show ${trial.id}" has its record, and "bench regrade" grades its solution again`,
    );
  const kept = readStoredFlags(run);
  const { suite } = await loadTasks(flags.suite ?? kept.suite ?? [], [], kept);
  const task = suite.tasks.find(({ id }) => id === trial.taskId);
  if (!task)
    throw new UserError(`Cannot replay trial "${trial.id}": its task "${trial.taskId}" cannot be found; name its suite with --suite`);
  const then = store.runs.shape(run.id).tasks.find(({ id }) => id === task.id);
  return { task, hasChanged: then?.digest !== task.digest };
}

async function replayIn(store: Store, { trial, run, task, ...deps }: StoredTrial & ReplayRun & { readonly task: Task }): Promise<Replay> {
  const { past, submission } = store.executions.finishedWork(trial.id);
  if (!past || !submission)
    throw new UserError(`Cannot replay trial "${trial.id}": it has no complete record; only trials with a verdict can be replayed`);
  const kept = readStoredFlags(run);
  const { provider, notices } = await prepareSandboxes(kept, imagesOf([task], run.image, deps));
  for (const notice of notices) deps.notify(notice);
  const sandboxes = provider(run.id, deps.notify);
  const grading = makeRunGrading({ store, sandboxes, concurrency: 1 });
  const arm = store.arms.read(run.id, trial.armId);
  // The record has the system prompt that the model got; the prompt file's own text is not stored.
  const prompt = { ...arm.settings.prompt, text: past.opening.system };
  const recorded = { ...arm, settings: { ...arm.settings, prompt, ...overlayOf(trial, arm, kept) } };
  const key = { runId: run.id, taskId: task.id, armId: arm.id, attempt: trial.attempt };
  return replayTrial({
    planned: { key, task, arm: recorded },
    past,
    submission,
    agent: openAgent(arm.agent),
    web: new RunWeb({ table: store.web, runId: run.id, fetchOnce: null, signal: deps.signal, hasKey: () => false }).of(task),
    sandboxes,
    grading,
    signal: deps.signal,
  });
}

// What is stored of an overlay is its digest; its files are where the run had them.
function overlayOf(trial: TrialRecord, { settings }: Arm, kept: Partial<StoredFlags>): Pick<Arm["settings"], "overlay"> {
  const { overlay } = settings;
  if (overlay === undefined) return {};
  const found = loadOverlays(kept.overlay ?? []).overlays.find((one) => one?.digest === overlay.digest);
  if (found) return { overlay: found };
  throw new UserError(`Cannot replay trial "${trial.id}": the files of its overlay "${overlay.name}" have changed; restore them`);
}
