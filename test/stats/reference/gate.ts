import type { GateClaim } from "../../../src/stats/gate.ts";

/**
 * Gives the exit code of a gate that blocks only a candidate shown to be worse by more than the margin, and leaves open what the data do not show.
 *
 * @see Goeman, Solari and Stijnen 2010
 */
export function guardExitCode(claim: GateClaim): 0 | 1 | 3 {
  if (claim === "worse") return 1;
  return claim === "inconclusive" ? 3 : 0;
}
