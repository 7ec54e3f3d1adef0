import type { Health } from "./health.ts";

/** Who may start: somebody after `waitMs`, infinity while a probe is out; after `leftMs` there is no use in waiting. */
type Gate = { readonly waitMs: number; readonly leftMs: number; readonly isProbe: boolean };

/** One time of being shut, from the failures that began it to the answer that ends it. */
export type Shutdown = {
  readonly sinceMs: number;
  probeAtMs: number;
  restMs: number;
  isProbing: boolean;
  /** The model that was probed with last, so that one model behind a gateway cannot speak for all. */
  probedModel: string | null;
};

/** How a request ended. `probe` is what `startProbe` gave for it; `others` are the requests still under way. */
type RequestEnd = {
  readonly health: Health;
  readonly fault: string | null;
  readonly probe: Shutdown | null;
  readonly others: number;
  readonly nowMs: number;
};

const FREE: Gate = { waitMs: 0, leftMs: Number.POSITIVE_INFINITY, isProbe: false };
const FAILURES_IN_A_ROW = 5;
const FIRST_REST_MS = 5_000;
const MAX_REST_MS = 60_000;
const DEAD_AFTER_MS = 10 * 60_000;

/**
 * Keeps requests from a host that is down: shuts after several failures in a row, lets one probe at a time through after rests that grow
 * from 5 to 60 seconds, and opens at the first sign of life. After ten minutes without one the host counts as dead.
 */
export class Breaker {
  #failures = 0;
  #shutdown: Shutdown | null = null;
  #hasLived = false;
  #fault: string | null = null;

  /** Whether the host has ever answered anything. */
  get hasBeenAlive(): boolean {
    return this.#hasLived;
  }

  /** What is shut now; null when all may go. */
  get shut(): Readonly<Shutdown> | null {
    return this.#shutdown;
  }

  /** What went wrong last with a host that is down. */
  get lastFault(): string | null {
    return this.#fault;
  }

  /** Tells who may start now. */
  gate(nowMs: number): Gate {
    if (this.#shutdown === null) return FREE;
    const { sinceMs, probeAtMs, isProbing } = this.#shutdown;
    const waitMs = isProbing ? Number.POSITIVE_INFINITY : Math.max(0, probeAtMs - nowMs);
    return { waitMs, leftMs: sinceMs + DEAD_AFTER_MS - nowMs, isProbe: true };
  }

  /** Sends the one request that finds out whether the host is back. */
  startProbe(model: string): Shutdown | null {
    if (this.#shutdown === null) return null;
    this.#shutdown.isProbing = true;
    this.#shutdown.probedModel = model;
    return this.#shutdown;
  }

  /** Learns from the end of a request. */
  note(end: RequestEnd): void {
    const probed = end.probe !== null && end.probe === this.#shutdown ? end.probe : null;
    switch (end.health) {
      case "answered":
      case "limited":
      case "turned-away":
        this.#hasLived = true;
        this.#failures = 0;
        this.#shutdown = null;
        return;
      case "overloaded":
      case "unclear":
        this.#hasLived = true;
        if (probed !== null) rest(probed, end.nowMs);
        return;
      case "dead":
        this.#fault = end.fault;
        this.#failures += 1;
        if (probed !== null) rest(probed, end.nowMs);
        // Where many are under way a few failures in a row are chance, and nobody has failed often yet.
        if (this.#shutdown === null && this.#failures >= FAILURES_IN_A_ROW + end.others) this.#shutdown = shutAt(end.nowMs);
        return;
      case "no-news":
        if (probed !== null) probed.isProbing = false;
    }
  }
}

function shutAt(nowMs: number): Shutdown {
  return { sinceMs: nowMs, probeAtMs: nowMs + FIRST_REST_MS, restMs: FIRST_REST_MS, isProbing: false, probedModel: null };
}

function rest(shutdown: Shutdown, nowMs: number): void {
  shutdown.restMs = Math.min(MAX_REST_MS, shutdown.restMs * 2);
  shutdown.probeAtMs = nowMs + shutdown.restMs;
  shutdown.isProbing = false;
}
