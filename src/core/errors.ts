/** Where a failure that is not the model's came from. */
export type InfraSource = "provider" | "sandbox" | "grader" | "harness";

/** Marks a mistake in what the user wrote or asked for; the command line prints its one line and exits with 2. */
export class UserError extends Error {
  override readonly name = "UserError";
}

/**
 * Marks a failure of the harness or of something it depends on; the trial ends as an error and says nothing about the model.
 *
 * `scope` tells how far it reaches: `trial` may be tried again, `arm` will fail for every trial of this model (a bad key,
 * an exhausted quota), `run` will fail for every trial (no engine).
 */
export class InfraError extends Error {
  override readonly name = "InfraError";
  readonly source: InfraSource;
  readonly scope: "trial" | "arm" | "run";

  constructor(source: InfraSource, message: string, options: { scope?: "trial" | "arm" | "run"; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.source = source;
    this.scope = options.scope ?? "trial";
  }
}

/**
 * Thrown when the next request could pass a cap on money, tokens or time. No failure: what was done stays, and a run that hit its own cap or an arm's can go on
 * under a higher one. `scope` tells whose cap it was.
 */
export class CapReached extends Error {
  override readonly name = "CapReached";
  readonly scope: "trial" | "arm" | "run";

  constructor(scope: "trial" | "arm" | "run", message: string) {
    super(message);
    this.scope = scope;
  }
}

/** Proves to the compiler that a union was handled whole; throws when a value from outside broke that promise. */
export function unreachable(value: never): never {
  throw new Error(`Cannot handle "${JSON.stringify(value)}": no case for it; this is a bug`);
}

/** Gives the message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
