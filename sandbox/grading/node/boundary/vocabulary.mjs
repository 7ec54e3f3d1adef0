/** What may cross between judge and solution: the tables of names that both sides know, and the limits. Nothing outside of them is ever looked up by a name from the wire. */

import { AssertionError } from "node:assert";

/** Bytes of one message. */
export const MAX_BYTES = 32 * 1024 * 1024;
/** Values inside values. */
export const MAX_DEPTH = 1_000;
/** Values in one message. */
export const MAX_VALUES = 2_000_000;
/** Handles that one side may have given to the other at one time. */
export const MAX_HANDLES = 1_000_000;
/** Characters of a name of a property, function, class, symbol or module export. */
export const MAX_NAME = 10_000;
/** Hexadecimal digits of one integer. */
export const MAX_DIGITS = 1_000_000;

const ERROR_CLASSES = {
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
  AggregateError,
  AssertionError,
  DOMException,
};
const VIEW_CLASSES = {
  Uint8Array,
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
  ArrayBuffer,
};
const OTHER_CLASSES = { Object, Array, String, Number, Boolean, BigInt, Symbol, Date, Map, Set, RegExp, Promise, Buffer, URL };
const SYMBOLS = ["iterator", "asyncIterator", "hasInstance", "toPrimitive", "toStringTag", "species", "isConcatSpreadable", "match"]
  .concat(["matchAll", "replace", "search", "split", "unscopables", "dispose", "asyncDispose"])
  .filter((name) => typeof Symbol[name] === "symbol");

/** Classes of errors, by name. */
export const ERRORS = new Map(Object.entries(ERROR_CLASSES));
/** Names of the classes of errors, by prototype. */
export const ERROR_NAMES = new Map([...ERRORS].map(([name, kind]) => [kind.prototype, name]));
/** Classes of bytes in memory, by name. */
export const VIEWS = new Map(Object.entries(VIEW_CLASSES));
/** Names of the classes of bytes in memory, by prototype. */
export const VIEW_NAMES = new Map([...VIEWS].map(([name, kind]) => [kind.prototype, name]));
/** Classes that both sides have and that are the same to them, by name. */
export const BUILTINS = new Map(Object.entries({ ...OTHER_CLASSES, ...ERROR_CLASSES, ...VIEW_CLASSES }));
/** Names of the classes that both sides have. */
export const BUILTIN_NAMES = new Map([...BUILTINS].map(([name, kind]) => [kind, name]));
/** Well-known symbols, by name. */
export const WELL_KNOWN = new Map(SYMBOLS.map((name) => [name, Symbol[name]]));
/** Names of the well-known symbols. */
export const WELL_KNOWN_NAMES = new Map([...WELL_KNOWN].map(([name, symbol]) => [symbol, name]));

/** Thrown for a message that is none: the other side is broken, or hostile. */
export class Invalid extends Error {
  name = "Invalid";
}

/** Throws Invalid unless a condition holds. */
export function requireValid(condition, what) {
  if (!condition) throw new Invalid(`the solution's process sent an invalid ${what}`);
}

/** Tells whether a value is a whole number from 0 up to a bound. */
export function isCount(value, bound) {
  return Number.isSafeInteger(value) && value >= 0 && value < bound;
}

/** Tells whether a value is a text of limited length. */
export function isName(value) {
  return typeof value === "string" && value.length <= MAX_NAME;
}
