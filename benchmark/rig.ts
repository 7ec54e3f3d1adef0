import { openAgent } from "../src/agent/open-agent.ts";
import type { Reporter } from "../src/core/event.ts";
import type { Model, ModelSpec } from "../src/core/model.ts";
import type { SandboxProvider } from "../src/core/sandbox.ts";
import type { Task } from "../src/core/task.ts";
import type { Arm } from "../src/core/trial.ts";
import { openModels } from "../src/model/open-model.ts";
import { makeArm } from "../src/run/arm.ts";
import { GrowingCapacity } from "../src/run/growing-capacity.ts";
import type { PlannedTrial } from "../src/run/planned-trial.ts";
import { runPooled } from "../src/run/pooled-run.ts";
import { SpendingLimits } from "../src/run/spending/spending-limits.ts";
import type { Store } from "../src/store/store.ts";
import { loopSpec } from "../test/fixtures/agent-settings.ts";
import { aRun, aSpec, someSettings } from "../test/fixtures/record.ts";

const MAX_ITERATIONS = 60;

/** A run as the command makes it, without the command: trials, sandboxes, concurrency and reporters. */
export type Rig = {
  readonly store: Store;
  readonly tasks: readonly Task[];
  readonly attempts: number;
  /** Makes the provider of sandboxes for this run. */
  readonly sandboxes: (runId: string) => SandboxProvider;
  readonly concurrency: number;
  readonly grading: number;
  readonly spec?: Partial<ModelSpec>;
  readonly openModel?: (trial: PlannedTrial) => Model;
  readonly report?: Reporter;
};

/** What a rig took, in ms of wall time and of this process's own processor time. */
export type RigTimes = { readonly wallMs: number; readonly cpuMs: number };

/** Runs a rig to its end; throws Error when a trial ended in an error or failed its tests. */
export async function runRig(rig: Rig): Promise<RigTimes> {
  const { store, tasks, attempts, sandboxes, concurrency, grading, report = () => {} } = rig;
  const settings = someSettings();
  const limits = { ...settings.limits, maxIterations: MAX_ITERATIONS };
  const arm: Arm = makeArm({ agent: loopSpec(), model: aSpec(rig.spec ?? {}), settings: { ...settings, limits } });
  const run = aRun({ id: `benchmark-${process.pid}-${Date.now()}`, attempts });
  store.saveRun({ run, arms: [arm], tasks });
  const open = openModels({ key: () => "none", now: () => new Date() })(arm.model);
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  await runPooled(
    { runId: run.id, tasks, arms: [arm], attempts },
    {
      store,
      report,
      sandboxes: sandboxes(run.id),
      openAgent: ({ agent }) => openAgent(agent),
      openModel: rig.openModel ?? (({ task, key }) => open({ task, attempt: key.attempt })),
      spendingLimits: new SpendingLimits(store.spending, { runId: run.id, arms: [arm], caps: { maxCostUsd: null, maxTokens: null } }),
      capacity: new GrowingCapacity({ agents: concurrency, gradings: grading }),
      now: () => new Date(),
      signal: new AbortController().signal,
    },
  );
  const wallMs = performance.now() - start;
  const cpu = process.cpuUsage(cpuBefore);
  const passed = store.runs.arms(run.id)[0]?.passed;
  if (passed !== tasks.length * attempts) throw new Error(`${passed} of ${tasks.length * attempts} trials passed`);
  return { wallMs, cpuMs: (cpu.user + cpu.system) / 1000 };
}
