/** How the error of a trial begins that could not go on because of what was only assumed to be spent. */
export const ASSUMED_CAP_ERROR = "Cannot continue within the limit: ";

/** A cap on the spending of a run, or of one of its arms, that stopped it; amounts are US dollars or tokens, as the cap is. */
export type CapStop = {
  /** The name of the arm whose `max_cost` was reached; null for a cap of the run. */
  readonly owner: string | null;
  readonly cap: { readonly kind: "usd" | "tokens"; readonly most: number };
  /** What answers are known to have used. */
  readonly spent: number;
  /** What requests that broke off are assumed to have used beside it, and how many they are. */
  readonly assumed: number;
  readonly brokenOff: number;
  /** Trials without a result, of those that were planned. */
  readonly left: number;
  readonly of: number;
};

/** What the cap on the cost of a trial did to the trials of an arm. */
export type TrialCapResult = {
  /** Graded trials that ended at it, and those of them that did not pass. */
  readonly ended: number;
  readonly failed: number;
  /** What those trials are known to have cost in US dollars, null where a cost is unknown; and what is assumed beside it for requests that may have been billed. */
  readonly spentUsd: number | null;
  readonly assumedUsd: number;
  /** Trials that are errors because of what was only assumed to be spent. */
  readonly errors: number;
};

/** The cap on the cost of a trial of an arm, in US dollars, what set it, and what it did to the trials. */
export type TrialCap = TrialCapResult & { readonly maxUsd: number; readonly setBy: "--max-trial-cost" | "max_trial_cost" };
