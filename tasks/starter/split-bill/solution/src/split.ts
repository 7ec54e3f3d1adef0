/** One person's part of a bill; a larger weight pays more. */
export type Share = { readonly name: string; readonly weight: number };

/** What one person pays, in whole cents; negative in a refund. */
export type Portion = { readonly name: string; readonly cents: number };

/** Divides a total among shares by weight without losing a cent. */
export function splitBill(totalCents: number, shares: readonly Share[]): Portion[] {
  check(totalCents, shares);
  const sign = totalCents < 0 ? -1n : 1n;
  const total = BigInt(totalCents) * sign;
  const weights = shares.map(({ weight }) => BigInt(weight));
  const sum = weights.reduce((a, b) => a + b, 0n);
  const cents = weights.map((weight) => (total * weight) / sum);
  const lost = weights.map((weight) => (total * weight) % sum);
  const missing = Number(total - cents.reduce((a, b) => a + b, 0n));
  const byLoss = lost.map((_, index) => index).sort((a, b) => (lost[a] === lost[b] ? a - b : lost[a] < lost[b] ? 1 : -1));
  for (const index of byLoss.slice(0, missing)) cents[index] += 1n;
  return shares.map(({ name }, index) => ({ name, cents: Number(cents[index] * sign) }));
}

function check(totalCents: number, shares: readonly Share[]): void {
  if (!Number.isSafeInteger(totalCents)) throw new RangeError(`total is not a safe integer: ${totalCents}`);
  if (shares.length === 0) throw new RangeError("there are no shares");
  for (const { weight } of shares) {
    if (!Number.isSafeInteger(weight) || weight < 0) throw new RangeError(`weight is not a whole number from 0 up: ${weight}`);
  }
  if (shares.every(({ weight }) => weight === 0)) throw new RangeError("all weights are 0");
}

