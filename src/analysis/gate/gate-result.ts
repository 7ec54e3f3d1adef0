import type { TrialCap } from "../../core/cap.ts";
import type { FailRule } from "../../stats/gate.ts";
import type { Estimate, Side, Undecidable } from "../comparison.ts";
import type { DataFlaw } from "../data-flaw.ts";

/**
 * What the data show about the candidate's pass rate against the margin; `identical` when both sides are the same arm, `invalid` when flaws in the data
 * forbid a verdict.
 */
export type GateState = "better" | "not-worse" | "worse-within-margin" | "worse" | "inconclusive" | "identical" | "invalid";

/**
 * Both modes pass only a candidate that is shown to keep the margin, and fail one by the same rule. `non-inferiority` also refuses to start with too few
 * trials to show that, and takes a result that depends on missing grades as inconclusive.
 */
export type GateMode = "regression" | "non-inferiority";

/** The increase in cost (ratio of costs minus 1) against its limit. */
export type CostCheck = {
  readonly limit: number;
  readonly state: "within" | "over" | "inconclusive" | "unknown";
  readonly increase: Estimate | null;
  /** The difference in cost hangs on few tasks, so that a wrong claim about it is likelier than stated. */
  readonly uneven: boolean;
};

/** A reason for the outcome of a gate, or a warning about it. */
export type GateReason =
  | DataFlaw
  | {
      readonly kind:
        | "same-arm"
        | "same-arm-not-run"
        | "pass-rate"
        | "cost"
        | "depends-on-missing-grades"
        | "fails-only-unadjusted"
        /** The gate was run by a version that made no allowance for judging the cost after every round. */
        | "former-cost"
        | "uneven-costs"
        /** With other results of the trials that failed at their caps the claim could be another one. */
        | "caps-decide";
    }
  | { readonly kind: "ended-at-cap"; readonly label: string; readonly graded: number; readonly cap: TrialCap }
  | { readonly kind: "inconclusive-counts-as"; readonly outcome: "pass" | "fail" }
  /** The drop that is found four times in five; null where none is. */
  | { readonly kind: "detectable-drop"; readonly difference: number | null }
  | ({ readonly kind: "undecidable" } & Undecidable);

/** How a sequential gate went: one interim analysis after each whole round of attempts. */
export type SequentialPath = {
  readonly plannedRounds: number;
  readonly looks: readonly {
    readonly round: number;
    readonly difference: number;
    readonly low: number;
    readonly high: number;
    readonly state: GateState;
  }[];
  readonly plannedTrials: number;
  readonly trials: number;
};

/** The decision of a gate, with everything it rests on. `margin`, `alpha` and limits are shares. */
export type GateResult = {
  readonly baseline: Side;
  readonly candidate: Side;
  readonly mode: GateMode;
  readonly margin: number;
  readonly alpha: number;
  /** What fails the candidate: that it is shown to be worse while a drop beyond the margin is not excluded, or only a drop that is shown to be beyond it. */
  readonly failWhen: FailRule;
  readonly state: GateState;
  /** Difference in pass rate, at one-sided level alpha on either side. */
  readonly difference: Estimate | null;
  readonly cost: CostCheck | null;
  readonly sequential: SequentialPath | null;
  /** Which check the outcome rests on; null where nothing is decided, or nothing was compared. */
  readonly decidedBy: "pass-rate" | "cost" | null;
  readonly outcome: "pass" | "fail" | "inconclusive" | "invalid";
  readonly exitCode: 0 | 1 | 3 | 4;
  /** The verdict on the pass rate or the flaws first, then the cost and warnings. */
  readonly reasons: readonly GateReason[];
};
