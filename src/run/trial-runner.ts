import type { Reporter } from "../core/event.ts";
import type { Model, SpendingLimit } from "../core/model.ts";
import type { OpenSandbox } from "../core/sandbox.ts";
import type { Store } from "../store/store.ts";
import { makeRunGrading } from "./grading.ts";
import type { PlannedTrial } from "./planned-trial.ts";
import type { RunDeps } from "./run.ts";
import type { SpendingLimits } from "./spending-limits.ts";
import { runTrial } from "./trial.ts";

/** What the trials of a run share. `grading` bounds test runs. */
export type TrialRunnerDeps = {
  readonly store: Store;
  readonly report: Reporter;
  readonly openSandbox: OpenSandbox;
  readonly openModel: (trial: PlannedTrial) => Model;
  readonly image: string;
  readonly imageIds: ReadonlyMap<string, string>;
  readonly runtime: string | null;
  readonly spendingLimits: SpendingLimits;
  readonly labels: Readonly<Record<string, string>>;
  readonly grading: number;
  readonly now: () => Date;
};

/** Makes the function that runs one trial of a run, with limits that all its trials share. */
export function makeTrialRunner(parts: TrialRunnerDeps): RunDeps["runTrial"] {
  const { openSandbox, runtime, store, image, labels } = parts;
  const { imageIds, grading: concurrency } = parts;
  const grading = makeRunGrading({ store, openSandbox, concurrency, image, imageIds, runtime, labels });
  const { report, openModel, now, spendingLimits } = parts;
  const spendingLimitFor = ({ key, arm }: PlannedTrial, spentUsd: number): SpendingLimit =>
    spendingLimits.spendingLimitFor(key, { maxCostUsd: arm.settings.limits.maxCostUsd, spentUsd });
  return (trial, signal, handedIn) =>
    runTrial(trial, { store, report, openSandbox, openModel, spendingLimitFor, grading, image, runtime, labels, now }, signal, handedIn);
}
