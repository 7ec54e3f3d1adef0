import { InvalidArgumentError } from "commander";

// More of anything is a slip of the finger.
const MOST = 1_000_000;

/** Reads a whole number of at least `least` from a flag. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least)
      throw new InvalidArgumentError(`Expected a whole number of at least ${least}.`);
    if (value > MOST) throw new InvalidArgumentError(`Expected at most ${MOST}.`);
    return value;
  };
}

/** Reads a positive number from a flag. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value <= 0) throw new InvalidArgumentError("Expected a number above 0.");
  return value;
}

/** Gathers the values of a flag that may be given several times. */
export function gather(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

/** Where results are kept unless --db says otherwise. */
export const DEFAULT_DATABASE = "results/bench.db";

/** Help of the flag that names the database. */
export const DB_FLAG = ["--db <file>", "SQLite database of results", DEFAULT_DATABASE] as const;
