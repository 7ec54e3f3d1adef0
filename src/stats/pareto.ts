/** What an item costs and what it gives, each in its own unit; less cost is better, and more gain. */
export type CostAndGain = { readonly cost: number; readonly gain: number };

/**
 * The items that no other dominates, the cheapest first. An item dominates another when it costs no more and gives no less, and is strictly better in one of
 * the two; equal items do not dominate each other, so that both stay.
 *
 * @see Kung, Luccio & Preparata 1975 (maxima of a set of vectors)
 */
export function paretoFrontier<Item>(items: readonly Item[], measure: (item: Item) => CostAndGain): readonly Item[] {
  const measured = items.map((item) => ({ item, ...measure(item) }));
  return measured
    .filter((one) => !measured.some((other) => dominates(other, one)))
    .toSorted((a, b) => a.cost - b.cost)
    .map(({ item }) => item);
}

function dominates(a: CostAndGain, b: CostAndGain): boolean {
  return a.cost <= b.cost && a.gain >= b.gain && (a.cost < b.cost || a.gain > b.gain);
}
