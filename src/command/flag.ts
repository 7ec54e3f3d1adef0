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

/** Reads a difference of rates, such as 3pp or 2.5 points, as a share (0.03). */
export function points(text: string): number {
  const value = Number(/^(\d+(?:\.\d+)?) ?(?:pp|pt|points?)$/.exec(text)?.[1]);
  if (!(value > 0 && value < 100)) throw new InvalidArgumentError("Expected percentage points, such as 3pp.");
  return value / 100;
}

/** Reads an increase, such as 20%, as a share (0.2). */
export function increase(text: string): number {
  const value = Number(/^(\d+(?:\.\d+)?) ?%$/.exec(text)?.[1]);
  if (!Number.isFinite(value)) throw new InvalidArgumentError("Expected a percentage, such as 20%.");
  return value / 100;
}

/** Reads a risk of error, such as 0.05. */
export function risk(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value > 0 && value < 0.5))
    throw new InvalidArgumentError("Expected a number above 0 and below 0.5, such as 0.05.");
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

/** Help for an argument that names an arm. */
export const ARM_HELP =
  "an arm: its name, model or prompt, with @RUN, @TAG, @BRANCH or @BASELINE for where it ran; or the name of a baseline";

/** Writes a flag as it is typed: maxDrop is --max-drop. */
export function dashed(name: string): string {
  if (name === "contextFiles") return "--no-context-files";
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
