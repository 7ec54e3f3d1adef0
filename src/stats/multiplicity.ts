/** Holm's adjusted p-values: whatever is below alpha holds for all of them together. @see Holm 1979 */
export function holm(pValues: readonly number[]): readonly number[] {
  const order = rising(pValues);
  const adjusted: number[] = [];
  let floor = 0;
  for (const [rank, index] of order.entries()) {
    floor = Math.max(floor, Math.min(1, (pValues.length - rank) * (pValues[index] ?? 1)));
    adjusted[index] = floor;
  }
  return adjusted;
}

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

/** Two of several, by their places in the list; `difference` is second minus first, `adjustedP` Holm's over all pairs. */
export type RankedPair = { readonly first: number; readonly second: number; readonly difference: number; readonly adjustedP: number };

/**
 * Ranks (1 is best) that the pairs allow: above only what is shown to be worse, below only what is shown to be better.
 *
 * @see Mogstad, Romano, Shaikh and Wilhelm 2024
 */
export function rankIntervals(
  count: number,
  pairs: readonly RankedPair[],
  alpha: number,
): readonly { readonly low: number; readonly high: number }[] {
  const shown = pairs
    .filter(({ adjustedP, difference }) => adjustedP < alpha && difference !== 0)
    .map(({ first, second, difference }) => (difference > 0 ? { better: second, worse: first } : { better: first, worse: second }));
  return Array.from({ length: count }, (_, index) => ({
    low: 1 + shown.filter(({ worse }) => worse === index).length,
    high: count - shown.filter(({ better }) => better === index).length,
  }));
}
