import type { Health } from "./health.ts";

/** Whether a request may start: after `waitMs` (infinity while a probe is in flight); after `leftMs` waiting is given up. */
type Gate = { readonly waitMs: number; readonly leftMs: number; readonly isProbe: boolean };

/** One period in which the breaker is open, from the failures that opened it to the answer that closes it. */
export type Shutdown = {
  readonly sinceMs: number;
  probeAtMs: number;
  restMs: number;
  isProbing: boolean;
  /** The model of the last probe: one model behind a gateway must not decide for all. */
  probedModel: string | null;
};

/** How a request ended. `probe` is what `startProbe` returned for it; `others` counts the requests still in flight. */
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
 * Holds requests back from a host that is down: stops them after several failures in a row, lets one probe at a time through after pauses that
 * grow from 5 to 60 seconds, and resumes at the first answer. After ten minutes without an answer the host counts as unavailable.
 *
 * @see Nygard 2007, circuit breaker
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

  /** The current outage; null while requests may start. */
  get shut(): Readonly<Shutdown> | null {
    return this.#shutdown;
  }

  /** The last fault of a host that is down. */
  get lastFault(): string | null {
    return this.#fault;
  }

  /** Returns whether a request may start now. */
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
      case "rejected":
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
        // With many requests in flight a few failures in a row are chance.
        if (this.#shutdown === null && this.#failures >= FAILURES_IN_A_ROW + end.others) this.#shutdown = shutAt(end.nowMs);
        return;
      case "unknown":
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
