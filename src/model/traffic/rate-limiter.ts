import type { RateLimits } from "../../core/model.ts";
import { AdaptiveLimit } from "./adaptive-limit.ts";
import { Breaker } from "./circuit-breaker.ts";
import type { Clock } from "./clock.ts";
import { FairQueue } from "./fair-queue.ts";
import type { Health } from "./health.ts";
import { RateWindow } from "./rate-window.ts";
import { QuotaHint } from "./retry-after.ts";

/** How a request ended. */
export type PermitEnd = {
  readonly health: Health;
  /** Tokens that it really used; null when unknown. */
  readonly tokens: number | null;
  /** A short label of what went wrong. */
  readonly fault: string | null;
  /** How long no request may start, because the provider reported a limit. */
  readonly pauseMs: number;
  /** How long until the quota that this response used up is restored; null when some is left. */
  readonly quotaWaitMs: number | null;
};

/** Permission to send one request. */
export type Permit = {
  /** Whether this request probes for all others if a host that was down is back. */
  readonly isProbe: boolean;
  /** Marks the request as sent now. */
  begin(): void;
  /** Gives the permit back; only the first call counts. A request that was never sent counts towards no limit. */
  release(end: PermitEnd): void;
};

/** A request that waits for a permit. */
export type PermitRequest = {
  readonly model: string;
  /** Estimated tokens of the request, replaced by the real number when it ends. */
  readonly tokens: number;
  /** Whether it goes before requests that have not been sent yet. */
  readonly isRetry: boolean;
  readonly signal: AbortSignal;
};

/** Thrown to requests that wait for a host that has been down for too long. */
export class HostUnavailable extends Error {
  override readonly name = "HostUnavailable";
  readonly downMs: number;
  /** The label of the last fault. */
  readonly fault: string | null;

  constructor(downMs: number, fault: string | null) {
    super("the host is down");
    this.downMs = downMs;
    this.fault = fault;
  }
}

type Waiter = PermitRequest & { readonly start: (permit: Permit) => void; readonly fail: (reason: unknown) => void };

/**
 * Keeps the requests of one key on one host within its limits: so many in flight, fewer while the host reports limits or overload, and so many
 * requests and tokens in any minute. Lets only probes through to a host that is down. Permits are given first come, first served.
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

  /** Whether the host counts as down. */
  get isShut(): boolean {
    return this.#breaker.shut !== null;
  }

  /** Whether the host has ever answered anything. */
  get hasBeenAlive(): boolean {
    return this.#breaker.hasBeenAlive;
  }

  /** How many requests may be in flight at the moment. */
  get allowed(): number {
    return this.#atOnce.allowed;
  }

  /** Waits for a permit; rejects with the signal's reason as soon as it is aborted, and with HostUnavailable when the host has been down for too long. */
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

  /** Applies the stricter of the current limits and these, for another model on the same key. */
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

  /** Grants one permit, or gives the time until it is worth checking again; infinity when only an event can change anything. */
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
    const downMs = nowMs - (this.#breaker.shut?.sinceMs ?? nowMs);
    for (const waiter of this.#queue.all()) waiter.fail(new HostUnavailable(downMs, this.#breaker.lastFault));
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
    let isHeld = true;
    this.#active += 1;
    return {
      isProbe: probe !== null,
      begin: () => {
        startedMs = this.#clock.elapsedMs();
        claim.begin(startedMs);
        this.#serve();
      },
      release: (end) => {
        if (!isHeld) return;
        isHeld = false;
        const nowMs = this.#clock.elapsedMs();
        this.#active -= 1;
        claim.end(end.tokens);
        this.#atOnce.note(end.health, epoch);
        this.#breaker.note({ ...end, probe, others: this.#active, nowMs });
        const quotaMs = end.health === "answered" ? this.#quota.pauseMs({ waitMs: end.quotaWaitMs, startedMs, nowMs }) : 0;
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
