import type { RateLimits } from "../../core/model.ts";
import { AdaptiveLimit } from "./adaptive-limit.ts";
import { Breaker } from "./circuit-breaker.ts";
import type { Clock } from "./clock.ts";
import { FairQueue } from "./fair-queue.ts";
import type { Health } from "./health.ts";
import { QuotaHint } from "./quota-hint.ts";
import { RateWindow } from "./rate-window.ts";

/** How a request ended. */
export type PermitEnd = {
  readonly health: Health;
  /** What it really used, null when nobody knows. */
  readonly tokens: number | null;
  /** What went wrong, in a word. */
  readonly fault: string | null;
  /** How long nobody shall start, because the provider said that it is too much. */
  readonly pauseMs: number;
  /** How long until a quota that this answer used up is whole again, null when something is left. */
  readonly quotaWaitMs: number | null;
};

/** Leave to make one request. */
export type Permit = {
  /** Whether it finds out for everybody if a host that was down is back. */
  readonly isProbe: boolean;
  /** Says that the request is sent now. */
  begin(): void;
  /** Gives the place back; the first call counts. One that never began counts for no limit. */
  release(end: PermitEnd): void;
};

/** Who wants to enter a lane. */
export type PermitRequest = {
  readonly model: string;
  /** A guess at the tokens of the request, replaced when it leaves. */
  readonly tokens: number;
  /** Goes before those who have not had a turn yet. */
  readonly isRetry: boolean;
  readonly signal: AbortSignal;
};

/** Thrown to those who wait for a host that has been down for too long. */
export class HostUnavailable extends Error {
  override readonly name = "HostDead";
  readonly deadMs: number;
  /** What went wrong last. */
  readonly fault: string | null;

  constructor(deadMs: number, fault: string | null) {
    super("the host is dead");
    this.deadMs = deadMs;
    this.fault = fault;
  }
}

type Waiter = PermitRequest & { readonly start: (permit: Permit) => void; readonly fail: (reason: unknown) => void };

/**
 * Keeps the requests of one key on one host within its limits: so many at once, fewer while the host says that it is too much, and so many
 * requests and tokens in any minute. Lets only probes through to a host that is down. First come, first served.
 */
export class RateLimiter {
  #limits: RateLimits;
  readonly #clock: Clock;
  readonly #queue = new FairQueue<Waiter>();
  readonly #window = new RateWindow();
  readonly #breaker = new Breaker();
  readonly #quota = new QuotaHint();
  readonly #atOnce: AdaptiveLimit;
  #active = 0;
  #pausedUntilMs = Number.NEGATIVE_INFINITY;
  #alarm: AbortController | null = null;

  constructor(limits: RateLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
    this.#atOnce = new AdaptiveLimit(limits.concurrency);
  }

  /** Whether the host is down, as far as anybody knows. */
  get isShut(): boolean {
    return this.#breaker.shut !== null;
  }

  /** Whether the host has ever answered anything. */
  get hasBeenAlive(): boolean {
    return this.#breaker.hasBeenAlive;
  }

  /** How many requests may be under way at once just now. */
  get allowed(): number {
    return this.#atOnce.allowed;
  }

  /** Waits for its turn; rejects with the signal's reason as soon as it is aborted, and with HostDead when there is no use in waiting. */
  acquire(request: PermitRequest): Promise<Permit> {
    return new Promise((resolve, reject) => {
      const { signal } = request;
      if (signal.aborted) return reject(signal.reason);
      const leaveQueue = (): void => {
        leavePlace();
        signal.removeEventListener("abort", giveUp);
      };
      const waiter: Waiter = {
        ...request,
        start: (permit) => {
          leaveQueue();
          resolve(permit);
        },
        fail: (reason) => {
          leaveQueue();
          reject(reason);
        },
      };
      const giveUp = (): void => {
        waiter.fail(signal.reason);
        this.#serve();
      };
      const leavePlace = this.#queue.join(waiter, request.isRetry);
      signal.addEventListener("abort", giveUp, { once: true });
      this.#serve();
    });
  }

  /** Takes the stricter of its limits and these, for another model on the same key. */
  tighten({ concurrency, rpm, tpm }: RateLimits): void {
    const now = this.#limits;
    this.#limits = { concurrency: Math.min(now.concurrency, concurrency), rpm: stricter(now.rpm, rpm), tpm: stricter(now.tpm, tpm) };
    this.#atOnce.tighten(concurrency);
  }

  #serve(): void {
    this.#alarm?.abort();
    this.#alarm = null;
    let waitMs = 0;
    while (waitMs <= 0) waitMs = this.#serveOne(this.#clock.elapsedMs());
    if (Number.isFinite(waitMs)) this.#wakeAfter(Math.ceil(waitMs));
  }

  /** Lets one in, or gives the time until it is worth another look; infinity when only an event can change anything. */
  #serveOne(nowMs: number): number {
    const gate = this.#breaker.gate(nowMs);
    const placeMs = this.#active < this.#atOnce.allowed ? 0 : Number.POSITIVE_INFINITY;
    const heldMs = Math.max(gate.waitMs, placeMs, this.#pausedUntilMs - nowMs);
    const next = gate.isProbe && heldMs <= 0 ? this.#nextProbe() : this.#queue.first();
    if (next === undefined) return Number.POSITIVE_INFINITY;
    const waitMs = Math.max(heldMs, this.#window.waitMs(next.tokens, this.#limits, nowMs));
    if (waitMs <= 0) {
      next.start(this.#admit(next));
      return 0;
    }
    if (gate.leftMs > 0) return Math.min(waitMs, gate.leftMs);
    const deadMs = nowMs - (this.#breaker.shut?.sinceMs ?? nowMs);
    for (const waiter of this.#queue.all()) waiter.fail(new HostUnavailable(deadMs, this.#breaker.lastFault));
    return Number.POSITIVE_INFINITY;
  }

  #nextProbe(): Waiter | undefined {
    return this.#queue.choose(({ model }) => model !== this.#breaker.shut?.probedModel);
  }

  #admit({ tokens, model }: PermitRequest): Permit {
    const claim = this.#window.claim(tokens);
    const { epoch } = this.#atOnce;
    const probe = this.#breaker.startProbe(model);
    let startedMs = this.#clock.elapsedMs();
    let isInside = true;
    this.#active += 1;
    return {
      isProbe: probe !== null,
      begin: () => {
        startedMs = this.#clock.elapsedMs();
        claim.begin(startedMs);
        this.#serve();
      },
      release: (end) => {
        if (!isInside) return;
        isInside = false;
        const nowMs = this.#clock.elapsedMs();
        this.#active -= 1;
        claim.end(end.tokens);
        this.#atOnce.note(end.health, epoch);
        this.#breaker.note({ ...end, probe, others: this.#active, nowMs });
        const quotaMs = end.health === "answered" ? this.#quota.heed({ waitMs: end.quotaWaitMs, startedMs, nowMs }) : 0;
        this.#pausedUntilMs = Math.max(this.#pausedUntilMs, nowMs + end.pauseMs, nowMs + quotaMs);
        this.#serve();
      },
    };
  }

  #wakeAfter(ms: number): void {
    const alarm = new AbortController();
    this.#alarm = alarm;
    this.#clock.sleep(ms, alarm.signal).then(
      () => this.#serve(),
      () => undefined,
    );
  }
}

function stricter(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
