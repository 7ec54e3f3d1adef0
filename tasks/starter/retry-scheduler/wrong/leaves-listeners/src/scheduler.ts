import type { Clock } from "./clock.ts";
import { DeadlineExceeded, PermanentError, RetriesExhausted, SchedulerClosed } from "./errors.ts";

/** One attempt at a job, counted from 1; `signal` says that nobody waits for it any more. */
export type Job<T> = (attempt: number, signal: AbortSignal) => Promise<T> | T;

export type SchedulerOptions = {
  readonly clock: Clock;
  /** How many attempts may run at once. */
  readonly limit: number;
  readonly maxAttempts: number;
  readonly baseMs: number;
  readonly capMs: number;
  /** A number from 0 up to, not including, 1. */
  readonly random: () => number;
};

export type SubmitOptions = {
  readonly signal?: AbortSignal;
  /** Jobs with a higher priority are started first; 0 if left out. */
  readonly priority?: number;
  /** The time the job has from now on, attempts and waiting together. */
  readonly deadlineMs?: number;
};

/** How many attempts run, how many jobs wait for a free place, and how many for the time of their next attempt. */
export type Stats = { readonly running: number; readonly ready: number; readonly waiting: number };

type Entry = {
  readonly job: Job<unknown>;
  readonly priority: number;
  readonly deadlineAt: number;
  readonly failures: unknown[];
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
  /** Undone when the job ends: the deadline's timer, the wait's timer, the listener. */
  readonly cleanUps: Set<() => void>;
  /** Of the attempt that runs. */
  controller: AbortController | null;
  ended: boolean;
};

/** Runs jobs, a few at a time, and tries them again when they fail. */
export class RetryScheduler {
  readonly #options: SchedulerOptions;
  readonly #unfinished = new Set<Entry>();
  readonly #waiting = new Set<Entry>();
  #ready: Entry[] = [];
  #running = 0;
  #closed = false;
  #idleCallbacks: (() => void)[] = [];

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  /** Runs a job until it succeeds or is given up. */
  submit<T>(job: Job<T>, { signal, priority = 0, deadlineMs = Number.POSITIVE_INFINITY }: SubmitOptions = {}): Promise<T> {
    if (this.#closed) return Promise.reject(new SchedulerClosed("the scheduler is closed"));
    if (signal?.aborted) return Promise.reject(signal.reason);
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const entry: Entry = {
      job,
      priority,
      deadlineAt: this.#options.clock.now() + deadlineMs,
      failures: [],
      resolve: resolve as (value: unknown) => void,
      reject,
      cleanUps: new Set(),
      controller: null,
      ended: false,
    };
    this.#unfinished.add(entry);
    if (signal) this.#watchSignal(entry, signal);
    if (deadlineMs < Number.POSITIVE_INFINITY) {
      const cut = () => this.#cutShort(entry, new DeadlineExceeded(`not finished after ${deadlineMs} ms`));
      entry.cleanUps.add(this.#options.clock.setTimer(deadlineMs, cut));
    }
    this.#makeReady(entry);
    return promise;
  }

  /** Ends the scheduler; resolves when no attempt is running any more. */
  close(): Promise<void> {
    this.#closed = true;
    for (const entry of [...this.#unfinished]) this.#cutShort(entry, new SchedulerClosed("the scheduler was closed"));
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idleCallbacks.push(resolve));
  }

  stats(): Stats {
    return { running: this.#running, ready: this.#ready.length, waiting: this.#waiting.size };
  }

  #watchSignal(entry: Entry, signal: AbortSignal): void {
    const cut = () => this.#cutShort(entry, signal.reason);
    signal.addEventListener("abort", cut, { once: true });
    entry.cleanUps.add(() => signal.removeEventListener("abort", cut));
  }

  #makeReady(entry: Entry): void {
    const behind = this.#ready.findIndex((other) => other.priority < entry.priority);
    this.#ready.splice(behind < 0 ? this.#ready.length : behind, 0, entry);
    this.#fill();
  }

  #fill(): void {
    while (this.#running < this.#options.limit) {
      const entry = this.#ready.shift();
      if (!entry) return;
      this.#start(entry);
    }
  }

  #start(entry: Entry): void {
    this.#running += 1;
    const controller = new AbortController();
    entry.controller = controller;
    const finish = (settle: () => void) => {
      this.#running -= 1;
      entry.controller = null;
      if (!entry.ended) settle();
      this.#fill();
      if (this.#running === 0) for (const callback of this.#idleCallbacks.splice(0)) callback();
    };
    attempt(entry, controller.signal).then(
      (value) => finish(() => this.#end(entry, () => entry.resolve(value))),
      (failure: unknown) => finish(() => this.#failed(entry, failure)),
    );
  }

  #failed(entry: Entry, failure: unknown): void {
    entry.failures.push(failure);
    if (failure instanceof PermanentError) return this.#end(entry, () => entry.reject(failure));
    if (entry.failures.length >= this.#options.maxAttempts) return this.#giveUp(entry);
    const waitMs = this.#waitMs(failure, entry.failures.length);
    if (this.#options.clock.now() + waitMs >= entry.deadlineAt) return this.#giveUp(entry);
    this.#waiting.add(entry);
    const cancel = this.#options.clock.setTimer(waitMs, () => {
      entry.cleanUps.delete(cancel);
      this.#waiting.delete(entry);
      this.#makeReady(entry);
    });
    entry.cleanUps.add(cancel);
  }

  #waitMs(failure: unknown, failures: number): number {
    const asked = typeof failure === "object" && failure !== null && "retryAfterMs" in failure ? failure.retryAfterMs : null;
    if (typeof asked === "number" && asked >= 0) return asked;
    const { baseMs, capMs, random } = this.#options;
    return Math.floor(Math.min(capMs, baseMs * 2 ** (failures - 1)) * (0.5 + random() / 2));
  }

  #giveUp(entry: Entry): void {
    this.#end(entry, () => entry.reject(new RetriesExhausted(entry.failures)));
  }

  #cutShort(entry: Entry, reason: unknown): void {
    if (entry.ended) return;
    this.#ready = this.#ready.filter((other) => other !== entry);
    this.#waiting.delete(entry);
    for (const cleanUp of entry.cleanUps) cleanUp();
    this.#end(entry, () => entry.reject(reason));
    entry.controller?.abort(reason);
  }

  #end(entry: Entry, settle: () => void): void {
    entry.ended = true;
    this.#unfinished.delete(entry);
    settle();
  }
}

/** Calls the job at once, and turns what it throws into a rejection. */
async function attempt(entry: Entry, signal: AbortSignal): Promise<unknown> {
  return await entry.job(entry.failures.length + 1, signal);
}
