import { CapReached } from "../core/errors.ts";
import type { Reservation, SpendingLimit, WorstCase } from "../core/model.ts";
import type { Arm, TrialKey } from "../core/trial.ts";
import type { SpendingTable } from "../store/execution/spending-table.ts";

/** What a run may use in total; null is no limit. */
export type RunCaps = { readonly maxCostUsd: number | null; readonly maxTokens: number | null };

/** What a run has spent of its limits; reported after each request. */
export type Spending = { readonly spentUsd: number; readonly spentTokens: number } & RunCaps;

type Waiter = {
  readonly key: TrialKey;
  readonly balances: readonly Balance[];
  readonly worst: WorstCase;
  readonly grant: (reservation: Reservation) => void;
  readonly refuse: (reason: unknown) => void;
};

/**
 * Keeps all requests of a run within the limits of the run, of its arms and of its trials, however many are in progress at once: the most that a request can cost
 * is reserved before it is sent, in the store as well, and the unused part is released after it.
 */
export class SpendingLimits {
  readonly #table: SpendingTable;
  readonly #caps: RunCaps;
  readonly #run: Balance;
  readonly #arms: ReadonlyMap<string, Balance>;
  readonly #onSpent: (spending: Spending) => void;
  readonly #waiters = new Set<Waiter>();

  constructor(
    table: SpendingTable,
    run: { readonly runId: string; readonly arms: readonly Arm[]; readonly caps: RunCaps },
    onSpent: (spending: Spending) => void = () => {},
  ) {
    const { runId, arms, caps } = run;
    this.#table = table;
    this.#caps = caps;
    this.#onSpent = onSpent;
    this.#run = new Balance({ scope: "run", owner: "the run" }, caps, table.spent({ runId }));
    this.#arms = new Map(arms.map((arm) => [arm.id, armBalance(arm, table.spent({ runId, armId: arm.id }).usd)]));
  }

  /** Makes the limit that the requests of one trial reserve from; `spentUsd` is what a resumed trial has cost already. */
  spendingLimitFor(key: TrialKey, trial: { readonly maxCostUsd: number | null; readonly spentUsd: number }): SpendingLimit {
    const own = new Balance(
      { scope: "trial", owner: "the trial" },
      { maxCostUsd: trial.maxCostUsd, maxTokens: null },
      { usd: trial.spentUsd, tokens: 0 },
    );
    const arm = this.#arms.get(key.armId);
    const balances = [own, ...(arm ? [arm] : []), this.#run];
    return { reserve: (worst, signal) => this.#reserve({ key, balances, worst }, signal) };
  }

  #reserve(request: Pick<Waiter, "key" | "balances" | "worst">, signal: AbortSignal): Promise<Reservation> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const end = (): void => {
        this.#waiters.delete(waiter);
        signal.removeEventListener("abort", onAbort);
      };
      const waiter: Waiter = {
        ...request,
        grant: (reservation) => {
          end();
          resolve(reservation);
        },
        refuse: (reason) => {
          end();
          reject(reason);
        },
      };
      const onAbort = (): void => waiter.refuse(signal.reason);
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiters.add(waiter);
      this.#serve(waiter);
    });
  }

  #serve(waiter: Waiter): void {
    const { key, balances, worst } = waiter;
    const blocked = balances.filter((balance) => !balance.fits(worst));
    // Even if nothing of the reserved amounts were used, the request would not fit.
    const exhausted = blocked.find((balance) => !balance.couldFit(worst));
    if (exhausted) waiter.refuse(new CapReached(exhausted.scope, exhausted.refusal(worst)));
    if (blocked.length > 0) return;
    try {
      waiter.grant(this.#openReservation(key, balances, worst));
    } catch (error) {
      waiter.refuse(error);
    }
  }

  #openReservation(key: TrialKey, balances: readonly Balance[], worst: WorstCase): Reservation {
    const id = this.#table.reserve(key, worst);
    for (const balance of balances) balance.reserve(worst);
    let isOpen = true;
    return {
      settle: (used) => {
        if (!isOpen) return;
        isOpen = false;
        for (const balance of balances) balance.settle(worst, used);
        this.#table.settle(id, used);
        this.#onSpent({ spentUsd: this.#run.spentUsd, spentTokens: this.#run.spentTokens, ...this.#caps });
        for (const waiter of this.#waiters) this.#serve(waiter);
      },
    };
  }
}

function armBalance(arm: Arm, usd: number): Balance {
  return new Balance({ scope: "arm", owner: arm.name }, { maxCostUsd: arm.model.maxCostUsd, maxTokens: null }, { usd, tokens: 0 });
}

// What a limit applies to.
type CapScope = "trial" | "arm" | "run";

// Rounding of sums of dollars; far below what any request costs.
const EPSILON_USD = 1e-9;

/** Tracks money and tokens against a limit on each: what was spent, and what is reserved for requests in progress. A request without a price counts as $0. */
class Balance {
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
      return `the limit of $${this.#maxCostUsd} for ${this.#owner} is reached: $${this.#spentUsd.toFixed(4)} is spent, and the next request may cost up to $${(costUsd ?? 0).toFixed(4)}`;
    return `the limit of ${this.#maxTokens} tokens for ${this.#owner} is reached: ${this.#spentTokens} are used, and the next request may use up to ${tokens}`;
  }
}
