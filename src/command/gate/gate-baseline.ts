import { mismatchesOf } from "../../analysis/mismatch.ts";
import type { ArmInRun } from "../../analysis/summary.ts";
import { UserError } from "../../core/errors.ts";
import type { ArmResult } from "../../core/record.ts";
import type { Arm } from "../../core/trial.ts";
import { mismatchWords } from "../../report/comparison-words.ts";
import type { Store } from "../../store/store.ts";
import type { NewRun } from "../run/new-run.ts";
import { fixedFlags } from "../run/run-settings.ts";
import { harnessVersion } from "../version.ts";
import { type Preregistration, refuseCutShort } from "./preregistration.ts";

// As many may be missing as a gate lets pass in the end.
const ENOUGH_GRADED = 0.95;

/**
 * Makes sure, before anything is paid for, that a stored baseline can be compared with what is about to run; throws UserError that names what is in the way. A
 * baseline of the gate's own run needs no check.
 */
export function checkStoredBaseline(store: Store, promise: Preregistration, run: NewRun): void {
  const { runId, armId } = promise.baseline;
  if (runId === null) return;
  const [arm] = store.runs.arms(runId, { armIds: [armId] });
  const candidate = run.arms.find(({ id }) => id === promise.candidate);
  if (!arm || !candidate) throw new Error(`Cannot gate against run "${runId}": its arm is not stored; this is a bug`);
  const baseline = { run: store.findRun(runId), arm };
  refuseCutShort(baseline);
  refuseIncomplete(baseline);
  if (promise.allowMismatch) return;
  const planned = plannedArm(candidate, run);
  const same = arm.perTask.filter((task) =>
    run.suite.tasks.some(({ id, digest }) => id === task.taskId && digest === task.taskDigest),
  ).length;
  const all = new Set([...arm.perTask.map(({ taskId }) => taskId), ...run.suite.tasks.map(({ id }) => id)]).size;
  const found = mismatchesOf(baseline, planned, { compared: same, leftOut: all - same }).find(({ misleading }) => misleading);
  if (!found) return;
  const { what, baseline: before, candidate: after } = mismatchWords(found);
  throw new UserError(
    `Cannot gate "${candidate.name}" against "${arm.name}" of run ${runId}: they would differ in ${what} (${before} against ${after}); run the baseline again, or use --allow-mismatch`,
  );
}

function refuseIncomplete({ run, arm }: ArmInRun): void {
  const planned = arm.perTask.length * run.attempts;
  if (arm.graded >= planned * ENOUGH_GRADED) return;
  throw new UserError(
    `Cannot gate against "${arm.name}" of run ${run.id}: only ${arm.graded} of ${planned} of its trials have a grade; go on with it first: bench run --resume ${run.id}`,
  );
}

// The arm that is about to run, as a report would have it before its first trial.
function plannedArm({ id, name, agent, model, settings }: Arm, { suite, flags, imageIds }: NewRun): ArmInRun {
  const { prompt, ...rest } = settings;
  const run = {
    id: "",
    createdAt: new Date().toISOString(),
    finishedAt: null,
    end: null,
    suite: suite.name,
    suiteDigest: suite.digest,
    attempts: flags.attempts,
    harnessVersion: harnessVersion(),
    image: flags.image,
    imageId: imageIds.get(flags.image) ?? "",
    tags: [],
    settings: { flags: fixedFlags(flags) },
  };
  const arm: ArmResult = {
    armId: id,
    name,
    agent,
    api: model.api,
    model: model.model,
    promptName: prompt.name,
    promptDigest: prompt.digest,
    settings: rest,
    price: model.price,
    perTask: [],
    graded: 0,
    passed: 0,
    errors: 0,
    tampered: 0,
    iterations: 0,
    inputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    outputTokens: 0,
    costUsd: null,
    paidUsd: null,
    unbilledAttempts: 0,
    spentUsd: 0,
    medianWorkingMs: null,
  };
  return { run, arm };
}
