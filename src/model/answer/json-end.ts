/** Follows a JSON text piece by piece and knows where its first object or array ends. Takes time that grows with the length of the text alone. */
export class JsonEnd {
  #depth = 0;
  #hasBegun = false;
  #isInText = false;
  #isEscaped = false;

  /** Whether a value has begun that has not ended yet. */
  get isOpen(): boolean {
    return this.#hasBegun && (this.#depth > 0 || this.#isInText);
  }

  /** Whether a value has begun and ended. */
  get isWhole(): boolean {
    return this.#hasBegun && this.#depth === 0 && !this.#isInText;
  }

  /** Forgets what it followed. */
  reset(): void {
    this.#depth = 0;
    this.#hasBegun = false;
    this.#isInText = false;
    this.#isEscaped = false;
  }

  /** Follows the next piece from `from` on; returns the place after the value's end, or -1 where it does not end in this piece. */
  add(text: string, from = 0): number {
    let end = -1;
    for (let at = from; at < text.length; at++) {
      if (!this.#isOfValue(text[at] ?? "")) continue;
      this.#hasBegun = true;
      if (end < 0 && this.isWhole) end = at + 1;
    }
    return end;
  }

  /** Takes a character; whether it is one that belongs to a value's structure. */
  #isOfValue(char: string): boolean {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (this.#isInText) {
      if (char === "\\") this.#isEscaped = true;
      else if (char === '"') this.#isInText = false;
    } else if (char === '"') this.#isInText = true;
    else if (char === "{" || char === "[") this.#depth += 1;
    else if (char === "}" || char === "]") this.#depth -= 1;
    else return false;
    return true;
  }
}
