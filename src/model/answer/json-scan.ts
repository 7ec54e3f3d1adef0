import { JsonSize } from "../../core/json-size.ts";
import { checkBound, MAX_ANSWER_BYTES, MAX_JSON_LEVELS, MAX_JSON_VALUES } from "./bounds.ts";

/** Bounds the values and levels of a JSON text while it arrives. */
export class JsonScan {
  readonly #size = new JsonSize();

  /** Reads the next piece of the text; throws OverBound when it has too many values or levels. */
  add(text: string): void {
    this.#size.add(text);
    checkBound(this.#size.levels, MAX_JSON_LEVELS, "the answer has too many levels");
    checkBound(this.#size.values, MAX_JSON_VALUES, "the answer has too many values");
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
