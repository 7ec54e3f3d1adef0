import { CapReached } from "../core/errors.ts";
import type { Reservation, SpendingLimit, WorstCase } from "../core/model.ts";
import type { Arm, TrialKey } from "../core/trial.ts";
import type { SpendingTable } from "../store/spending-table.ts";
import { Balance } from "./balance.ts";

/** What a run may use in all; null is no cap. */
export type RunCaps = { readonly maxCostUsd: number | null; readonly maxTokens: number | null };

/** What has been spent of what may be; told after each request. */
export type Spending = { readonly spentUsd: number; readonly spentTokens: number } & RunCaps;

type Waiter = {
  readonly key: TrialKey;
  readonly balances: readonly Balance[];
  readonly worst: WorstCase;
  readonly grant: (reservation: Reservation) => void;
  readonly refuse: (reason: unknown) => void;
};

/**
 * Keeps all requests of a run within its caps, those of its arms and those of its trials, however many are under way at once: the worst that a request can cost
 * is set aside before it is sent, in the store as well, and what was not used comes back.
 */
export class SpendingLimits {
  readonly #ledger: SpendingTable;
  readonly #caps: RunCaps;
  readonly #run: Balance;
  readonly #arms: ReadonlyMap<string, Balance>;
  readonly #onSpent: (spending: Spending) => void;
  readonly #waiters = new Set<Waiter>();

  constructor(
    ledger: SpendingTable,
    run: { readonly runId: string; readonly arms: readonly Arm[]; readonly caps: RunCaps },
    onSpent: (spending: Spending) => void = () => {},
  ) {
    const { runId, arms, caps } = run;
    this.#ledger = ledger;
    this.#caps = caps;
    this.#onSpent = onSpent;
    this.#run = new Balance({ scope: "run", who: "the run" }, caps, ledger.spent({ runId }));
    this.#arms = new Map(arms.map((arm) => [arm.id, armBalance(arm, ledger.spent({ runId, armId: arm.id }).usd)]));
  }

  /** What the requests of one trial reserve from; `spentUsd` is what the trial has cost already, in what is gone on with. */
  spendingLimitFor(key: TrialKey, trial: { readonly maxCostUsd: number | null; readonly spentUsd: number }): SpendingLimit {
    const own = new Balance(
      { scope: "trial", who: "the trial" },
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
        signal.removeEventListener("abort", giveUp);
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
      const giveUp = (): void => waiter.refuse(signal.reason);
      signal.addEventListener("abort", giveUp, { once: true });
      this.#waiters.add(waiter);
      this.#serve(waiter);
    });
  }

  #serve(waiter: Waiter): void {
    const { key, balances, worst } = waiter;
    const blocked = balances.filter((balance) => !balance.fits(worst));
    // Nothing that may still come back would be enough.
    const empty = blocked.find((balance) => !balance.couldFit(worst));
    if (empty) waiter.refuse(new CapReached(empty.scope, empty.refusal(worst)));
    if (blocked.length > 0) return;
    try {
      waiter.grant(this.#setAside(key, balances, worst));
    } catch (error) {
      waiter.refuse(error);
    }
  }

  #setAside(key: TrialKey, balances: readonly Balance[], worst: WorstCase): Reservation {
    const id = this.#ledger.open(key, worst);
    for (const balance of balances) balance.reserve(worst);
    let isOpen = true;
    return {
      settle: (used) => {
        if (!isOpen) return;
        isOpen = false;
        for (const balance of balances) balance.settle(worst, used);
        this.#ledger.settle(id, used);
        this.#onSpent({ spentUsd: this.#run.spentUsd, spentTokens: this.#run.spentTokens, ...this.#caps });
        for (const waiter of this.#waiters) this.#serve(waiter);
      },
    };
  }
}

function armBalance(arm: Arm, usd: number): Balance {
  return new Balance({ scope: "arm", who: arm.name }, { maxCostUsd: arm.model.maxCostUsd, maxTokens: null }, { usd, tokens: 0 });
}
