const QUOTE = 34;
const COMMA = 44;
const BACKSLASH = 92;

/**
 * Counts the values and levels of a JSON text, which may come in pieces, so that a text can be refused before it is parsed. 16 MB can hold eight million arrays, which
 * take a gigabyte and seconds to parse; nothing can stop the parser once it has begun. Of a text that is not JSON it gives some numbers.
 */
export class JsonSize {
  #values = 1;
  #level = 0;
  #levels = 0;
  #isInString = false;
  #isEscaped = false;

  /** How many values there are: at least the commas and the brackets that open, and one. */
  get values(): number {
    return this.#values;
  }

  /** How many lists and objects lie inside one another at the deepest place. */
  get levels(): number {
    return this.#levels;
  }

  /** Counts the next piece of the text. */
  add(text: string): void {
    for (let at = this.#isInString ? this.#afterString(text, 0) : 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) at = this.#afterString(text, at + 1) - 1;
      else if (code === COMMA) this.#values += 1;
      // Brackets and braces differ by this bit, and nothing else in JSON has their codes.
      else if ((code | 32) === 123) this.#open();
      else if ((code | 32) === 125) this.#level -= 1;
    }
  }

  /** Returns the place after the string that goes on at `start`; the end of the text when the string does not end in it. */
  #afterString(text: string, start: number): number {
    for (let at = start; ; ) {
      const quote = text.indexOf('"', at);
      const end = quote < 0 ? text.length : quote;
      const isEscaped = this.#isEscapedAt(text, at, end);
      this.#isInString = quote < 0 || isEscaped;
      this.#isEscaped = quote < 0 && isEscaped;
      if (quote < 0) return end;
      at = quote + 1;
      if (!this.#isInString) return at;
    }
  }

  /** Whether an odd number of backslashes comes before `end`, of the piece before this one too. */
  #isEscapedAt(text: string, start: number, end: number): boolean {
    let from = end;
    while (from > start && text.charCodeAt(from - 1) === BACKSLASH) from -= 1;
    const isCarried = from === 0 && this.#isEscaped;
    return (end - from + (isCarried ? 1 : 0)) % 2 === 1;
  }

  #open(): void {
    this.#values += 1;
    this.#level += 1;
    this.#levels = Math.max(this.#levels, this.#level);
  }
}
