/** The objects that stay where they were made: each side numbers those that it has shown to the other, and has stand-ins for those that it was shown. */

import { defineFields, newError, requireName } from "./decode.mjs";
import { libraryName } from "./library.mjs";
import { BUILTIN_NAMES, ERROR_NAMES, ERRORS, isCount, MAX_HANDLES, requireValid } from "./vocabulary.mjs";

const { getPrototypeOf, getOwnPropertyDescriptor, setPrototypeOf } = Object;

/**
 * The handles of one side. `side` knows functions and other objects: `outline(value, encoder)` describes one of this side's, and
 * `standIn(outline, decoder)` makes what stands here for one of the other's. `note` sends a message that needs no answer.
 */
export class Handles {
  #note;
  #shown = [];
  #numbers = new Map();
  #standIns = new Map();
  #theirNumbers = new WeakMap();
  #pending = new Map();
  #aborts = new Map();

  constructor({ side, note }) {
    /** What this process does with objects. */
    this.side = side;
    this.#note = note;
  }

  /** How many promises of the other side are not settled. */
  get pending() {
    return this.#pending.size;
  }

  /** Encodes a stand-in for an object of the other side; undefined for anything else. */
  known(value) {
    const theirs = this.#theirNumbers.get(value);
    return theirs === undefined ? undefined : ["w", theirs];
  }

  /** Encodes an object that does not cross by value, and from now on lets the other side use it. Throws TypeError when it may not cross. */
  reference(value, encoder) {
    const known = this.#numbers.get(value);
    if (known !== undefined) return ["h", known];
    const number = this.#shown.length;
    if (number >= MAX_HANDLES) throw new TypeError("too many objects have crossed");
    this.side.mayShow(value);
    this.#shown.push(value);
    this.#numbers.set(value, number);
    encoder.created.push(number);
    return ["H", number, this.#outline(value, number, encoder)];
  }

  /** Returns the number under which the other side knows an object of this one; undefined for what it does not know. */
  numberOf(value) {
    return this.#numbers.get(value);
  }

  /** Takes back what was shown in a message that was not sent. */
  forget(numbers) {
    for (const number of numbers) {
      this.#numbers.delete(this.#shown[number]);
      this.#shown[number] = null;
    }
  }

  #outline(value, number, encoder) {
    if (typeof value === "symbol") return ["symbol", value.description ?? null];
    if (isPromise(value)) return this.#promise(value, number);
    if (value instanceof AbortSignal && getPrototypeOf(value) === AbortSignal.prototype) return this.#signal(value, number, encoder);
    if (isError(value)) return errorOutline(value, encoder);
    return this.side.outline(value, encoder);
  }

  #promise(value, number) {
    Promise.prototype.then.call(
      value,
      (result) => this.#note("settle", number, true, result),
      (error) => this.#note("settle", number, false, error),
    );
    return ["promise"];
  }

  #signal(value, number, encoder) {
    if (!value.aborted) value.addEventListener("abort", () => this.#note("abort", number, true, value.reason), { once: true });
    return ["signal", value.aborted, encoder.value(value.reason)];
  }

  /** Returns an object of this side that the other names by its number. */
  own(number) {
    requireValid(isCount(number, this.#shown.length), "number of an object");
    requireValid(this.#shown[number] !== null, "number of an object");
    return this.#shown[number];
  }

  /** Returns the stand-in for an object of the other side. */
  theirs(number) {
    requireValid(this.#standIns.has(number), "number of an object");
    return this.#standIns.get(number);
  }

  /** Tells whether a value is a stand-in for an object with a class of its own, not for a promise, an error or a signal. */
  isOwn(value) {
    return this.side.isStandIn(value);
  }

  /** Makes the stand-in for an object of the other side. */
  make(number, outline, decoder) {
    requireValid(!this.#standIns.has(number), "number of an object: it is in use");
    const keep = (made) => {
      this.#standIns.set(number, made);
      this.#theirNumbers.set(made, number);
      return made;
    };
    switch (outline[0]) {
      case "symbol":
        return keep(Symbol(outline[1] === null ? undefined : requireName(outline[1])));
      case "promise": {
        let settle;
        const promise = new Promise((resolve, reject) => {
          settle = { resolve, reject };
        });
        this.#pending.set(number, { ...settle, promise });
        return keep(promise);
      }
      case "signal":
        return this.#standInSignal(number, outline, { keep, decoder });
      case "error":
        return standInError(outline, keep, decoder);
      default:
        return this.side.standIn(outline, { keep, decoder });
    }
  }

  #standInSignal(number, outline, { keep, decoder }) {
    requireValid(outline.length === 3 && typeof outline[1] === "boolean", "signal");
    const controller = new AbortController();
    keep(controller.signal);
    const reason = decoder.value(outline[2]);
    if (outline[1]) controller.abort(reason);
    else this.#aborts.set(number, controller);
    return controller.signal;
  }

  /** Settles the stand-in for a promise. */
  settle(number, isFulfilled, value) {
    const waiting = this.#pending.get(number);
    // A promise that waits for itself rejects where no test looks.
    requireValid(waiting === undefined || value !== waiting.promise, "settle");
    this.#pending.delete(number);
    if (isFulfilled) waiting?.resolve(value);
    else waiting?.reject(value);
  }

  /** Aborts the stand-in for a signal. */
  abort(number, reason) {
    this.#aborts.get(number)?.abort(reason);
    this.#aborts.delete(number);
  }
}

const isPromise = (value) => {
  try {
    return value instanceof Promise && getPrototypeOf(value) !== null;
  } catch {
    return false;
  }
};

function isError(value) {
  return typeof value === "object" && (Error.isError?.(value) ?? value instanceof Error);
}

/** Returns the class that an object claims to be of, if the claim is true and the class is not a plain object's, else null. */
export function classOf(value) {
  const proto = getPrototypeOf(value);
  const kind = proto === null ? undefined : getOwnPropertyDescriptor(proto, "constructor")?.value;
  return typeof kind === "function" && kind.prototype === proto && kind !== Object ? kind : null;
}

/** Returns the class that a class extends, or null. */
export function parentOf(value) {
  const parent = getPrototypeOf(value);
  return typeof parent === "function" &&
    (BUILTIN_NAMES.has(parent) || libraryName(parent) !== undefined || (parent !== Function.prototype && parent.prototype !== undefined))
    ? parent
    : null;
}

function errorOutline(error, encoder) {
  const builtin = ERROR_NAMES.get(getPrototypeOf(error)) ?? null;
  const kind = builtin === null ? classOf(error) : null;
  const fields = errorFields(error).flatMap(([key, value, enumerable]) => [key, encoder.value(value), enumerable]);
  return ["error", builtin ?? baseOf(error), kind === null ? null : encoder.value(kind), String(error.message), fields];
}

// The built-in class that an error's own class extends, so that it is made as one.
function baseOf(error) {
  for (let at = getPrototypeOf(error); at !== null; at = getPrototypeOf(at)) if (ERROR_NAMES.has(at)) return ERROR_NAMES.get(at);
  return null;
}

const OF_EVERY_ERROR = new Set(["message", "stack", "constructor", "__proto__"]);

// The own fields of an error and the getters of its classes.
function errorFields(error) {
  const fields = new Map();
  for (let at = error; at !== null && !ERROR_NAMES.has(at); at = getPrototypeOf(at)) {
    for (const key of Object.getOwnPropertyNames(at)) {
      const found = getOwnPropertyDescriptor(at, key);
      if (OF_EVERY_ERROR.has(key) || fields.has(key)) continue;
      if (at !== error && found.get === undefined && typeof found.value === "function") continue;
      fields.set(key, [key, error[key], at === error && found.enumerable]);
    }
  }
  return [...fields.values()];
}

function standInError(outline, keep, decoder) {
  requireValid(outline.length === 5 && (outline[1] === null || ERRORS.has(outline[1])) && typeof outline[3] === "string", "error");
  const error = keep(newError(outline[1], outline[3]));
  if (outline[2] !== null) {
    const { hasOwn } = decoder;
    const kind = decoder.value(outline[2]);
    decoder.hasOwn = hasOwn;
    if (typeof kind === "function") setPrototypeOf(error, kind.prototype);
  }
  defineFields(error, outline[4], decoder);
  return error;
}
