import { logGamma } from "./student-t.ts";

/** Counts of two groups (rows) by two outcomes (columns). */
export type TwoByTwo = readonly [readonly [number, number], readonly [number, number]];

/** Exact two-sided p-value that two groups share one rate: tables no likelier than the one seen. @see Fisher 1935 */
export function fisherExact([[a, b], [c, d]]: TwoByTwo): number {
  const row = a + b;
  const column = a + c;
  const all = row + c + d;
  if (all === 0) return 1;
  const constant = logChoose(all, column);
  const chance = (x: number): number => Math.exp(logChoose(row, x) + logChoose(all - row, column - x) - constant);
  // A tie must not be lost to rounding.
  const limit = chance(a) * (1 + 1e-7);
  let p = 0;
  for (let x = Math.max(0, column - (all - row)); x <= Math.min(row, column); x++) {
    const each = chance(x);
    if (each <= limit) p += each;
  }
  return Math.min(1, p);
}

function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}
