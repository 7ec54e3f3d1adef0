import type { RateLimits } from "../../core/model.ts";

/** One request in the accounts of the last minute. */
export type Claim = {
  /** The request is sent now: from here on it counts for a minute. */
  begin(nowMs: number): void;
  /** The request has ended, having used so many tokens; null when nobody knows. One that never began no longer counts. */
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

  /** Takes a place for a request of about so many tokens. */
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

  /** How long a request must wait for the limits of a minute; infinity when it depends on those that are about to be sent. */
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

  /** How long until enough of the last minute's tokens are a minute old. A request that alone exceeds the limit waits for an empty minute. */
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
    // Cut only when most of it is past, or the cutting would cost more than the counting.
    if (this.#head > FEW && this.#head * 2 > this.#starts.length) {
      this.#starts = this.#starts.slice(this.#head);
      this.#head = 0;
    }
  }
}

function untilPast(start: Start | undefined, nowMs: number): number {
  return start === undefined ? 0 : start.atMs + WINDOW_MS - nowMs;
}
