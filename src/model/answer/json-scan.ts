import { checkBound, MAX_ANSWER_BYTES, MAX_JSON_LEVELS, MAX_JSON_VALUES } from "./bounds.ts";

const QUOTE = 34;
const COMMA = 44;
const BACKSLASH = 92;

/**
 * Counts the values and levels of a JSON text while it arrives. A text of 16 MB can hold eight million arrays, which take a gigabyte and seconds to parse;
 * nothing can stop the parser once it has begun.
 */
export class JsonScan {
  #values = 1;
  #levels = 0;
  #isInString = false;
  #isEscaped = false;

  /** Reads the next piece of the text; throws OverBound when it has too many values or levels. */
  add(text: string): void {
    for (let at = this.#isInString ? this.#afterString(text, 0) : 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) at = this.#afterString(text, at + 1) - 1;
      else if (code === COMMA) this.#values += 1;
      // Brackets and braces differ by this bit, and nothing else in JSON has their codes.
      else if ((code | 32) === 123) this.#open();
      else if ((code | 32) === 125) this.#levels -= 1;
    }
    checkBound(this.#values, MAX_JSON_VALUES, "the answer has too many values");
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
    this.#levels += 1;
    checkBound(this.#levels, MAX_JSON_LEVELS, "the answer has too many levels");
  }
}

/** Parses a JSON text; throws OverBound for one with too many values or levels, and SyntaxError for what is not JSON. */
export function parseBounded(text: string): unknown {
  new JsonScan().add(text);
  return JSON.parse(text);
}

/** Bytes that a number, a bracket or a name needs besides its text: bounds what is kept of many small values. */
const VALUE_BYTES = 8;
/** Characters that JSON writes as an escape of six, which takes the engine eighty times as long as a plain one. */
const ESCAPED = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff]/g;

/** Estimates how many bytes a value takes when it is written as JSON, without writing it; Infinity for one with too many levels to be written. */
export function writtenBytes(value: unknown, levels = MAX_JSON_LEVELS): number {
  if (typeof value === "string") return VALUE_BYTES + (value.length > MAX_ANSWER_BYTES / 2 ? value.length : bytesOf(value));
  if (typeof value !== "object" || value === null) return VALUE_BYTES;
  if (levels === 0) return Number.POSITIVE_INFINITY;
  let sum = VALUE_BYTES;
  if (Array.isArray(value)) for (const item of value) sum += writtenBytes(item, levels - 1);
  else for (const [name, item] of Object.entries(value)) sum += name.length + writtenBytes(item, levels - 1);
  return sum;
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text) + 5 * (text.match(ESCAPED)?.length ?? 0);
}
