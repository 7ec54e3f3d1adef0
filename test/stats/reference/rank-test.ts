import { normalCdf } from "../../../src/stats/normal.ts";
import { signFlipOf } from "../../../src/stats/sign-flip.ts";
import { binomialCdf } from "./binomial.ts";

/** A rank statistic with its two-sided p-value. */
export type RankTest = { readonly statistic: number; readonly p: number };

// Up to here the distribution is counted out; beyond, the normal approximation errs in the fourth digit.
const MAX_EXACT = 60;
const MAX_SIGNED = 200;

/**
 * Compares two unpaired samples of one figure; `statistic` is U of the first. Exact, ties included, up to 60 values.
 *
 * @see Mann and Whitney 1947
 */
export function mannWhitney(first: readonly number[], second: readonly number[]): RankTest {
  const n = first.length;
  const m = second.length;
  const ranks = doubledRanks([...first, ...second]);
  const seen = ranks.slice(0, n).reduce((sum, rank) => sum + rank, 0);
  const statistic = seen / 2 - (n * (n + 1)) / 2;
  if (n === 0 || m === 0) return { statistic, p: 1 };
  if (n + m <= MAX_EXACT) return { statistic, p: exactRankSumP(ranks, n, seen) };
  const centre = (n * m) / 2;
  const squares = ranks.reduce((sum, rank) => sum + (rank / 2 - (n + m + 1) / 2) ** 2, 0);
  const error = Math.sqrt((n * m * squares) / ((n + m) * (n + m - 1)));
  return { statistic, p: error === 0 ? 1 : Math.min(1, 2 * normalCdf(-Math.max(0, Math.abs(statistic - centre) - 0.5) / error)) };
}

// Counts the ways to choose `n` of the ranks by their sum.
function exactRankSumP(ranks: readonly number[], n: number, seen: number): number {
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const ways = Array.from({ length: n + 1 }, () => new Float64Array(total + 1));
  const none = ways[0];
  if (none) none[0] = 1;
  for (const rank of ranks) {
    for (let size = n; size >= 1; size--) {
      const more = ways[size];
      const less = ways[size - 1];
      if (more && less) for (let sum = total; sum >= rank; sum--) more[sum] = (more[sum] ?? 0) + (less[sum - rank] ?? 0);
    }
  }
  const chosen = ways[n] ?? new Float64Array();
  const all = chosen.reduce((sum, count) => sum + count, 0);
  const lower = chosen.slice(0, seen + 1).reduce((sum, count) => sum + count, 0);
  const upper = chosen.slice(seen).reduce((sum, count) => sum + count, 0);
  return Math.min(1, (2 * Math.min(lower, upper)) / all);
}

// Ranks times two, so that shared ranks are whole numbers.
function doubledRanks(values: readonly number[]): readonly number[] {
  const order = [...values.keys()].sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks: number[] = [];
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && values[order[end] ?? 0] === values[order[start] ?? 0]) end++;
    for (const index of order.slice(start, end)) ranks[index] = start + end + 1;
  }
  return ranks;
}

/**
 * Compares paired values by the ranks of their differences, zeros left out; `statistic` is the sum of the positive ranks. Exact up to 200
 * differences.
 *
 * @see Wilcoxon 1945
 */
export function wilcoxonSignedRank(differences: readonly number[]): RankTest {
  const nonzero = differences.filter((difference) => difference !== 0);
  const ranks = doubledRanks(nonzero.map(Math.abs));
  const signed = ranks.map((rank, index) => Math.sign(nonzero[index] ?? 0) * rank);
  const statistic = signed.reduce((sum, rank) => sum + Math.max(0, rank), 0) / 2;
  const exact = nonzero.length <= MAX_SIGNED ? signFlipOf(signed) : null;
  if (exact) return { statistic, p: exact.twoSidedExactP };
  const balance = signed.reduce((sum, rank) => sum + rank, 0) / 2;
  const error = Math.sqrt(ranks.reduce((sum, rank) => sum + (rank / 2) ** 2, 0));
  return { statistic, p: Math.min(1, 2 * normalCdf(-Math.max(0, Math.abs(balance) - 1) / error)) };
}

/** Median of the means of all pairs of values: the middle that the signed-rank test speaks of. @see Hodges and Lehmann 1963 */
export function hodgesLehmann(values: readonly number[]): number | null {
  const means = values.flatMap((value, index) => values.slice(index).map((other) => (value + other) / 2));
  return median(means);
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
}

/**
 * Places (from 1) in a sorted sample of `n` between which the quantile at `share` lies; null where the sample is too small to bound it.
 *
 * @see Thompson 1936; David and Nagaraja 2003
 */
export function quantileRanks(n: number, share: number, alpha: number): { readonly low: number; readonly high: number } | null {
  let low = 0;
  while (low < n && binomialCdf(low, n, share) <= alpha / 2) low++;
  let high = n + 1;
  while (high > 1 && 1 - binomialCdf(high - 2, n, share) <= alpha / 2) high--;
  return low < 1 || high > n ? null : { low, high };
}
