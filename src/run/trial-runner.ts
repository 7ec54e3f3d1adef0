import type { Reporter } from "../core/event.ts";
import type { Model, Purse } from "../core/model.ts";
import type { OpenSandbox } from "../core/sandbox.ts";
import type { Store } from "../store/store.ts";
import { makeRunGrading } from "./grading.ts";
import type { PlannedTrial } from "./planned-trial.ts";
import type { Treasury } from "./spending.ts";
import type { RunParts } from "./run.ts";
import { runTrial } from "./trial.ts";

/** What the trials of a run share. `grading` bounds test runs. */
export type TrialRunnerParts = {
  readonly store: Store;
  readonly report: Reporter;
  readonly openSandbox: OpenSandbox;
  readonly openModel: (trial: PlannedTrial) => Model;
  readonly image: string;
  readonly imageIds: ReadonlyMap<string, string>;
  readonly runtime: string | null;
  readonly treasury: Treasury;
  readonly labels: Readonly<Record<string, string>>;
  readonly grading: number;
  readonly now: () => Date;
};

/** Makes the function that runs one trial of a run, with limits that all its trials share. */
export function makeTrialRunner(parts: TrialRunnerParts): RunParts["runTrial"] {
  const { openSandbox, runtime, store, image, labels } = parts;
  const { imageIds, grading: width } = parts;
  const grading = makeRunGrading({ store, openSandbox, width, image, imageIds, runtime, labels });
  const { report, openModel, now, treasury } = parts;
  const purseFor = ({ key, arm }: PlannedTrial, spentUsd: number): Purse =>
    treasury.purseFor(key, { maxCostUsd: arm.settings.limits.maxCostUsd, spentUsd });
  return (trial, signal, handedIn) =>
    runTrial(trial, { store, report, openSandbox, openModel, purseFor, grading, image, runtime, labels, now }, signal, handedIn);
}
