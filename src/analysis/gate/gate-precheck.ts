import { sequentialBoundary } from "../../stats/group-sequential.ts";
import { provableMarginOf } from "../../stats/planning/detectable.ts";
import { assumedPopulation } from "../../stats/planning/estimate.ts";
import type { Change } from "../../stats/power.ts";
import type { Mismatch } from "../comparison.ts";
import { type ComparableArm, mismatchesOf } from "../mismatch.ts";
import type { ArmInRun } from "../summary.ts";
import type { Preregistration } from "./preregistration.ts";
import { earlyStopOf } from "./preregistration.ts";

const POWER = 0.8;
// As large a share may be missing as a gate accepts in the end.
const MIN_GRADED = 0.95;

/** Checks that interim analyses after each of these rounds have known error probabilities; `alpha` is one-sided. */
export function roundsIssue(rounds: number, alpha: number): "single-round" | "no-bounds" | null {
  if (rounds < 2) return "single-round";
  return sequentialBoundary(alpha, rounds) === null ? "no-bounds" : null;
}

/**
 * Checks that a non-inferiority gate has enough trials to show that its margin is kept. Gives the smallest drop that they can rule out four times in five (a share; 1 for none) when that is larger
 * than the margin; null when the gate may start.
 */
export function undetectableMargin(
  terms: Pick<Preregistration, "mode" | "maxDrop" | "alpha" | "allowUnderpowered">,
  plan: { readonly tasks: number; readonly attempts: number; readonly change: Change; readonly groupSizes?: readonly number[] | null },
): number | null {
  if (terms.mode !== "non-inferiority" || terms.allowUnderpowered || plan.tasks < 2) return null;
  const provable = provableMarginOf(
    {
      design: { tasks: plan.tasks, attempts: { baseline: plan.attempts, candidate: plan.attempts }, groupSizes: plan.groupSizes ?? null },
      population: assumedPopulation(plan.change),
      test: { alpha: terms.alpha },
      scope: "tasks",
    },
    POWER,
  );
  return provable !== null && provable <= terms.maxDrop ? null : (provable ?? 1);
}

/** Why a stored arm cannot be the baseline of a gate that is about to run. */
export type BaselineIssue =
  | { readonly kind: "stopped-early"; readonly rounds: number; readonly plannedRounds: number }
  | { readonly kind: "incomplete"; readonly graded: number; readonly planned: number }
  | { readonly kind: "mismatch"; readonly mismatch: Mismatch };

/** Checks whether a stored arm can be the baseline of a candidate that is about to run on these tasks; null if it can. */
export function baselineIssue(
  { run, arm }: ArmInRun,
  planned: ComparableArm & { readonly tasks: readonly { readonly id: string; readonly digest: string }[] },
  { allowMismatch = false }: { readonly allowMismatch?: boolean | undefined },
): BaselineIssue | null {
  const early = earlyStopOf(run);
  if (early) return { kind: "stopped-early", ...early };
  const trials = arm.perTask.length * run.attempts;
  if (arm.graded < trials * MIN_GRADED) return { kind: "incomplete", graded: arm.graded, planned: trials };
  if (allowMismatch) return null;
  const digests = new Map(planned.tasks.map(({ id, digest }) => [id, digest]));
  const compared = arm.perTask.filter(({ taskId, taskDigest }) => digests.get(taskId) === taskDigest).length;
  const all = new Set([...arm.perTask.map(({ taskId }) => taskId), ...digests.keys()]).size;
  const mismatch = mismatchesOf({ run, arm }, planned, { compared, leftOut: all - compared }).find(({ misleading }) => misleading);
  return mismatch ? { kind: "mismatch", mismatch } : null;
}
