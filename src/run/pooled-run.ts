import type { Agent } from "../core/agent.ts";
import type { Reporter } from "../core/event.ts";
import type { Model } from "../core/model.ts";
import type { RunEnd } from "../core/record.ts";
import type { SandboxProvider, SandboxRequest } from "../core/sandbox.ts";
import type { SpendingLimit } from "../core/spending.ts";
import type { Arm } from "../core/trial.ts";
import type { Store } from "../store/store.ts";
import { ArmEntry } from "./arm-entry.ts";
import { makeRunGrading } from "./grading.ts";
import type { GrowingCapacity } from "./growing-capacity.ts";
import { agentSandbox } from "./machine.ts";
import type { PlannedTrial, RunShape } from "./planned-trial.ts";
import { type InterimAnalysis, type RunDeps, runMissingTrials } from "./run.ts";
import type { OpenWeb } from "./run-web.ts";
import { SandboxPool } from "./sandbox-pool.ts";
import type { SpendingLimits } from "./spending/spending-limits.ts";
import { runTrial } from "./trial.ts";

/** What a run needs from outside: its agents, models and sandboxes, its limits, and what ends it. */
export type PooledRunDeps = {
  readonly store: Store;
  readonly report: Reporter;
  readonly sandboxes: SandboxProvider;
  readonly openAgent: (arm: Arm) => Agent;
  readonly openModel: (trial: PlannedTrial) => Model;
  readonly openWeb?: OpenWeb;
  readonly spendingLimits: SpendingLimits;
  /** How many agents work and how many test runs there are at a time. */
  readonly capacity: GrowingCapacity;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** Aborted when the run has used up its time; the trials in progress continue when the run is resumed. */
  readonly timeUp?: AbortSignal;
  readonly interimAnalysis?: InterimAnalysis | null;
  /** Arms whose models nobody has got an answer from: one trial of each works alone until its first answer. */
  readonly untriedArmIds?: ReadonlySet<string>;
};

/**
 * Runs the missing trials of a run in pooled sandboxes, and returns when the last sandbox is gone. Agents and gradings have separate limits; as many
 * more trials as both may wait for their grading, so that slow tests keep no model waiting.
 */
export async function runPooled(shape: RunShape, deps: PooledRunDeps): Promise<RunEnd> {
  const { store, report, signal, timeUp, capacity, interimAnalysis = null } = deps;
  const { agents, gradings } = capacity.now;
  const pool = new SandboxPool({
    provider: deps.sandboxes,
    signal: timeUp ? AbortSignal.any([signal, timeUp]) : signal,
    spares: Math.min(agents, gradings),
    notify: (text) => report({ kind: "notice", text }),
  });
  const eachSandbox = (act: (request: SandboxRequest) => void) => (trials: readonly PlannedTrial[]) => {
    for (const trial of trials) for (const request of sandboxesOf(trial)) act(request);
  };
  const announcements = {
    expect: eachSandbox((request) => pool.expect(request)),
    withdraw: eachSandbox((request) => pool.withdraw(request)),
  };
  const entry = new ArmEntry(deps.untriedArmIds, announcements);
  const runDeps = {
    store,
    report,
    signal,
    capacity,
    backlog: agents + gradings,
    runTrial: trialRunner({ ...deps, sandboxes: pool }, entry),
    entry,
    ...(timeUp ? { timeUp } : {}),
  };
  try {
    return await runMissingTrials(shape, runDeps, interimAnalysis);
  } finally {
    await pool.drain();
  }
}

function sandboxesOf({ task, arm }: PlannedTrial): readonly SandboxRequest[] {
  const ofAgent = agentSandbox(task, arm.agent);
  // A machine is frozen, and what is made of it to grade it cannot be opened ahead.
  return task.state === undefined ? [ofAgent, { ...agentSandbox(task), purpose: "grading" }] : [ofAgent];
}

// All trials of a run share one grading and its limit.
function trialRunner(deps: PooledRunDeps, entry: ArmEntry): RunDeps["runTrial"] {
  const { store, sandboxes, openAgent, openModel, spendingLimits, now } = deps;
  const report: Reporter = (event) => {
    if (event.kind === "step") entry.answered(event.armId);
    deps.report(event);
  };
  const opening = (trial: PlannedTrial): AbortSignal => entry.opening(trial);
  const grading = makeRunGrading({ store, sandboxes, ...deps.capacity.limitOf("gradings") });
  const spendingLimitFor = ({ key, arm }: PlannedTrial): SpendingLimit =>
    spendingLimits.spendingLimitFor(key, { maxCostUsd: arm.settings.limits.maxCostUsd });
  const web = deps.openWeb === undefined ? {} : { openWeb: deps.openWeb };
  return (trial, signal, onAgentDone) =>
    runTrial(
      trial,
      { store, report, sandboxes, openAgent, openModel, ...web, spendingLimitFor, grading, now, opening },
      signal,
      onAgentDone,
    );
}
