/** How many patterns a pattern with braces stands for, and how many characters they have together; counted without making them. */
export type BraceCount = { readonly patterns: number; readonly characters: number };

/**
 * A pattern whose braces are parsed: `{a,b}` is a choice, also an empty or nested one; a brace without a partner or a comma matches itself.
 *
 * Parsing and counting take time proportional to the length of the pattern, so that a pattern can be refused before it is expanded. Both
 * call themselves once for each level of braces: limit the length of patterns of unknown origin first.
 */
export class BracePattern {
  readonly #text: string;
  /** The positions that end each choice, by the position of the brace that opens it: its commas and its closing brace. */
  readonly #ends: ReadonlyMap<number, readonly number[]>;

  constructor(text: string) {
    this.#text = text;
    this.#ends = choicesIn(text);
  }

  /** Counts what `expand` would return. */
  count(): BraceCount {
    return this.#count(0, this.#text.length);
  }

  /** Returns all patterns that this one stands for, in the order written. */
  expand(): readonly string[] {
    return this.#expand(0, this.#text.length);
  }

  #count(from: number, to: number): BraceCount {
    let patterns = 1;
    let characters = 0;
    for (const part of this.#parts(from, to)) {
      const choices = part.choices.map(([start, end]) => this.#count(start, end));
      const added = choices.length === 0 ? { patterns: 1, characters: part.literal.length } : choices.reduce(sum);
      characters = capped(characters * added.patterns + added.characters * patterns);
      patterns = capped(patterns * added.patterns);
    }
    return { patterns, characters };
  }

  #expand(from: number, to: number): readonly string[] {
    let expanded: readonly string[] = [""];
    for (const part of this.#parts(from, to)) {
      const endings = part.choices.length === 0 ? [part.literal] : part.choices.flatMap(([start, end]) => this.#expand(start, end));
      expanded = expanded.flatMap((beginning) => endings.map((ending) => beginning + ending));
    }
    return expanded;
  }

  *#parts(from: number, to: number): Generator<Part> {
    let literalFrom = from;
    for (let at = from; at < to; at++) {
      const ends = this.#ends.get(at);
      const last = ends?.at(-1);
      if (ends === undefined || last === undefined) continue;
      yield { literal: this.#text.slice(literalFrom, at), choices: [] };
      yield { literal: "", choices: ends.map((end, index) => [index === 0 ? at + 1 : (ends[index - 1] ?? at) + 1, end] as const) };
      at = last;
      literalFrom = last + 1;
    }
    yield { literal: this.#text.slice(literalFrom, to), choices: [] };
  }
}

/** Text that stands for itself, or the places of choices. */
type Part = { readonly literal: string; readonly choices: readonly (readonly [from: number, to: number])[] };

function choicesIn(text: string): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, readonly number[]>();
  const open: { readonly start: number; readonly commas: number[] }[] = [];
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "{") open.push({ start: at, commas: [] });
    if (text[at] === ",") open.at(-1)?.commas.push(at);
    if (text[at] !== "}") continue;
    const group = open.pop();
    if (group !== undefined && group.commas.length > 0) found.set(group.start, [...group.commas, at]);
  }
  return found;
}

// Far above every limit, and far below what a number holds exactly.
const MAX_COUNT = 1e6;

function capped(count: number): number {
  return Math.min(count, MAX_COUNT);
}

function sum(one: BraceCount, other: BraceCount): BraceCount {
  return { patterns: capped(one.patterns + other.patterns), characters: capped(one.characters + other.characters) };
}
