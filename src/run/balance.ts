import type { WorstCase } from "../core/model.ts";

// What a cap limits.
type CapScope = "trial" | "arm" | "run";

// Rounding of sums of dollars; far below what any request costs.
const EPSILON_USD = 1e-9;

/** Tracks money and tokens against a cap on each: what was spent, and what is reserved for requests in progress. A request without a price counts as $0. */
export class Balance {
  readonly scope: CapScope;
  readonly #owner: string;
  readonly #maxCostUsd: number;
  readonly #maxTokens: number;
  #spentUsd: number;
  #spentTokens: number;
  #reservedUsd = 0;
  #reservedTokens = 0;

  constructor(
    { scope, owner }: { readonly scope: CapScope; readonly owner: string },
    { maxCostUsd, maxTokens }: { readonly maxCostUsd: number | null; readonly maxTokens: number | null },
    { usd, tokens }: { readonly usd: number; readonly tokens: number },
  ) {
    this.scope = scope;
    this.#owner = owner;
    this.#maxCostUsd = maxCostUsd ?? Number.POSITIVE_INFINITY;
    this.#maxTokens = maxTokens ?? Number.POSITIVE_INFINITY;
    this.#spentUsd = usd;
    this.#spentTokens = tokens;
  }

  get spentUsd(): number {
    return this.#spentUsd;
  }

  get spentTokens(): number {
    return this.#spentTokens;
  }

  /** Returns whether a request of this worst case may be sent now. */
  fits(worst: WorstCase): boolean {
    return !this.#exceeds(worst, { usd: this.#reservedUsd, tokens: this.#reservedTokens });
  }

  /** Returns whether the request could be sent if nothing of the reserved amounts were used. */
  couldFit(worst: WorstCase): boolean {
    return !this.#exceeds(worst, { usd: 0, tokens: 0 });
  }

  #exceeds({ costUsd, tokens }: WorstCase, reserved: { readonly usd: number; readonly tokens: number }): boolean {
    return this.#exceedsMoney(costUsd, reserved.usd) || this.#spentTokens + reserved.tokens + tokens > this.#maxTokens;
  }

  #exceedsMoney(costUsd: number | null, reservedUsd: number): boolean {
    return this.#spentUsd + reservedUsd + (costUsd ?? 0) > this.#maxCostUsd + EPSILON_USD;
  }

  /** Reserves the most that a request can cost. */
  reserve({ costUsd, tokens }: WorstCase): void {
    this.#reservedUsd += costUsd ?? 0;
    this.#reservedTokens += tokens;
  }

  /** Releases what was reserved and counts what was used; an unknown use counts as the worst case. */
  settle(worst: WorstCase, used: { readonly costUsd: number | null; readonly tokens: number | null }): void {
    this.#reservedUsd -= worst.costUsd ?? 0;
    this.#reservedTokens -= worst.tokens;
    this.#spentUsd += used.costUsd ?? worst.costUsd ?? 0;
    this.#spentTokens += used.tokens ?? worst.tokens;
  }

  /** Explains why a request is not sent. */
  refusal({ costUsd, tokens }: WorstCase): string {
    if (this.#exceedsMoney(costUsd, 0))
      return `the cap of $${this.#maxCostUsd} for ${this.#owner} is reached: $${this.#spentUsd.toFixed(4)} is spent, and the next request may cost up to $${(costUsd ?? 0).toFixed(4)}`;
    return `the cap of ${this.#maxTokens} tokens for ${this.#owner} is reached: ${this.#spentTokens} are used, and the next request may use up to ${tokens}`;
  }
}
