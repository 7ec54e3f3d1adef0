/** Thrown by a job that must not be tried again. */
export class PermanentError extends Error {
  override readonly name = "PermanentError";
}

/** Rejects a job whose last attempt has failed; `cause` is the last failure. */
export class RetriesExhausted extends Error {
  override readonly name = "RetriesExhausted";
  /** What each attempt failed with, the first one first. */
  readonly failures: readonly unknown[];

  constructor(failures: readonly unknown[]) {
    super(`gave up after ${failures.length} attempts`, { cause: failures.at(-1) });
    this.failures = failures;
  }
}

/** Rejects a job that did not finish in the time it was given. */
export class DeadlineExceeded extends Error {
  override readonly name = "DeadlineExceeded";
}

/** Rejects the jobs of a scheduler that was closed. */
export class SchedulerClosed extends Error {
  override readonly name = "SchedulerClosed";
}
