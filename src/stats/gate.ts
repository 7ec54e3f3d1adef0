/** What an interval of the difference says against a margin. */
export type GateClaim = "better" | "not-worse" | "worse-within-margin" | "worse" | "inconclusive";

/**
 * Reads a claim off an interval; bounds that lie exactly on a limit prove nothing. The claims exclude each other, so none needs correction for the others.
 *
 * @see Goeman, Solari and Stijnen 2010 (three-sided testing)
 */
export function gateClaim({ low, high }: { readonly low: number; readonly high: number }, margin: number): GateClaim {
  if (low > 0) return "better";
  if (high < 0) return low > -margin ? "worse-within-margin" : "worse";
  return low > -margin ? "not-worse" : "inconclusive";
}

/**
 * Exit code of a guard: it blocks what is shown to be worse by more than the margin, and leaves open what nothing shows.
 *
 * @see Goeman, Solari and Stijnen 2010
 */
export function guardExitCode(claim: GateClaim): 0 | 1 | 3 {
  if (claim === "worse") return 1;
  return claim === "inconclusive" ? 3 : 0;
}
