import { availableParallelism } from "node:os";
import pLimit, { type LimitFunction } from "p-limit";
import type { Engine } from "./engine.ts";

/** How long the adapter waits for an engine, in milliseconds. */
export type Timeouts = {
  readonly answerMs: number;
  readonly startMs: number;
  /** From the start of a container until its guest answers. */
  readonly readyMs: number;
  readonly removeMs: number;
  /** For an engine that cannot be reached to come back. */
  readonly awayMs: number;
  /** Pauses between attempts; there is one attempt more than there are pauses. */
  readonly pausesMs: readonly number[];
};

// Reports once that the engine does not answer and once that it answers again, however many callers wait.
class Outage {
  readonly #notify: (text: string) => void;
  #isOngoing = false;

  constructor(notify: (text: string) => void) {
    this.#notify = notify;
  }

  begin(maxWaitMs: number): void {
    if (this.#isOngoing) return;
    this.#isOngoing = true;
    this.#notify(`The Docker engine does not answer; waiting up to ${maxWaitMs / 1000} s for it to come back.`);
  }

  end(): void {
    if (!this.#isOngoing) return;
    this.#isOngoing = false;
    this.#notify("The Docker engine answers again.");
  }
}

/** An engine with the timeouts and concurrency limits of all requests to it. */
export type EngineClient = {
  readonly engine: Engine;
  readonly timeouts: Timeouts;
  readonly starts: LimitFunction;
  /** Separate from the starts, so that many starts do not delay removals. */
  readonly removals: LimitFunction;
  readonly outage: Outage;
};

const DEFAULT_TIMEOUTS: Timeouts = {
  answerMs: 30_000,
  startMs: 60_000,
  readyMs: 30_000,
  removeMs: 60_000,
  awayMs: 120_000,
  pausesMs: [1_000, 4_000],
};

/** A start sometimes waits for the disk and the kernel; with one for each processor, processors would idle. */
const STARTS_FOR_EACH_PROCESSOR = 2;

/**
 * Makes a client of an engine; `notify` gets a line when the engine stops answering and when it answers again. An engine that has to start dozens of
 * containers at once starts none of them in time, so starts and removals are limited.
 */
export function engineClient(engine: Engine, timeouts: Partial<Timeouts> = {}, notify: (text: string) => void = () => {}): EngineClient {
  const concurrency = STARTS_FOR_EACH_PROCESSOR * availableParallelism();
  return {
    engine,
    timeouts: { ...DEFAULT_TIMEOUTS, ...timeouts },
    starts: pLimit(concurrency),
    removals: pLimit(concurrency),
    outage: new Outage(notify),
  };
}
