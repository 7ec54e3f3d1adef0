import { CapReached } from "../../core/errors.ts";
import type { Demand, Reservation, SpendingLimit, Used } from "../../core/spending.ts";
import type { Arm, TrialKey } from "../../core/trial.ts";
import type { SpendingTable } from "../../store/execution/spending-table.ts";
import { ArmEstimate, asBrokenOff, wholeOf } from "./arm-estimate.ts";
import { Balance, type Counted, type Parts } from "./balance.ts";

/** What a run may use in total; null is no limit. */
export type RunCaps = { readonly maxCostUsd: number | null; readonly maxTokens: number | null };

/** What a run has spent of its limits; reported after each request. What is assumed is beside what is spent, not in it. */
export type Spending = {
  readonly spentUsd: number;
  readonly spentTokens: number;
  readonly assumedUsd: number;
  readonly assumedTokens: number;
} & RunCaps;

/** Whose requests they are: the limits that hold for the trial, and what is known of its arm. */
type Spender = {
  readonly key: TrialKey;
  readonly balances: readonly Balance[];
  readonly estimate: ArmEstimate;
  /** Answers that are no longer than this are of no use: one of this trial was cut there. */
  cutAt: number;
  /** Requests that broke off since the last answer. A trial sends one at a time, so they are tries of the same one. */
  brokenTries: number;
};

type Waiter = {
  readonly spender: Spender;
  readonly demand: Demand;
  readonly grant: (reservation: Reservation) => void;
  readonly refuse: (reason: unknown) => void;
};

/**
 * Keeps all requests of a run within the limits of the run, of its arms and of its trials, however many are in progress at once: the most that a request can cost
 * is reserved before it is sent, in the store as well, and the unused part is released after it.
 *
 * Where a limit does not afford the longest answer any more, not even with what requests under way may give back, the request asks for as long an answer as the limit
 * affords. When that is shorter than the model's answers usually are, the limit is reached.
 */
export class SpendingLimits {
  readonly #table: SpendingTable;
  readonly #caps: RunCaps;
  readonly #run: Balance;
  readonly #arms: ReadonlyMap<string, Balance>;
  readonly #estimates: ReadonlyMap<string, ArmEstimate>;
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
    this.#estimates = new Map(arms.map(({ id }) => [id, new ArmEstimate(table.historyOf(id))]));
    this.#run = new Balance({ scope: "run", owner: "the run" }, caps);
    this.#arms = new Map(arms.map((arm) => [arm.id, armBalance(arm)]));
    for (const spent of table.spentByArm({ runId })) {
      const { lengths } = this.#estimateOf(spent.armId);
      this.#run.addEarlier(spent, lengths);
      this.#arms.get(spent.armId)?.addEarlier(spent, lengths);
    }
  }

  /** Makes the limit that the requests of one trial reserve from. What the trial has spent before counts, requests that were under way when a run was killed too. */
  spendingLimitFor(key: TrialKey, trial: { readonly maxCostUsd: number | null }): SpendingLimit {
    const estimate = this.#estimateOf(key.armId);
    const own = new Balance({ scope: "trial", owner: "the trial" }, { maxCostUsd: trial.maxCostUsd, maxTokens: null });
    for (const spent of this.#table.spentByArm(key)) own.addEarlier(spent, estimate.lengths);
    const arm = this.#arms.get(key.armId);
    const spender: Spender = { key, balances: [own, ...(arm ? [arm] : []), this.#run], estimate, cutAt: 0, brokenTries: 0 };
    return { reserve: (demand, signal) => this.#reserve(spender, demand, signal) };
  }

  #estimateOf(armId: string): ArmEstimate {
    return this.#estimates.get(armId) ?? new ArmEstimate(this.#table.historyOf(armId));
  }

  #reserve(spender: Spender, demand: Demand, signal: AbortSignal): Promise<Reservation> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const end = (): void => {
        this.#waiters.delete(waiter);
        signal.removeEventListener("abort", onAbort);
      };
      const waiter: Waiter = {
        spender,
        demand,
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
    const { spender, demand } = waiter;
    try {
      const request = new PendingRequest(spender, demand);
      const exhausted = request.exhausted();
      if (exhausted !== null) {
        if (!this.#mayLearn(spender, exhausted)) waiter.refuse(exhausted);
        return;
      }
      const outputTokens = request.offered(this.#waiters.size > 1);
      if (outputTokens !== null) waiter.grant(this.#openReservation(spender, demand, { parts: request.parts, outputTokens }));
    } catch (error) {
      waiter.refuse(error);
    }
  }

  // What the first requests that broke off have cost is known better as soon as the others are answered.
  #mayLearn({ estimate }: Spender, { reason }: CapReached): boolean {
    return reason === "assumed" && estimate.lengths.isTooFew && this.#run.isBusy;
  }

  #openReservation(
    spender: Spender,
    demand: Demand,
    { parts, outputTokens }: { readonly parts: Parts; readonly outputTokens: number },
  ): Reservation {
    const { key, balances, estimate } = spender;
    const reserved = { whole: wholeOf(parts, outputTokens), prompt: parts.fixed };
    const brokenOff = asBrokenOff(parts, outputTokens, spender.brokenTries);
    const assumedUsd = reserved.whole.costUsd === null ? null : estimate.assumedUsd(brokenOff);
    const id = this.#table.reserve(key, reserved);
    for (const balance of balances) balance.reserve(reserved.whole);
    let isOpen = true;
    return {
      maxOutputTokens: outputTokens,
      assumedUsd,
      settle: (used) => {
        if (!isOpen) return;
        isOpen = false;
        if (used.isCut === true && outputTokens < demand.outputTokens) spender.cutAt = Math.max(spender.cutAt, outputTokens);
        if (used.billing !== "none") spender.brokenTries = used.billing === "maybe" ? spender.brokenTries + 1 : 0;
        estimate.learn(used, reserved);
        for (const balance of balances) {
          balance.release(reserved.whole);
          if (used.billing === "maybe") balance.addBrokenOff(brokenOff, estimate.lengths);
          else balance.addKnown(amountOf(used, reserved.whole.tokens));
        }
        this.#table.settle(id, used, assumedUsd);
        this.#tell();
        for (const waiter of this.#waiters) this.#serve(waiter);
      },
    };
  }

  #tell(): void {
    const { knownUsd, knownTokens, assumedUsd, assumedTokens } = this.#run.totals();
    this.#onSpent({ spentUsd: knownUsd, spentTokens: knownTokens, assumedUsd, assumedTokens, ...this.#caps });
  }
}

function armBalance(arm: Arm): Balance {
  return new Balance({ scope: "arm", owner: arm.name }, { maxCostUsd: arm.model.maxCostUsd, maxTokens: null });
}

// A host that states a cost but no tokens may have used as many as were reserved.
function amountOf({ costUsd, tokens, billing }: Used, reservedTokens: number): { readonly usd: number; readonly tokens: number } {
  return { usd: costUsd ?? 0, tokens: tokens ?? (billing === "none" ? 0 : reservedTokens) };
}

// The part of a limit that may stay unused.
const UNUSED_SHARE = 0.05;

/** A request against the limits that hold for it, at one moment. */
class PendingRequest {
  readonly parts: Parts;
  readonly #demand: Demand;
  readonly #balances: readonly Balance[];
  readonly #shortest: number;
  readonly #safe: number;
  readonly #ample: number;

  constructor({ balances, estimate, cutAt }: Spender, demand: Demand) {
    this.parts = estimate.partsOf(demand);
    this.#demand = demand;
    this.#balances = balances;
    // Asking again for little more than was cut would waste the rest.
    this.#shortest = Math.min(demand.outputTokens, Math.max(estimate.shortestOutput(demand), 2 * cutAt));
    this.#safe = estimate.safeOutput();
    this.#ample = Math.max(this.#shortest, estimate.ampleOutput(demand));
  }

  /** Returns why the request cannot be sent even if requests under way used nothing; null when it may be sent now or later. */
  exhausted(): CapReached | null {
    const afforded = (balance: Balance, counted: Counted): number => balance.affordedOutput(this.parts, counted);
    const blocking = this.#balances.find((balance) => afforded(balance, "settled") < this.#shortestUnder(balance));
    if (blocking === undefined) return null;
    const shortest = this.#shortestUnder(blocking);
    const note = shortest < this.#demand.outputTokens ? ` with an answer of no more than ${shortest} tokens` : "";
    const message = blocking.refusal(wholeOf(this.parts, shortest), note);
    const isAssumed = blocking.hasBrokenOff && afforded(blocking, "known") >= this.#demand.minOutputTokens;
    return new CapReached(blocking.scope, message, isAssumed ? "assumed" : "spent");
  }

  // An answer that is cut is wasted, so room for the longest one is kept, as long as that is a small part of the limit and none is kept back already.
  #shortestUnder(balance: Balance): number {
    if (balance.hasBrokenOff) return this.#shortest;
    const safe = Math.floor(Math.min(this.#safe, balance.outputOfShare(UNUSED_SHARE, this.parts)));
    return Math.min(this.#demand.outputTokens, Math.max(this.#shortest, safe));
  }

  /** Returns the length of the answer that may be asked for now; null when the request is to wait for others. */
  offered(isShared: boolean): number | null {
    let length = this.#demand.outputTokens;
    for (const balance of this.#balances) {
      const now = balance.affordedOutput(this.parts, "all");
      if (now >= this.#demand.outputTokens) continue;
      const later = Math.min(this.#demand.outputTokens, balance.affordedOutput(this.parts, "settled"));
      // What requests under way release may be enough for the longest answer, or for one that is as good.
      const wanted = later >= this.#demand.outputTokens ? later : Math.min(this.#ample, later);
      if (balance.isBusy && now < wanted) return null;
      // Half is left for the others, so that the last requests of a run are not sent one at a time.
      const isHalved = balance.scope !== "trial" && (isShared || balance.isBusy);
      length = Math.min(length, Math.floor(isHalved ? Math.max(Math.min(now, this.#ample), now / 2) : now));
    }
    return length;
  }
}
