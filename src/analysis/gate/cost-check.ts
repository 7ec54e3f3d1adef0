import { ratioOfTotals } from "../../stats/ratio.ts";
import { studentTCdf } from "../../stats/student-t.ts";
import type { CommonTask } from "../common-task.ts";
import { pricesDiffer } from "../mismatch.ts";
import type { ArmInRun } from "../summary.ts";
import type { CostCheck } from "./gate-result.ts";

/** A cost check with the p-value of the claim that the cost is over its limit. */
export type CostDecision = { readonly check: CostCheck; readonly pOver: number };

/** Checks how much more the candidate costs than the baseline on their common tasks; `limit` 0.2 accepts 20 % more. Unknown costs or different prices make the result unknown. */
export function checkCost(
  sides: { readonly baseline: ArmInRun; readonly candidate: ArmInRun },
  common: readonly CommonTask[],
  { limit, alpha }: { readonly limit: number; readonly alpha: number },
): CostDecision {
  const samePrices = !pricesDiffer(sides.baseline.arm, sides.candidate.arm);
  const costs = common.flatMap(({ baseline, candidate }) =>
    baseline.costUsd === null || candidate.costUsd === null
      ? []
      : [{ before: baseline.costUsd / baseline.trials, after: candidate.costUsd / candidate.trials }],
  );
  const isKnown = samePrices && costs.length === common.length;
  const before = costs.map((cost) => cost.before);
  const after = costs.map((cost) => cost.after);
  if (isKnown && [...before, ...after].every((cost) => cost === 0))
    return { check: { limit, state: "within", increase: { value: 0, low: 0, high: 0 } }, pOver: 1 };
  const estimate = isKnown ? ratioOfTotals(before, after, 2 * alpha) : null;
  if (estimate === null) return { check: { limit, state: "unknown", increase: null }, pOver: 1 };
  const increase = { value: estimate.ratio - 1, low: estimate.low - 1, high: estimate.high - 1 };
  const state = increase.low > limit ? "over" : increase.high <= limit ? "within" : "inconclusive";
  const distance = Math.log(estimate.ratio / (1 + limit));
  const pOver =
    estimate.standardErrorLog === 0 ? Number(distance <= 0) : studentTCdf(-distance / estimate.standardErrorLog, estimate.degreesOfFreedom);
  return { check: { limit, state, increase }, pOver };
}
