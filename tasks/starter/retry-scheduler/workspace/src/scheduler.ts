import type { Clock } from "./clock.ts";

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

/** Runs jobs, a few at a time, and tries them again when they fail. */
export class RetryScheduler {
  constructor(options: SchedulerOptions) {
    throw new Error(`not written yet: ${options.limit}`);
  }

  /** Runs a job until it succeeds or is given up. */
  submit<T>(_job: Job<T>, _options: SubmitOptions = {}): Promise<T> {
    throw new Error("not written yet");
  }

  /** Ends the scheduler; resolves when no attempt is running any more. */
  close(): Promise<void> {
    throw new Error("not written yet");
  }

  stats(): Stats {
    throw new Error("not written yet");
  }
}
