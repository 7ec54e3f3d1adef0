/** One person's part of a bill; a larger weight pays more. */
export type Share = { readonly name: string; readonly weight: number };

/** What one person pays, in whole cents; negative in a refund. */
export type Portion = { readonly name: string; readonly cents: number };

/** Divides a total among shares by weight without losing a cent. */
export function splitBill(totalCents: number, shares: readonly Share[]): Portion[] {
  check(totalCents, shares);
  const sign = totalCents < 0 ? -1 : 1;
  const total = Math.abs(totalCents);
  const sum = shares.reduce((a, { weight }) => a + weight, 0);
  const exact = shares.map(({ weight }) => (total * weight) / sum);
  const cents = exact.map(Math.floor);
  const missing = total - cents.reduce((a, b) => a + b, 0);
  const order = exact.map((_, index) => index).sort((a, b) => exact[b] - cents[b] - (exact[a] - cents[a]) || a - b);
  for (const index of order.slice(0, missing)) cents[index] += 1;
  return shares.map(({ name }, index) => ({ name, cents: cents[index] === 0 ? 0 : cents[index] * sign }));
}

function check(totalCents: number, shares: readonly Share[]): void {
  if (!Number.isSafeInteger(totalCents)) throw new RangeError(`total is not a safe integer: ${totalCents}`);
  if (shares.length === 0) throw new RangeError("there are no shares");
  for (const { weight } of shares) {
    if (!Number.isSafeInteger(weight) || weight < 0) throw new RangeError(`weight is not a whole number from 0 up: ${weight}`);
  }
  if (shares.every(({ weight }) => weight === 0)) throw new RangeError("all weights are 0");
}

