/** Whether a request was billed: `none` where it certainly was not, or by the habit of providers is not; `maybe` where its cost is unknown; `known` where it brought an answer. */
export type Billing = "none" | "maybe" | "known";

/** The most that a request or a part of one can use; `costUsd` is null where the price is unknown. */
export type WorstCase = { readonly costUsd: number | null; readonly tokens: number };

/** A request that is about to be sent. */
export type Demand = {
  /** The most that its prompt can use, with what is billed for the request as such. */
  readonly prompt: WorstCase;
  /** The longest answer that it asks for, in tokens; 0 where nothing more than `prompt` can be used. */
  readonly outputTokens: number;
  /** The shortest length of the answer that the provider takes instead. */
  readonly minOutputTokens: number;
  /** Dollars for each token of the answer; null where the price is unknown. */
  readonly usdPerOutputToken: number | null;
};

/** What a request has used. Unknown is null: then `billing` is `maybe`, or the host told only one of the two. */
export type Used = {
  readonly costUsd: number | null;
  readonly tokens: number | null;
  readonly billing: Billing;
  /** The tokens of the answer, a part of `tokens`; absent where there is none or the host did not tell. */
  readonly outputTokens?: number;
  /** Whether the answer ended at a length below the one that the request wished to ask for. */
  readonly isCut?: boolean;
};

/** Permission to send one request. What it does not use is released; where that is unknown, `assumedUsd` counts. Only the first call of `settle` counts. */
export type Reservation = {
  /** The longest answer that the request may ask for: that of its demand, or less where a limit is nearly used up. */
  readonly maxOutputTokens: number;
  /** What the request is assumed to have cost when it breaks off, in US dollars; null where the price is unknown. */
  readonly assumedUsd: number | null;
  settle(used: Used): void;
};

/**
 * What requests may spend.
 *
 * Contract: must not let the sum of what is spent and what is reserved exceed a limit; waits while requests that are under way may still
 * give something back. Rejects with CapReached when they cannot, and with the signal's reason when that is aborted.
 */
export interface SpendingLimit {
  reserve(demand: Demand, signal: AbortSignal): Promise<Reservation>;
}

/** Requests that may have been billed and whose cost is unknown: they broke off, or were under way when the harness was killed. */
export type BrokenOff = {
  readonly requests: number;
  /** The sum of the squares of the lengths of their series. A series is the tries of one request that broke off one after the other: their answers are alike. */
  readonly squaredSeries: number;
  /** The most requests in one series. */
  readonly longestSeries: number;
  /** The most that their prompts can have used. */
  readonly promptUsd: number;
  readonly promptTokens: number;
  /** The most that their answers can have used. */
  readonly outputUsd: number;
  readonly outputTokens: number;
};

/** What the requests of an arm have spent: what is known, and the requests whose cost is not. */
export type ArmSpending = {
  readonly armId: string;
  readonly knownUsd: number;
  readonly knownTokens: number;
  readonly brokenOff: BrokenOff;
};
