import type { LaneLimits } from "../../core/model.ts";
import { AdaptiveLimit } from "./adaptive-limit.ts";
import { Breaker } from "./circuit-breaker.ts";
import type { Clock } from "./clock.ts";
import type { Health } from "./health.ts";
import { QuotaHint } from "./quota-hint.ts";
import { RateWindow } from "./rate-window.ts";
import { WaitingLine } from "./fair-queue.ts";

/** How a request ended. */
export type PassEnd = {
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
export type Pass = {
  /** Whether it finds out for everybody if a host that was down is back. */
  readonly isProbe: boolean;
  /** Says that the request is sent now. */
  begin(): void;
  /** Gives the place back; the first call counts. One that never began counts for no limit. */
  leave(end: PassEnd): void;
};

/** Who wants to enter a lane. */
export type Entrant = {
  readonly model: string;
  /** A guess at the tokens of the request, replaced when it leaves. */
  readonly tokens: number;
  /** Goes before those who have not had a turn yet. */
  readonly isRetry: boolean;
  readonly signal: AbortSignal;
};

/** Thrown to those who wait for a host that has been down for too long. */
export class HostDead extends Error {
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

type Waiter = Entrant & { readonly start: (pass: Pass) => void; readonly fail: (reason: unknown) => void };

/**
 * Keeps the requests of one key on one host within its limits: so many at once, fewer while the host says that it is too much, and so many
 * requests and tokens in any minute. Lets only probes through to a host that is down. First come, first served.
 */
export class Lane {
  private limits: LaneLimits;
  private readonly clock: Clock;
  private readonly line = new WaitingLine<Waiter>();
  private readonly window = new RateWindow();
  private readonly breaker = new Breaker();
  private readonly quota = new QuotaHint();
  private readonly atOnce: AdaptiveLimit;
  private active = 0;
  private pausedUntilMs = Number.NEGATIVE_INFINITY;
  private alarm: AbortController | null = null;

  constructor(limits: LaneLimits, clock: Clock) {
    this.limits = limits;
    this.clock = clock;
    this.atOnce = new AdaptiveLimit(limits.concurrency);
  }

  /** Whether the host is down, as far as anybody knows. */
  get isShut(): boolean {
    return this.breaker.shut !== null;
  }

  /** Whether the host has ever answered anything. */
  get hasBeenAlive(): boolean {
    return this.breaker.hasBeenAlive;
  }

  /** How many requests may be under way at once just now. */
  get allowed(): number {
    return this.atOnce.allowed;
  }

  /** Waits for its turn; rejects with the signal's reason as soon as it is aborted, and with HostDead when there is no use in waiting. */
  enter(entrant: Entrant): Promise<Pass> {
    return new Promise((resolve, reject) => {
      const { signal } = entrant;
      if (signal.aborted) return reject(signal.reason);
      const leaveLine = (): void => {
        quitLine();
        signal.removeEventListener("abort", giveUp);
      };
      const waiter: Waiter = {
        ...entrant,
        start: (pass) => {
          leaveLine();
          resolve(pass);
        },
        fail: (reason) => {
          leaveLine();
          reject(reason);
        },
      };
      const giveUp = (): void => {
        waiter.fail(signal.reason);
        this.serve();
      };
      const quitLine = this.line.join(waiter, entrant.isRetry);
      signal.addEventListener("abort", giveUp, { once: true });
      this.serve();
    });
  }

  /** Takes the stricter of its limits and these, for another model on the same key. */
  tighten({ concurrency, rpm, tpm }: LaneLimits): void {
    const now = this.limits;
    this.limits = { concurrency: Math.min(now.concurrency, concurrency), rpm: stricter(now.rpm, rpm), tpm: stricter(now.tpm, tpm) };
    this.atOnce.tighten(concurrency);
  }

  private serve(): void {
    this.alarm?.abort();
    this.alarm = null;
    let waitMs = 0;
    while (waitMs <= 0) waitMs = this.serveOne(this.clock.elapsedMs());
    if (Number.isFinite(waitMs)) this.wakeAfter(Math.ceil(waitMs));
  }

  /** Lets one in, or gives the time until it is worth another look; infinity when only an event can change anything. */
  private serveOne(nowMs: number): number {
    const gate = this.breaker.gate(nowMs);
    const placeMs = this.active < this.atOnce.allowed ? 0 : Number.POSITIVE_INFINITY;
    const heldMs = Math.max(gate.waitMs, placeMs, this.pausedUntilMs - nowMs);
    const next = gate.isProbe && heldMs <= 0 ? this.nextProbe() : this.line.first();
    if (next === undefined) return Number.POSITIVE_INFINITY;
    const waitMs = Math.max(heldMs, this.window.waitMs(next.tokens, this.limits, nowMs));
    if (waitMs <= 0) {
      next.start(this.admit(next));
      return 0;
    }
    if (gate.leftMs > 0) return Math.min(waitMs, gate.leftMs);
    const deadMs = nowMs - (this.breaker.shut?.sinceMs ?? nowMs);
    for (const waiter of this.line.all()) waiter.fail(new HostDead(deadMs, this.breaker.lastFault));
    return Number.POSITIVE_INFINITY;
  }

  private nextProbe(): Waiter | undefined {
    return this.line.choose(({ model }) => model !== this.breaker.shut?.probedModel);
  }

  private admit({ tokens, model }: Entrant): Pass {
    const claim = this.window.claim(tokens);
    const { epoch } = this.atOnce;
    const probe = this.breaker.startProbe(model);
    let startedMs = this.clock.elapsedMs();
    let isInside = true;
    this.active += 1;
    return {
      isProbe: probe !== null,
      begin: () => {
        startedMs = this.clock.elapsedMs();
        claim.begin(startedMs);
        this.serve();
      },
      leave: (end) => {
        if (!isInside) return;
        isInside = false;
        const nowMs = this.clock.elapsedMs();
        this.active -= 1;
        claim.end(end.tokens);
        this.atOnce.note(end.health, epoch);
        this.breaker.note({ ...end, probe, others: this.active, nowMs });
        const quotaMs = end.health === "answered" ? this.quota.heed({ waitMs: end.quotaWaitMs, startedMs, nowMs }) : 0;
        this.pausedUntilMs = Math.max(this.pausedUntilMs, nowMs + end.pauseMs, nowMs + quotaMs);
        this.serve();
      },
    };
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

function stricter(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
