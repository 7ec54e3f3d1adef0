import { type Bounds, wilson } from "../../../src/stats/binomial.ts";

/** The four counts of two paired yes-or-no answers: both, only the first, only the second, neither. */
export type PairedCounts = { readonly both: number; readonly firstOnly: number; readonly secondOnly: number; readonly neither: number };

/**
 * Interval of first minus second from each side's Wilson interval, squared and added; with Newcombe's correction of their correlation unless told
 * otherwise.
 *
 * @see Newcombe 1998, method 10
 */
export function newcombe(counts: PairedCounts, critical: number, { corrected = true } = {}): Bounds {
  const { both, firstOnly, secondOnly, neither } = counts;
  const n = both + firstOnly + secondOnly + neither;
  const first = (both + firstOnly) / n;
  const second = (both + secondOnly) / n;
  const one = wilson(first, n, critical);
  const two = wilson(second, n, critical);
  const phi = correlation(counts, corrected);
  const reach = (a: number, b: number): number => Math.sqrt(Math.max(0, a * a - 2 * phi * a * b + b * b));
  const difference = (firstOnly - secondOnly) / n;
  return {
    low: difference - reach(first - one.low, two.high - second),
    high: difference + reach(one.high - first, second - two.low),
  };
}

function correlation({ both, firstOnly, secondOnly, neither }: PairedCounts, corrected: boolean): number {
  const margins = (both + firstOnly) * (secondOnly + neither) * (both + secondOnly) * (firstOnly + neither);
  if (margins === 0) return 0;
  const cross = both * neither - firstOnly * secondOnly;
  const n = both + firstOnly + secondOnly + neither;
  return (corrected && cross > 0 ? Math.max(cross - n / 2, 0) : cross) / Math.sqrt(margins);
}

/** Interval of first minus second after one pseudo-task in each discordant cell. @see Bonett and Price 2012 */
export function bonettPrice({ both, firstOnly, secondOnly, neither }: PairedCounts, critical: number): Bounds {
  const n = both + firstOnly + secondOnly + neither + 2;
  const one = (firstOnly + 1) / n;
  const two = (secondOnly + 1) / n;
  return around(one - two, critical * Math.sqrt((one + two - (one - two) ** 2) / n));
}

/** Interval of first minus second after half a pseudo-task in every cell. @see Agresti and Min 2005 */
export function agrestiMin({ both, firstOnly, secondOnly, neither }: PairedCounts, critical: number): Bounds {
  const n = both + firstOnly + secondOnly + neither + 2;
  const difference = (firstOnly - secondOnly) / n;
  return around(difference, critical * Math.sqrt(((firstOnly + secondOnly + 1) / n - difference ** 2) / n));
}

function around(centre: number, half: number): Bounds {
  return { low: Math.max(-1, centre - half), high: Math.min(1, centre + half) };
}
