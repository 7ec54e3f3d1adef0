/** Adjusts p-values by Holm's method: all claims with an adjusted value below alpha hold together at that error probability. @see Holm 1979 */
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

function rising(pValues: readonly number[]): readonly number[] {
  return pValues.map((_, index) => index).sort((a, b) => (pValues[a] ?? 1) - (pValues[b] ?? 1));
}

/** Two of several arms, by their index; `difference` is second minus first, `adjustedP` is adjusted by Holm's method over all pairs. */
export type RankedPair = { readonly first: number; readonly second: number; readonly difference: number; readonly adjustedP: number };

/**
 * Computes the ranks (1 is best) that each arm may have: above only those shown to be worse, below only those shown to be better.
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
