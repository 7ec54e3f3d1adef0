import { trimEndOf } from "../../truncate.ts";

/** How lines were found: as they are, or ignoring something. */
export type FoundBy = "exact" | "trailing-blanks" | "indentation" | "punctuation";

/** Where lines were found, counted from 0. */
export type FoundLines = { readonly at: number; readonly by: FoundBy };

const PASSES: readonly { readonly by: FoundBy; readonly plain: (line: string) => string }[] = [
  { by: "exact", plain: (line) => line },
  { by: "trailing-blanks", plain: (line) => trimEndOf(line, " \t") },
  { by: "indentation", plain: (line) => line.trim() },
  { by: "punctuation", plain: withPlainPunctuation },
];

/**
 * Searches the lines of one file, in four passes that each ignore more: nothing, blanks at the ends of lines, blanks on both sides, and the difference between typographic
 * and plain punctuation. Each pass takes time in proportion to the file, whatever is searched for.
 */
export class LineSearch {
  readonly #versions: (readonly string[])[];

  constructor(lines: readonly string[]) {
    this.#versions = [lines];
  }

  /** Finds the first place at or after `from` where all of `wanted` stand one after the other; with `isAtEnd` only the end of the file counts. */
  find(wanted: readonly string[], from: number, isAtEnd = false): FoundLines | null {
    for (const [pass, { by, plain }] of PASSES.entries()) {
      const lines = this.#version(pass);
      const start = isAtEnd ? Math.max(from, lines.length - wanted.length) : from;
      const at = firstOccurrence(lines, wanted.map(plain), start);
      if (at !== -1) return { at, by };
    }
    return null;
  }

  #version(pass: number): readonly string[] {
    const known = this.#versions[pass];
    if (known !== undefined) return known;
    const made = (this.#versions[0] ?? []).map(PASSES[pass]?.plain ?? withPlainPunctuation);
    this.#versions[pass] = made;
    return made;
  }
}

/** @see Knuth, Morris and Pratt (1977): a file of equal lines takes no longer than any other. */
function firstOccurrence(lines: readonly string[], wanted: readonly string[], from: number): number {
  const borders = bordersOf(wanted);
  let matched = 0;
  for (let index = from; index < lines.length; index += 1) {
    while (matched > 0 && lines[index] !== wanted[matched]) matched = borders[matched - 1] ?? 0;
    if (lines[index] === wanted[matched]) matched += 1;
    if (matched === wanted.length) return index + 1 - matched;
  }
  return -1;
}

// For each beginning of the list, how long its longest end is that is also a beginning.
function bordersOf(wanted: readonly string[]): readonly number[] {
  const borders = [0];
  let length = 0;
  for (let index = 1; index < wanted.length; index += 1) {
    while (length > 0 && wanted[index] !== wanted[length]) length = borders[length - 1] ?? 0;
    if (wanted[index] === wanted[length]) length += 1;
    borders.push(length);
  }
  return borders;
}

function withPlainPunctuation(line: string): string {
  return line
    .trim()
    .replace(/[\u2010-\u2015\u2212]/g, "-")
    .replace(/[\u2018-\u201b]/g, "'")
    .replace(/[\u201c-\u201f]/g, '"')
    .replace(/[\u00a0\u2002-\u200a\u202f\u205f\u3000]/g, " ");
}
