import { availableParallelism } from "node:os";
import pLimit, { type LimitFunction } from "p-limit";
import type { Engine } from "./engine.ts";

/** How long an engine is waited for, in milliseconds. */
export type Timeouts = {
  readonly answerMs: number;
  readonly startMs: number;
  /** From the start of a container until its guest answers. */
  readonly readyMs: number;
  readonly removeMs: number;
  /** For an engine that is not there to come back. */
  readonly awayMs: number;
  /** Between tries of what failed and may go well: one try more than there are pauses. */
  readonly pausesMs: readonly number[];
};

/** The times at which an engine is away, told once each, however many wait for it. */
class Outage {
  readonly #notify: (text: string) => void;
  #isOn = false;

  constructor(notify: (text: string) => void) {
    this.#notify = notify;
  }

  begin(longestMs: number): void {
    if (this.#isOn) return;
    this.#isOn = true;
    this.#notify(`The Docker engine does not answer; waiting up to ${longestMs / 1000} s for it to come back.`);
  }

  end(): void {
    if (!this.#isOn) return;
    this.#isOn = false;
    this.#notify("The Docker engine answers again.");
  }
}

/** An engine, and what goes for all that is asked of it: how long it is waited for, and how much of it at once. */
export type Host = {
  readonly engine: Engine;
  readonly timeouts: Timeouts;
  readonly starts: LimitFunction;
  /** Apart from the starts, so that no crowd of them keeps what is finished from going. */
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

/** A start waits for the disk and the kernel now and then; with one for each processor these would stand idle meanwhile. */
const STARTS_FOR_EACH_PROCESSOR = 2;

/**
 * Makes a host of an engine; `notify` gets a line when it goes away and when it is back. An engine that is asked for dozens of containers at once answers
 * none of them in time, so starts and removals are bounded.
 */
export function hostOn(engine: Engine, timeouts: Partial<Timeouts> = {}, notify: (text: string) => void = () => {}): Host {
  const concurrency = STARTS_FOR_EACH_PROCESSOR * availableParallelism();
  return {
    engine,
    timeouts: { ...DEFAULT_TIMEOUTS, ...timeouts },
    starts: pLimit(concurrency),
    removals: pLimit(concurrency),
    outage: new Outage(notify),
  };
}
