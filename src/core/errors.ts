import type { HttpAttempt } from "./model.ts";

/** The part in which a failure occurred that is not the model's; `task` is a mistake of the task's author, such as a reference solution that does not pass. */
export type InfraSource = "provider" | "sandbox" | "grader" | "harness" | "task";

/** Reports a mistake in what the user wrote or asked for; the command line prints its message, one line, and exits with 2. */
export class UserError extends Error {
  override readonly name = "UserError";
}

type InfraErrorOptions = {
  readonly scope?: "trial" | "arm" | "run";
  readonly cause?: unknown;
  readonly attempts?: readonly HttpAttempt[];
  readonly isConfiguration?: boolean;
};

/**
 * Reports a failure of the harness or of something it depends on; the trial ends as an error and does not count against the model.
 *
 * `scope` is what the failure affects: a `trial`, which may be retried; an `arm`, all of whose trials will fail (a bad key, an exhausted
 * quota); or the `run`, all of whose trials will fail (no engine).
 */
export class InfraError extends Error {
  override readonly name = "InfraError";
  readonly source: InfraSource;
  readonly scope: "trial" | "arm" | "run";
  /** The requests of a call that got no answer, so that what they may have cost is counted. */
  readonly attempts: readonly HttpAttempt[];
  /** Whether the user's own settings are the cause, such as a wrong key or model name: the message says which to change, and waiting would not help. */
  readonly isConfiguration: boolean;

  constructor(source: InfraSource, message: string, options: InfraErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.source = source;
    this.scope = options.scope ?? "trial";
    this.attempts = options.attempts ?? [];
    this.isConfiguration = options.isConfiguration ?? false;
  }
}

/**
 * Thrown when the next request could exceed a limit on money, tokens or time. This is not a failure: finished work is kept, and a run that
 * reached a limit of the run or of an arm can be resumed with a higher one. `scope` is what the limit applies to; `reason` is `assumed` where the known spending alone
 * would have let the request through, and `spent` otherwise.
 */
export class CapReached extends Error {
  override readonly name = "CapReached";
  readonly scope: "trial" | "arm" | "run";
  readonly reason: "spent" | "assumed";

  constructor(scope: "trial" | "arm" | "run", message: string, reason: "spent" | "assumed" = "spent") {
    super(message);
    this.scope = scope;
    this.reason = reason;
  }
}

/** Makes the compiler check that every member of a union is handled; throws for a value from outside that is not one of them. */
export function unreachable(value: never): never {
  throw new Error(`Cannot handle "${JSON.stringify(value)}": no case for it; this is a bug`);
}

/** Returns the message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
