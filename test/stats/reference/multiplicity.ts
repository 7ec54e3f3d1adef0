/** Adjusted p-values that bound the share of false finds, for exploring only. @see Benjamini and Hochberg 1995 */
export function benjaminiHochberg(pValues: readonly number[]): readonly number[] {
  const order = rising(pValues);
  const adjusted: number[] = [];
  let ceiling = 1;
  for (const [rank, index] of [...order.entries()].reverse()) {
    ceiling = Math.min(ceiling, ((pValues[index] ?? 1) * pValues.length) / (rank + 1));
    adjusted[index] = ceiling;
  }
  return adjusted;
}

/** The plainest correction: each p-value times their number. @see Bonferroni 1936 */
export function bonferroni(pValues: readonly number[]): readonly number[] {
  return pValues.map((p) => Math.min(1, p * pValues.length));
}

function rising(pValues: readonly number[]): readonly number[] {
  return pValues.map((_, index) => index).sort((a, b) => (pValues[a] ?? 1) - (pValues[b] ?? 1));
}
