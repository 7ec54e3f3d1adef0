import { type RatioEstimate, ratioOfTotals, sumsByGroup } from "../../stats/ratio.ts";
import type { CommonTask } from "../common-task.ts";
import { pricesDiffer } from "../mismatch.ts";
import type { ArmInRun } from "../summary.ts";
import type { CostCheck } from "./gate-result.ts";
import type { Risk } from "./gate-risk.ts";

/** A cost check; `fails` when the cost is over its limit at the risk with which it may fail a gate, which can be smaller than that of the interval. */
export type CostDecision = { readonly check: CostCheck; readonly fails: boolean };

/** Costs of a trial by task on either side; null where they cannot be compared, because one is unknown or the prices differ. */
type Costs = { readonly before: readonly number[]; readonly after: readonly number[] } | null;

/** Checks how much more the candidate costs than the baseline on their common tasks; `limit` 0.2 accepts 20 % more. Unknown costs or different prices make the result unknown. */
export function checkCost(
  sides: { readonly baseline: ArmInRun; readonly candidate: ArmInRun },
  common: readonly CommonTask[],
  { limit, risk }: { readonly limit: number; readonly risk: Risk },
): CostDecision {
  const costs = costsOf(sides, common);
  const estimateAt = (tail: number): RatioEstimate | null => costs && ratioOfTotals(costs.before, costs.after, 2 * tail);
  if (costs && [...costs.before, ...costs.after].every((cost) => cost === 0))
    return { check: { limit, state: "within", increase: { value: 0, low: 0, high: 0 }, uneven: false }, fails: false };
  const estimate = estimateAt(risk.pass);
  if (estimate === null) return { check: { limit, state: "unknown", increase: null, uneven: false }, fails: false };
  const { ratio, low, high } = estimate;
  const isBounded = Number.isFinite(high);
  const increase = { value: ratio - 1, low: isBounded ? low - 1 : null, high: isBounded ? high - 1 : null };
  const state = low - 1 > limit ? "over" : high - 1 <= limit ? "within" : "inconclusive";
  return {
    check: { limit, state, increase, uneven: isBounded && estimate.isUneven },
    fails: state === "over" && (estimateAt(risk.fail)?.low ?? 0) - 1 > limit,
  };
}

/** Checks whether the costs of two arms can be compared on their common tasks. */
export function isCostKnown(sides: { readonly baseline: ArmInRun; readonly candidate: ArmInRun }, common: readonly CommonTask[]): boolean {
  return costsOf(sides, common) !== null;
}

function costsOf(sides: { readonly baseline: ArmInRun; readonly candidate: ArmInRun }, common: readonly CommonTask[]): Costs {
  if (pricesDiffer(sides.baseline.arm, sides.candidate.arm)) return null;
  const costs = common.flatMap(({ baseline, candidate }) =>
    baseline.costUsd === null || candidate.costUsd === null
      ? []
      : [{ before: baseline.costUsd / baseline.trials, after: candidate.costUsd / candidate.trials }],
  );
  if (costs.length < common.length) return null;
  // Where tasks form groups, these are the units.
  const groups = common.map(({ baseline, candidate }) => candidate.group ?? baseline.group);
  const ofUnits = (values: readonly number[]): readonly number[] => sumsByGroup(values, groups);
  return { before: ofUnits(costs.map((cost) => cost.before)), after: ofUnits(costs.map((cost) => cost.after)) };
}
