import { type FailRule, type GateClaim, gateClaim, gateRuling } from "../../stats/gate.ts";
import { intervalAt, type PairedScore, pairedScore } from "../../stats/paired.ts";
import { type CommonTask, pairedTask } from "../common-task.ts";
import type { ArmInRun } from "../summary.ts";
import { type CostDecision, checkCost, isCostKnown } from "./cost-check.ts";
import type { CostCheck, GateState } from "./gate-result.ts";
import { type GateLook, gateRisks, type Risk } from "./gate-risk.ts";

/** The terms by which a gate judges; see `GateOptions`. */
export type JudgedTerms = {
  readonly margin: number;
  readonly alpha: number;
  readonly failWhen: FailRule;
  readonly maxCostIncrease: number | null;
  readonly formerCost?: true | undefined;
};

/** What one analysis of a gate shows. */
export type Judgement = {
  readonly score: PairedScore | null;
  /** Bounds of the difference in pass rate at the risk of a pass; null below two tasks. */
  readonly bounds: { readonly low: number; readonly high: number } | null;
  readonly boundsOf: (score: PairedScore) => { readonly low: number; readonly high: number };
  readonly claim: GateClaim;
  readonly cost: CostCheck | null;
  /** Rules on the candidate, for its claim or for a more cautious one. */
  readonly rule: (state: GateState) => Ruling;
};

/** `unadjusted`: one check would fail the candidate if it were the only one. */
export type Ruling =
  | { readonly kind: "pass" | "fail"; readonly by: "pass-rate" | "cost" }
  | { readonly kind: "open"; readonly unadjusted: boolean };

/** Judges both arms of a gate on their common tasks, after all rounds or at one look of a sequential gate. */
export function judgeGate(
  sides: { readonly baseline: ArmInRun; readonly candidate: ArmInRun },
  common: readonly CommonTask[],
  { terms, look }: { readonly terms: JudgedTerms; readonly look: GateLook | null },
): Judgement {
  const { margin, maxCostIncrease: limit } = terms;
  // In rounds a cost that is unknown today may be known at the next look, which must not have spent more until then.
  const checks = limit !== null && (look !== null || isCostKnown(sides, common)) ? 2 : 1;
  const risks = gateRisks({ alpha: terms.alpha, formerCost: terms.formerCost === true && look !== null }, { look, checks });
  const score = pairedScore(common.map(pairedTask));
  const boundsOf = (one: PairedScore): { readonly low: number; readonly high: number } => intervalAt(one, risks.passRate.pass);
  const bounds = score && boundsOf(score);
  const cost = limit === null ? null : checkCost(sides, common, { limit, risk: risks.cost });
  return {
    score,
    bounds,
    boundsOf,
    claim: bounds ? gateClaim(bounds, margin) : "inconclusive",
    cost: cost?.check ?? null,
    rule: (state) => rulingOn(state, { score, cost, terms, risk: risks.passRate }),
  };
}

// A pass needs every check to pass and a failure needs one to fail, but both checks together must not fail by chance more often than one alone.
function rulingOn(
  state: GateState,
  {
    score,
    cost,
    terms,
    risk,
  }: { readonly score: PairedScore | null; readonly cost: CostDecision | null; readonly terms: JudgedTerms; readonly risk: Risk },
): Ruling {
  const mayFail = (tail: number): boolean => state === "worse" && score !== null && gateRuling(intervalAt(score, tail), terms) === "fail";
  if (mayFail(risk.fail)) return { kind: "fail", by: "pass-rate" };
  if (cost?.fails) return { kind: "fail", by: "cost" };
  const isKept = state === "better" || state === "not-worse" || state === "worse-within-margin";
  if (isKept && (cost === null || cost.check.state === "within")) return { kind: "pass", by: "pass-rate" };
  return { kind: "open", unadjusted: mayFail(risk.pass) || cost?.check.state === "over" };
}
