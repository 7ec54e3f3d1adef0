import { type AnswerLengths, type Assumption, NONE_BROKEN_OFF, sumOfBrokenOff } from "../../core/answer-lengths.ts";
import type { ArmSpending, BrokenOff, WorstCase } from "../../core/spending.ts";

/** What a limit applies to. */
export type CapScope = "trial" | "arm" | "run";

/** A limit on money and on tokens; null is no limit. */
export type Caps = { readonly maxCostUsd: number | null; readonly maxTokens: number | null };

/** A request by its parts: what is used whatever the answer is, and what each token of the answer adds. */
export type Parts = { readonly fixed: WorstCase; readonly usdPerOutputToken: number | null };

/** What counts against a limit: all of it, all but what is reserved and may come back, or only what is known. */
export type Counted = "all" | "settled" | "known";

/** Known and assumed spending of a balance. */
export type Totals = {
  readonly knownUsd: number;
  readonly knownTokens: number;
  readonly assumedUsd: number;
  readonly assumedTokens: number;
};

type Amount = { readonly usd: number; readonly tokens: number };

// Rounding of sums of dollars; far below what any request costs.
const EPSILON_USD = 1e-9;

/**
 * Tracks money and tokens against a limit on each: what is known to be spent, what requests that broke off are assumed to have cost, and what is reserved for requests
 * under way. A request without a price counts as $0.
 */
export class Balance {
  readonly scope: CapScope;
  readonly owner: string;
  readonly #caps: Caps;
  #knownUsd = 0;
  #knownTokens = 0;
  #reservedUsd = 0;
  #reservedTokens = 0;
  #reservations = 0;
  readonly #brokenOff = new Map<AnswerLengths, BrokenOff>();

  constructor({ scope, owner }: { readonly scope: CapScope; readonly owner: string }, caps: Caps) {
    this.scope = scope;
    this.owner = owner;
    this.#caps = caps;
  }

  /** Counts what an arm has spent before, with the lengths of its answers. */
  addEarlier({ knownUsd, knownTokens, brokenOff }: ArmSpending, lengths: AnswerLengths): void {
    this.#knownUsd += knownUsd;
    this.#knownTokens += knownTokens;
    this.addBrokenOff(brokenOff, lengths);
  }

  /** Whether requests are under way. */
  get isBusy(): boolean {
    return this.#reservations > 0;
  }

  /** Whether requests of unknown use count. */
  get hasBrokenOff(): boolean {
    return this.#brokenOff.size > 0;
  }

  /** Computes the longest answer that the limit affords, in tokens; negative when it does not afford the rest of the request. */
  affordedOutput({ fixed, usdPerOutputToken }: Parts, counted: Counted): number {
    const { usd, tokens } = this.#counted(counted);
    const forTokens = (this.#caps.maxTokens ?? Number.POSITIVE_INFINITY) - tokens - fixed.tokens;
    const leftUsd = (this.#caps.maxCostUsd ?? Number.POSITIVE_INFINITY) - usd - (fixed.costUsd ?? 0) + EPSILON_USD;
    if (leftUsd < 0) return -1;
    return usdPerOutputToken === null || usdPerOutputToken === 0 ? forTokens : Math.min(forTokens, leftUsd / usdPerOutputToken);
  }

  /** Computes the answer that a share of the whole limit affords, in tokens. */
  outputOfShare(share: number, { usdPerOutputToken }: Parts): number {
    const forTokens = share * (this.#caps.maxTokens ?? Number.POSITIVE_INFINITY);
    const usd = share * (this.#caps.maxCostUsd ?? Number.POSITIVE_INFINITY);
    return usdPerOutputToken === null || usdPerOutputToken === 0 ? forTokens : Math.min(forTokens, usd / usdPerOutputToken);
  }

  /** Reserves the most that a request can use. */
  reserve({ costUsd, tokens }: WorstCase): void {
    this.#reservations += 1;
    this.#reservedUsd += costUsd ?? 0;
    this.#reservedTokens += tokens;
  }

  /** Releases what was reserved. */
  release({ costUsd, tokens }: WorstCase): void {
    this.#reservations -= 1;
    this.#reservedUsd = this.#reservations === 0 ? 0 : this.#reservedUsd - (costUsd ?? 0);
    this.#reservedTokens -= tokens;
  }

  /** Counts what a request has used. */
  addKnown({ usd, tokens }: Amount): void {
    this.#knownUsd += usd;
    this.#knownTokens += tokens;
  }

  /** Counts a request whose use is unknown. */
  addBrokenOff(brokenOff: BrokenOff, lengths: AnswerLengths): void {
    if (brokenOff.requests === 0) return;
    this.#brokenOff.set(lengths, sumOfBrokenOff(this.#brokenOff.get(lengths) ?? NONE_BROKEN_OFF, brokenOff));
  }

  /** Returns what was spent so far; what is kept back for chance is no part of it. */
  totals(): Totals {
    const { usd, tokens } = this.#assumed();
    return { knownUsd: this.#knownUsd, knownTokens: this.#knownTokens, assumedUsd: usd, assumedTokens: tokens };
  }

  /** Explains why a request of this worst case is not sent; `note` says more about the request. */
  refusal({ costUsd, tokens }: WorstCase, note: string): string {
    const assumed = this.#assumed();
    const { usd } = this.#counted("settled");
    if (usd + (costUsd ?? 0) > (this.#caps.maxCostUsd ?? Number.POSITIVE_INFINITY) + EPSILON_USD) {
      const unknown = this.#unknown(inUsd(assumed.usd), inUsd(assumed.usd + assumed.keptUsd), "billed for");
      return `the limit of $${this.#caps.maxCostUsd} for ${this.owner} is reached: ${inUsd(this.#knownUsd)} is spent${unknown}, and the next request may cost up to ${inUsd(costUsd ?? 0)}${note}`;
    }
    const unknown = this.#unknown(String(assumed.tokens), String(assumed.tokens + assumed.keptTokens), "used by");
    return `the limit of ${this.#caps.maxTokens} tokens for ${this.owner} is reached: ${this.#knownTokens} are used${unknown}, and the next request may use up to ${tokens}${note}`;
  }

  #unknown(likely: string, most: string, verb: string): string {
    let requests = 0;
    for (const brokenOff of this.#brokenOff.values()) requests += brokenOff.requests;
    if (requests === 0) return "";
    const amount = likely === most ? likely : `${likely} to ${most}`;
    return `, ${amount} more may have been ${verb} ${requests} ${requests === 1 ? "request" : "requests"} of unknown cost`;
  }

  #counted(counted: Counted): Amount {
    if (counted === "known") return { usd: this.#knownUsd, tokens: this.#knownTokens };
    const { usd, tokens, keptUsd, keptTokens } = this.#assumed({ mayLearn: !this.isBusy });
    const reserved = counted === "all" ? { usd: this.#reservedUsd, tokens: this.#reservedTokens } : { usd: 0, tokens: 0 };
    return { usd: this.#knownUsd + usd + keptUsd + reserved.usd, tokens: this.#knownTokens + tokens + keptTokens + reserved.tokens };
  }

  // Of a model that has not answered yet nothing is kept back for one request at a time, or it would never be known how long its answers are.
  #assumed({ mayLearn } = { mayLearn: false }): Assumption {
    let sum: Assumption = { usd: 0, tokens: 0, keptUsd: 0, keptTokens: 0 };
    for (const [lengths, brokenOff] of this.#brokenOff) {
      const assumption = lengths.assume(brokenOff);
      const { usd, tokens, keptUsd, keptTokens } = mayLearn && lengths.isEmpty ? { ...assumption, keptUsd: 0, keptTokens: 0 } : assumption;
      sum = {
        usd: sum.usd + usd,
        tokens: sum.tokens + tokens,
        keptUsd: sum.keptUsd + keptUsd,
        keptTokens: sum.keptTokens + keptTokens,
      };
    }
    return sum;
  }
}

function inUsd(usd: number): string {
  return `$${usd.toFixed(4)}`;
}
