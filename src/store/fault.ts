import { InfraError, messageOf } from "../core/errors.ts";

// What the disk or another process does to the database, as opposed to what our SQL does.
const OUTSIDE = /^SQLITE_(FULL|IOERR|READONLY|BUSY|LOCKED|CANTOPEN|CORRUPT|NOMEM)/;

/** Tells a failure of the database's surroundings (a full disk, lost rights) from a bug of ours; null for anything else. */
export function storeFault(error: unknown): InfraError | null {
  const code = (error as { readonly code?: unknown } | null)?.code;
  if (typeof code !== "string" || !OUTSIDE.test(code)) return null;
  return new InfraError("harness", `Cannot store results: ${messageOf(error)}; make room or mend the rights, then resume the run`, {
    scope: "run",
    cause: error,
  });
}
