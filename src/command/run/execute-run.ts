import { dirname } from "node:path";
import { openAgent } from "../../agent/open-agent.ts";
import { environmentVariable } from "../../config/environment.ts";
import { UserError } from "../../core/errors.ts";
import type { Reporter } from "../../core/event.ts";
import type { RunEnd, RunRecord } from "../../core/record.ts";
import type { Task } from "../../core/task.ts";
import type { Arm } from "../../core/trial.ts";
import type { FetchOnce } from "../../core/web.ts";
import { type OpenModel, openModels } from "../../model/open-model.ts";
import { GrowingCapacity } from "../../run/growing-capacity.ts";
import { runPooled } from "../../run/pooled-run.ts";
import type { InterimAnalysis } from "../../run/run.ts";
import { RunWeb } from "../../run/run-web.ts";
import { SpendingLimits } from "../../run/spending/spending-limits.ts";
import { freeMb } from "../../sandbox/docker/disk-space.ts";
import type { Store } from "../../store/store.ts";
import { processOwner } from "../open-store.ts";
import type { PreparedSandboxes } from "../sandbox/prepared-sandboxes.ts";
import { keyFinder } from "../trust/keys-in-texts.ts";
import { withCapNotices } from "./cap-notice.ts";
import { concurrencyOf, followLoad } from "./concurrency.ts";
import type { Inputs } from "./run-inputs.ts";
import type { RunFlags } from "./run-settings.ts";

/** A stored run with everything its trials need. */
export type PreparedRun = Inputs &
  PreparedSandboxes & {
    readonly run: RunRecord;
    readonly flags: RunFlags;
    /** Arms whose models nobody has got an answer from yet. */
    readonly untriedArmIds: ReadonlySet<string>;
  };

/** Receives the events of a run, and stops it when `signal` aborts; with an interim analysis, it runs in rounds until that stops it. */
export type RunWatch = {
  readonly report: Reporter;
  readonly signal: AbortSignal;
  readonly interimAnalysis?: InterimAnalysis | undefined;
};

const MIN_FREE_MB = 100;

// Results that cannot be stored must not be paid for.
function rejectFullDisk(db: string): void {
  const free = freeMb(dirname(db));
  if (free !== null && free < MIN_FREE_MB)
    throw new UserError(
      `Cannot store results in "${db}": its disk has ${free} MB free; free at least ${MIN_FREE_MB} MB, or name another file with --db`,
    );
}

/** Runs the trials that a stored run still misses. Prints nothing. Throws UserError when the disk is full or another process has the run. */
export async function executeRun(
  store: Store,
  { run, flags, suite, arms, provider, untriedArmIds }: PreparedRun,
  { report: reporter, signal, interimAnalysis }: RunWatch,
): Promise<RunEnd> {
  const report = withCapNotices(reporter, arms, flags);
  const notify = (text: string): void => report({ kind: "notice", text });
  rejectFullDisk(flags.db);
  store.claimRun(run.id, processOwner());
  const { concurrency, grading } = concurrencyOf(flags, suite.tasks);
  const capacity = new GrowingCapacity({ agents: concurrency, gradings: grading });
  const endFollowing = followLoad(capacity, { flags, tasks: suite.tasks });
  const clock = startClock(flags.maxHours ?? null, notify);
  try {
    const openers = openersOf(arms, notify);
    const web = new RunWeb({ table: store.web, runId: run.id, fetchOnce: await fetchFor(suite.tasks), signal, hasKey: keyFinder(arms) });
    const shape = { runId: run.id, tasks: suite.tasks, arms, attempts: run.attempts };
    return await runPooled(shape, {
      store,
      report,
      sandboxes: provider(run.id, notify),
      openAgent: ({ agent }) => openAgent(agent),
      openWeb: ({ task }) => web.of(task),
      openModel: ({ arm, task, key }) => openers(arm)({ task, attempt: key.attempt }),
      spendingLimits: spendingLimitsOf(store, { run, arms, flags }, report),
      capacity,
      now: () => new Date(),
      signal,
      timeUp: clock.signal,
      interimAnalysis: interimAnalysis ?? null,
      untriedArmIds,
    });
  } finally {
    clock.stop();
    endFollowing();
  }
}

// The client takes long to load, and few tasks list pages of the web.
async function fetchFor(tasks: readonly Task[]): Promise<FetchOnce | null> {
  if (tasks.every(({ web }) => web === undefined)) return null;
  const { openFetch } = await import("../../fetch/fetch-once.ts");
  return openFetch();
}

const MAX_TIMER_MS = 2 ** 31 - 1;

function startClock(hours: number | null, notify: (text: string) => void): { readonly signal: AbortSignal; readonly stop: () => void } {
  const controller = new AbortController();
  if (hours === null) return { signal: controller.signal, stop: () => {} };
  const reason = `the run's limit of ${hours} hours is reached`;
  const timer = setTimeout(
    () => {
      notify(`Stopping: ${reason}; trials in progress continue when the run is resumed.`);
      controller.abort(new Error(reason));
    },
    Math.min(hours * 3_600_000, MAX_TIMER_MS),
  );
  return { signal: controller.signal, stop: () => clearTimeout(timer) };
}

function spendingLimitsOf(
  store: Store,
  { run, arms, flags }: Pick<PreparedRun, "run" | "arms" | "flags">,
  report: Reporter,
): SpendingLimits {
  const caps = { maxCostUsd: flags.maxCost ?? null, maxTokens: flags.maxTokens ?? null };
  return new SpendingLimits(store.spending, { runId: run.id, arms, caps }, (spending) => {
    report({ kind: "spent", ...spending });
  });
}

function openersOf(arms: readonly Arm[], notice: (text: string) => void): (arm: Arm) => OpenModel {
  const open = openModels({ key: environmentVariable, now: () => new Date(), notice });
  const openers = new Map(arms.map((arm) => [arm.id, open(arm.model)]));
  return (arm) => {
    const opener = openers.get(arm.id);
    if (!opener) throw new Error(`Cannot open model "${arm.name}": it is not an arm of this run; this is a bug`);
    return opener;
  };
}
