import type { Estimate, Side } from "../comparison.ts";

/**
 * What the data say about the candidate's pass rate against the margin; `identical` when both sides are the same arm, `invalid` when too much is
 * missing to say anything.
 */
export type GateState = "better" | "not-worse" | "worse-within-margin" | "worse" | "inconclusive" | "identical" | "invalid";

/** The increase of the bill (ratio of cost minus 1) against its limit. */
export type CostCheck = {
  readonly limit: number;
  readonly state: "within" | "over" | "inconclusive" | "unknown";
  readonly increase: Estimate | null;
};

/** How a sequential gate went: one look after each whole round of attempts. */
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

/** The gate's answer, with all that went into it. `margin`, `alpha` and limits are shares. */
export type GateResult = {
  readonly baseline: Side;
  readonly candidate: Side;
  readonly mode: "guard" | "prove";
  readonly margin: number;
  readonly alpha: number;
  readonly state: GateState;
  /** Difference in pass rate, at one-sided level alpha on either side. */
  readonly difference: Estimate | null;
  readonly cost: CostCheck | null;
  readonly sequential: SequentialPath | null;
  readonly outcome: "pass" | "fail" | "inconclusive" | "invalid";
  readonly exitCode: 0 | 1 | 3 | 4;
  /** Plain sentences: the verdict first, then warnings and what to do. */
  readonly reasons: readonly string[];
};
