import { JsonSize } from "../../core/json-size.ts";

/** What parsed JSON must be. `parse` gives undefined for text that is not JSON or has another shape. */
export type Shape<Value> = {
  readonly expected: string;
  readonly is: Check;
  readonly parse: (text: string) => Value | undefined;
};

/** Tells whether a parsed value has a shape. */
export type Check = (value: unknown) => boolean;

// Programs walk stored JSON by calling themselves, which ends at some thousand levels; honest JSON has less than twenty.
const MAX_LEVELS = 100;

// Each value takes up to twenty times the memory of its text; the longest honest list has some thousand tests.
const MAX_VALUES = 1_000_000;

/** Makes a shape from a check; `expected` says in a message what is wanted. */
export function shape<Value>(expected: string, is: Check): Shape<Value> {
  return { expected, is, parse: (text) => parsed<Value>(text, is) };
}

/** Text. */
export const isString: Check = (value) => typeof value === "string";

/** A finite number; JSON has no other, but 1e999 is read as infinite. */
export const isNumber: Check = (value) => Number.isFinite(value);

/** A whole number from 0. */
export const isWhole: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;

/** True or false. */
export const isBoolean: Check = (value) => typeof value === "boolean";

/** Null, or what another check accepts. */
export const orNull =
  (is: Check): Check =>
  (value) =>
    value === null || is(value);

/** A field that is absent, or what another check accepts. */
export const orAbsent =
  (is: Check): Check =>
  (value) =>
    value === undefined || is(value);

/** A list. */
export const listOf =
  (is: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(is);

/** An object with these fields, and any others. */
export const fields =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.entries(checks).every(([name, is]) => is(Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined));

/** An object whose values are all of one kind. */
export const mapOf =
  (is: Check): Check =>
  (value) =>
    fields({})(value) && Object.values(value as object).every(is);

/** One of a few words. */
export const oneOf =
  (words: readonly string[]): Check =>
  (value) =>
    words.includes(value as string);

function parsed<Value>(text: string, is: Check): Value | undefined {
  const size = new JsonSize();
  size.add(text);
  if (size.levels > MAX_LEVELS || size.values > MAX_VALUES) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return is(value) ? (value as Value) : undefined;
  } catch {
    return undefined;
  }
}
