import type { WorstCase } from "../core/model.ts";

// Whose cap it is.
type CapScope = "trial" | "arm" | "run";

// Sums of dollars are no exact numbers; what is left out here is far below what any request costs.
const NOTHING = 1e-9;

/** An amount of money and tokens with a cap on each: what was spent of it, and what is set aside for requests under way. A cost without a price counts as nothing. */
export class Balance {
  readonly scope: CapScope;
  readonly #who: string;
  readonly #maxCostUsd: number;
  readonly #maxTokens: number;
  #spentUsd: number;
  #spentTokens: number;
  #reservedUsd = 0;
  #reservedTokens = 0;

  constructor(
    { scope, who }: { readonly scope: CapScope; readonly who: string },
    { maxCostUsd, maxTokens }: { readonly maxCostUsd: number | null; readonly maxTokens: number | null },
    { usd, tokens }: { readonly usd: number; readonly tokens: number },
  ) {
    this.scope = scope;
    this.#who = who;
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

  /** Tells whether a request may be sent now. */
  fits(worst: WorstCase): boolean {
    return !this.#passes(worst, { usd: this.#reservedUsd, tokens: this.#reservedTokens });
  }

  /** Tells whether a request could be sent if all that is set aside came back. */
  couldFit(worst: WorstCase): boolean {
    return !this.#passes(worst, { usd: 0, tokens: 0 });
  }

  #passes({ costUsd, tokens }: WorstCase, reserved: { readonly usd: number; readonly tokens: number }): boolean {
    return this.#passesMoney(costUsd, reserved.usd) || this.#spentTokens + reserved.tokens + tokens > this.#maxTokens;
  }

  #passesMoney(costUsd: number | null, reservedUsd: number): boolean {
    return this.#spentUsd + reservedUsd + (costUsd ?? 0) > this.#maxCostUsd + NOTHING;
  }

  /** Sets aside the worst that a request can cost. */
  reserve({ costUsd, tokens }: WorstCase): void {
    this.#reservedUsd += costUsd ?? 0;
    this.#reservedTokens += tokens;
  }

  /** Takes what was set aside back, and what was used out. */
  settle(worst: WorstCase, used: { readonly costUsd: number | null; readonly tokens: number | null }): void {
    this.#reservedUsd -= worst.costUsd ?? 0;
    this.#reservedTokens -= worst.tokens;
    this.#spentUsd += used.costUsd ?? worst.costUsd ?? 0;
    this.#spentTokens += used.tokens ?? worst.tokens;
  }

  /** Says why a request is not sent. */
  refusal({ costUsd, tokens }: WorstCase): string {
    if (this.#passesMoney(costUsd, 0))
      return `the cap of $${this.#maxCostUsd} for ${this.#who} is reached: $${this.#spentUsd.toFixed(4)} is spent, and the next request may cost up to $${(costUsd ?? 0).toFixed(4)}`;
    return `the cap of ${this.#maxTokens} tokens for ${this.#who} is reached: ${this.#spentTokens} are used, and the next request may use up to ${tokens}`;
  }
}
