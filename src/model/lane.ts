import type { LaneLimits } from "../core/model.ts";
import type { Clock } from "./clock.ts";

/** Leave to make one request. */
export type Pass = {
  /** Gives the place back; `tokens` is what the request really used, null when nobody knows. */
  leave(tokens: number | null): void;
};

/** Who wants to enter a lane. */
export type Entrant = {
  /** A guess at the tokens of the request, replaced when it leaves. */
  readonly tokens: number;
  /** Goes before those who have not had a turn yet. */
  readonly isRetry: boolean;
  readonly signal: AbortSignal;
};

type Start = { readonly atMs: number; tokens: number };
type Waiter = Entrant & { readonly start: (pass: Pass) => void };

const WINDOW_MS = 60_000;

/**
 * Keeps the requests of one key on one host within its limits: so many at once, so many requests and tokens in any minute. First come,
 * first served. A request that alone exceeds the tokens of a minute is let through when the minute is empty.
 */
export class Lane {
  private limits: LaneLimits;
  private readonly clock: Clock;
  private readonly queue: Waiter[] = [];
  private starts: Start[] = [];
  private active = 0;
  private pausedUntilMs = Number.NEGATIVE_INFINITY;
  private alarm: AbortController | null = null;

  constructor(limits: LaneLimits, clock: Clock) {
    this.limits = limits;
    this.clock = clock;
  }

  /** Waits for its turn; rejects with the signal's reason as soon as it is aborted. */
  enter(entrant: Entrant): Promise<Pass> {
    return new Promise((resolve, reject) => {
      const { signal } = entrant;
      if (signal.aborted) return reject(signal.reason);
      const waiter: Waiter = {
        ...entrant,
        start: (pass) => {
          signal.removeEventListener("abort", giveUp);
          resolve(pass);
        },
      };
      const giveUp = (): void => {
        this.queue.splice(this.queue.indexOf(waiter), 1);
        reject(signal.reason);
        this.serve();
      };
      signal.addEventListener("abort", giveUp, { once: true });
      if (entrant.isRetry) this.queue.unshift(waiter);
      else this.queue.push(waiter);
      this.serve();
    });
  }

  /** Takes the stricter of its limits and these, for another model on the same key. */
  tighten({ concurrency, rpm, tpm }: LaneLimits): void {
    const now = this.limits;
    this.limits = { concurrency: Math.min(now.concurrency, concurrency), rpm: stricter(now.rpm, rpm), tpm: stricter(now.tpm, tpm) };
  }

  /** Lets nobody start for a while: the provider said that it is too much. */
  pause(ms: number): void {
    this.pausedUntilMs = Math.max(this.pausedUntilMs, this.clock.elapsedMs() + ms);
  }

  private serve(): void {
    this.alarm?.abort();
    this.alarm = null;
    for (;;) {
      const first = this.queue[0];
      if (first === undefined || this.active >= this.limits.concurrency) return;
      const waitMs = this.waitMs(first.tokens);
      if (waitMs > 0) {
        this.wakeAfter(Math.ceil(waitMs));
        return;
      }
      this.queue.shift();
      first.start(this.admit(first.tokens));
    }
  }

  private admit(tokens: number): Pass {
    const start: Start = { atMs: this.clock.elapsedMs(), tokens };
    this.starts.push(start);
    this.active += 1;
    let isInside = true;
    return {
      leave: (used) => {
        if (!isInside) return;
        isInside = false;
        this.active -= 1;
        start.tokens = used ?? start.tokens;
        this.serve();
      },
    };
  }

  /** How long the next request must wait for the limits of a minute and for a pause. */
  private waitMs(tokens: number): number {
    const nowMs = this.clock.elapsedMs();
    this.starts = this.starts.filter(({ atMs }) => atMs > nowMs - WINDOW_MS);
    const { rpm, tpm } = this.limits;
    const tooMany = rpm === null ? undefined : this.starts.at(-rpm);
    return Math.max(this.pausedUntilMs - nowMs, untilOut(tooMany, nowMs), tpm === null ? 0 : this.tokenWaitMs(tokens, tpm, nowMs));
  }

  /** How long until enough of the last minute's tokens are a minute old. */
  private tokenWaitMs(tokens: number, tpm: number, nowMs: number): number {
    let used = this.starts.reduce((sum, start) => sum + start.tokens, 0);
    let last: Start | undefined;
    for (const start of this.starts) {
      if (used + tokens <= tpm) break;
      used -= start.tokens;
      last = start;
    }
    return untilOut(last, nowMs);
  }

  private wakeAfter(ms: number): void {
    const alarm = new AbortController();
    this.alarm = alarm;
    this.clock.sleep(ms, alarm.signal).then(
      () => this.serve(),
      () => undefined,
    );
  }
}

/** How long until a start is a minute old. */
function untilOut(start: Start | undefined, nowMs: number): number {
  return start === undefined ? 0 : start.atMs + WINDOW_MS - nowMs;
}

function stricter(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
