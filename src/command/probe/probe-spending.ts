import { CapReached } from "../../core/errors.ts";
import type { Demand, Reservation, SpendingLimit, Used, WorstCase } from "../../core/spending.ts";
import type { SpendingTable } from "../../store/execution/spending-table.ts";

type Entry = { readonly armId: string; readonly demand: Demand; readonly whole: WorstCase; used: Used | null };
type Waiter = {
  readonly armId: string;
  readonly demand: Demand;
  readonly grant: (reservation: Reservation) => void;
  readonly refuse: (reason: unknown) => void;
};

/** What the probes of a run may spend; null is no limit. */
export type ProbeCaps = { readonly maxCostUsd: number | null; readonly maxTokens: number | null };

/** The task under which the requests of probes are stored: no task has such a name. */
const PROBE_TASK = "(probe)";

/**
 * Keeps what the probes before a run spend, within the limits of the run, until the run is stored: a run that is refused leaves nothing in the database. Requests that do not
 * fit beside those in flight wait for them.
 */
export class ProbeSpending {
  readonly #caps: ProbeCaps;
  readonly #entries: Entry[] = [];
  readonly #waiters = new Set<Waiter>();

  constructor(caps: ProbeCaps) {
    this.#caps = caps;
  }

  /** Makes the limit that the requests of one arm's probe reserve from. */
  limitFor(armId: string): SpendingLimit {
    return { reserve: (demand, signal) => this.#reserve(armId, demand, signal) };
  }

  /** Stores the requests with the run that they were made for, so that they count against its limits. */
  save(table: Pick<SpendingTable, "reserve" | "settle">, runId: string): void {
    for (const { armId, demand, whole, used } of this.#entries.splice(0)) {
      const id = table.reserve({ runId, armId, taskId: PROBE_TASK, attempt: 1 }, { whole, prompt: demand.prompt });
      // Its short answers say nothing about how long those of trials will be.
      table.settle(id, { ...(used ?? UNKNOWN), isCut: true }, whole.costUsd);
    }
  }

  #reserve(armId: string, demand: Demand, signal: AbortSignal): Promise<Reservation> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const end = (then: () => void): void => {
        this.#waiters.delete(waiter);
        signal.removeEventListener("abort", onAbort);
        then();
      };
      const onAbort = (): void => end(() => reject(signal.reason));
      const waiter: Waiter = {
        armId,
        demand,
        grant: (reservation) => end(() => resolve(reservation)),
        refuse: (reason) => end(() => reject(reason)),
      };
      this.#waiters.add(waiter);
      signal.addEventListener("abort", onAbort, { once: true });
      this.#serve(waiter);
    });
  }

  #serve({ armId, demand, grant, refuse }: Waiter): void {
    const whole = wholeOf(demand);
    if (this.#fits(whole)) {
      const entry: Entry = { armId, demand, whole, used: null };
      this.#entries.push(entry);
      grant({ maxOutputTokens: demand.outputTokens, assumedUsd: whole.costUsd, settle: (used) => this.#settle(entry, used) });
    } else if (!this.#hasOpen()) refuse(new CapReached("run", "the limit of the run leaves no room for it"));
  }

  #settle(entry: Entry, used: Used): void {
    entry.used ??= used;
    for (const waiter of this.#waiters) this.#serve(waiter);
  }

  #hasOpen(): boolean {
    return this.#entries.some(({ used }) => used === null);
  }

  #fits(whole: WorstCase): boolean {
    const usd = this.#entries.reduce((sum, entry) => sum + (entry.used?.costUsd ?? entry.whole.costUsd ?? 0), whole.costUsd ?? 0);
    const tokens = this.#entries.reduce((sum, entry) => sum + (entry.used?.tokens ?? entry.whole.tokens), whole.tokens);
    return usd <= (this.#caps.maxCostUsd ?? Number.POSITIVE_INFINITY) && tokens <= (this.#caps.maxTokens ?? Number.POSITIVE_INFINITY);
  }
}

const UNKNOWN: Used = { costUsd: null, tokens: null, billing: "maybe" };

/** The most that a request can use, its longest answer included. */
function wholeOf({ prompt, outputTokens, usdPerOutputToken }: Demand): WorstCase {
  const isPriced = prompt.costUsd !== null && usdPerOutputToken !== null;
  return {
    costUsd: isPriced ? (prompt.costUsd ?? 0) + outputTokens * (usdPerOutputToken ?? 0) : null,
    tokens: prompt.tokens + outputTokens,
  };
}
