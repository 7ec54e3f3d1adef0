/** One person's part of a bill; a larger weight pays more. */
export type Share = { readonly name: string; readonly weight: number };

/** What one person pays, in whole cents; negative in a refund. */
export type Portion = { readonly name: string; readonly cents: number };

/** Divides a total among shares by weight without losing a cent. */
export function splitBill(totalCents: number, shares: readonly Share[]): Portion[] {
  throw new Error(`not written yet: ${totalCents} among ${shares.length}`);
}
