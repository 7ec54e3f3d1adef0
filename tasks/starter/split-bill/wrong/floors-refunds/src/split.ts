/** One person's part of a bill; a larger weight pays more. */
export type Share = { readonly name: string; readonly weight: number };

/** What one person pays, in whole cents; negative in a refund. */
export type Portion = { readonly name: string; readonly cents: number };

/** Divides a total among shares by weight without losing a cent. */
export function splitBill(totalCents: number, shares: readonly Share[]): Portion[] {
  check(totalCents, shares);
  const total = BigInt(totalCents);
  const sum = shares.reduce((a, { weight }) => a + BigInt(weight), 0n);
  const rows = shares.map(({ name, weight }, index) => {
    const product = total * BigInt(weight);
    let cents = product / sum;
    if (product < 0n && product % sum !== 0n) cents -= 1n;
    return { name, index, cents, lost: product - cents * sum };
  });
  let missing = total - rows.reduce((a, { cents }) => a + cents, 0n);
  for (const row of [...rows].sort((a, b) => (a.lost === b.lost ? a.index - b.index : a.lost < b.lost ? 1 : -1))) {
    if (missing === 0n) break;
    row.cents += 1n;
    missing -= 1n;
  }
  return rows.map(({ name, cents }) => ({ name, cents: Number(cents) }));
}

function check(totalCents: number, shares: readonly Share[]): void {
  if (!Number.isSafeInteger(totalCents)) throw new RangeError(`total is not a safe integer: ${totalCents}`);
  if (shares.length === 0) throw new RangeError("there are no shares");
  for (const { weight } of shares) {
    if (!Number.isSafeInteger(weight) || weight < 0) throw new RangeError(`weight is not a whole number from 0 up: ${weight}`);
  }
  if (shares.every(({ weight }) => weight === 0)) throw new RangeError("all weights are 0");
}

