import { createHash } from "node:crypto";

/** Draws a number in [0, 1) that depends on the given parts and on nothing else. */
export function seededDraw(...parts: readonly (string | number)[]): number {
  const digest = createHash("sha256").update(JSON.stringify(parts)).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}

/** Picks one of the items by a draw in [0, 1); undefined when there is none. */
export function pickBy<T>(draw: number, items: readonly T[]): T | undefined {
  return items[Math.floor(draw * items.length)];
}
