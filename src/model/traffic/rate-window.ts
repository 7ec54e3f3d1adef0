import type { RateLimits } from "../../core/model.ts";

/** One request as counted in the last minute. */
export type Claim = {
  /** Marks the request as sent now: it counts for one minute from here on. */
  begin(nowMs: number): void;
  /** Marks the request as ended; `tokens` is what it used, null when unknown. A request that was never sent stops counting. */
  end(tokens: number | null): void;
};

type Start = { readonly atMs: number; tokens: number; isPast: boolean };

const WINDOW_MS = 60_000;
const FEW = 64;

/** Counts the requests and tokens that were sent in the last minute, and those that are about to be. */
export class RateWindow {
  #starts: Start[] = [];
  #head = 0;
  #tokens = 0;
  #pending = 0;
  #pendingTokens = 0;

  /** Reserves a place for a request of an estimated number of tokens. */
  claim(estimate: number): Claim {
    this.#pending += 1;
    this.#pendingTokens += estimate;
    let start: Start | null = null;
    let isPending = true;
    const settle = (): void => {
      if (!isPending) return;
      isPending = false;
      this.#pending -= 1;
      this.#pendingTokens -= estimate;
    };
    return {
      begin: (nowMs) => {
        settle();
        start = { atMs: nowMs, tokens: estimate, isPast: false };
        this.#starts.push(start);
        this.#tokens += estimate;
      },
      end: (tokens) => {
        settle();
        if (start === null || start.isPast || tokens === null) return;
        this.#tokens += tokens - start.tokens;
        start.tokens = tokens;
      },
    };
  }

  /** Gives how long a request must wait for the limits per minute, in milliseconds; infinity when that depends on requests about to be sent. */
  waitMs(tokens: number, { rpm, tpm }: RateLimits, nowMs: number): number {
    this.#forgetPast(nowMs);
    const forRequests = rpm === null ? 0 : this.#requestWaitMs(rpm, nowMs);
    return Math.max(forRequests, tpm === null ? 0 : this.#tokenWaitMs(tokens, tpm, nowMs));
  }

  #requestWaitMs(rpm: number, nowMs: number): number {
    if (this.#pending >= rpm) return Number.POSITIVE_INFINITY;
    const index = this.#starts.length - (rpm - this.#pending);
    return index < this.#head ? 0 : untilPast(this.#starts[index], nowMs);
  }

  /** How long until enough of the last minute's tokens have expired. A request that alone exceeds the limit waits for an empty minute. */
  #tokenWaitMs(tokens: number, tpm: number, nowMs: number): number {
    let used = this.#tokens + this.#pendingTokens;
    let last: Start | undefined;
    for (let index = this.#head; index < this.#starts.length && used + tokens > tpm; index += 1) {
      last = this.#starts[index];
      used -= last?.tokens ?? 0;
    }
    if (this.#pending > 0 && used + tokens > tpm) return Number.POSITIVE_INFINITY;
    return untilPast(last, nowMs);
  }

  #forgetPast(nowMs: number): void {
    for (let start = this.#starts[this.#head]; start !== undefined && start.atMs <= nowMs - WINDOW_MS; start = this.#starts[this.#head]) {
      start.isPast = true;
      this.#tokens -= start.tokens;
      this.#head += 1;
    }
    // Compacted only when most of it has expired, or compacting would cost more than counting.
    if (this.#head > FEW && this.#head * 2 > this.#starts.length) {
      this.#starts = this.#starts.slice(this.#head);
      this.#head = 0;
    }
  }
}

function untilPast(start: Start | undefined, nowMs: number): number {
  return start === undefined ? 0 : start.atMs + WINDOW_MS - nowMs;
}
