/** Reads values from messages against the schema: what is not in the vocabulary, too deep, too long or out of its table throws Invalid. */

import { define, HOLE, newContainer, refill } from "./containers.mjs";
import {
  BUILTINS,
  ERRORS,
  Invalid,
  isCount,
  isName,
  MAX_DEPTH,
  MAX_DIGITS,
  MAX_HANDLES,
  MAX_VALUES,
  requireValid,
  VIEWS,
  WELL_KNOWN,
} from "./vocabulary.mjs";

const FLOATS = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
  ["-0", -0],
]);
const HEX = /^-?[0-9a-f]+$/;
const CONTAINERS = new Set(["a", "o", "n", "m", "s"]);
const OUTLINES = new Set(["function", "object", "promise", "symbol", "error", "signal"]);

/** Decodes the values of one message. `handles` knows those of both sides; `mine` are the containers of the message that this one answers. */
export class Decoder {
  /** The containers of this message, in the order in which they were made. */
  containers = [];
  /** Whether a handle of the other side has been read that is not a promise, an error or a symbol. */
  hasOwn = false;
  #handles;
  #mine;
  #depth = 0;
  #values = 0;

  constructor(handles, mine = []) {
    this.#handles = handles;
    this.#mine = mine;
  }

  /** Decodes a value. */
  value(data) {
    requireValid(++this.#values <= MAX_VALUES, "message: it holds too many values");
    if (data === null) return null;
    if (typeof data === "string") return this.#handles.side.textIn(data);
    if (typeof data !== "object") return data;
    requireValid(Array.isArray(data) && data.length > 0 && typeof data[0] === "string", "value");
    requireValid(++this.#depth <= MAX_DEPTH, "value: it is nested too deep");
    try {
      return CONTAINERS.has(data[0]) ? this.#container(data) : this.#other(data);
    } finally {
      this.#depth--;
    }
  }

  #container(data) {
    requireLength(data, 2);
    const [kind, list] = data;
    const made = newContainer(kind);
    this.containers.push(made);
    refill(made, this.#items(kind, list));
    return made;
  }

  #items(kind, list) {
    requireValid(Array.isArray(list), "list");
    requireValid(kind === "a" || kind === "s" || list.length % 2 === 0, "list of pairs");
    return list.map((each, index) => {
      if (kind === "a" && Array.isArray(each) && each[0] === "_" && each.length === 1) return HOLE;
      if ((kind === "o" || kind === "n") && index % 2 === 0) return this.#handles.side.textIn(requireText(each));
      return this.value(each);
    });
  }

  /** Decodes what a container of this side is to hold from now on. */
  itemsFor(container, list) {
    const kind = Array.isArray(container) ? "a" : container instanceof Map ? "m" : container instanceof Set ? "s" : "o";
    return this.#items(kind, list);
  }

  /** Returns a container of the message that this one answers. */
  mine(number) {
    requireValid(isCount(number, this.#mine.length), "number of a container");
    return this.#mine[number];
  }

  #other(data) {
    switch (data[0]) {
      case "u":
        return requireLength(data, 1) && undefined;
      case "f":
        return found(FLOATS, data);
      case "i":
        return integer(data);
      case "y":
        return found(WELL_KNOWN, data);
      case "k":
        return requireLength(data, 2) && Symbol.for(requireName(data[1]));
      case "c":
        return BUILTINS.has(data[1]) ? found(BUILTINS, data) : this.#named(data);
      case "d":
        requireValid(requireLength(data, 2) && (data[1] === null || typeof data[1] === "number"), "date");
        return new Date(data[1] ?? Number.NaN);
      case "r":
        return regularExpression(data);
      case "b":
        return requireLength(data, 2) && Buffer.from(requireText(data[1]), "base64");
      case "v":
        return view(data);
      case "l":
        return url(data, this.#handles.side);
      case "p":
        requireValid(requireLength(data, 2) && isCount(data[1], this.containers.length), "number of a container");
        return this.containers[data[1]];
      case "t":
        return requireLength(data, 2) && this.mine(data[1]);
      case "w":
        return requireLength(data, 2) && this.#handles.own(data[1]);
      case "h":
        return this.#known(data);
      case "H":
        return this.#made(data);
      default:
        throw new Invalid("the solution's process sent a word that is not in the vocabulary");
    }
  }

  #named(data) {
    const value = requireLength(data, 2) && this.#handles.side.named(data[1]);
    requireValid(value !== undefined, "name: it is in no table");
    return value;
  }

  #known(data) {
    requireValid(requireLength(data, 2) && isCount(data[1], MAX_HANDLES), "handle");
    return this.#note(this.#handles.theirs(data[1]));
  }

  #made(data) {
    const [, number, outline] = data;
    requireValid(requireLength(data, 3) && isCount(number, MAX_HANDLES) && Array.isArray(outline) && OUTLINES.has(outline[0]), "handle");
    return this.#note(this.#handles.make(number, outline, this));
  }

  #note(handle) {
    if (typeof handle === "function" || (typeof handle === "object" && this.#handles.isOwn(handle))) this.hasOwn = true;
    return handle;
  }
}

function requireLength(data, length) {
  requireValid(data.length === length, "value: it has parts too many or too few");
  return true;
}

function requireText(text) {
  requireValid(typeof text === "string", "text");
  return text;
}

/** Returns a name, if it is one; throws Invalid. */
export function requireName(name) {
  requireValid(isName(name), "name");
  return name;
}

function found(table, data) {
  requireValid(requireLength(data, 2) && table.has(data[1]), "name: it is in no table");
  return table.get(data[1]);
}

function integer(data) {
  requireValid(requireLength(data, 2) && typeof data[1] === "string" && data[1].length <= MAX_DIGITS && HEX.test(data[1]), "integer");
  return data[1].startsWith("-") ? -BigInt(`0x${data[1].slice(1)}`) : BigInt(`0x${data[1]}`);
}

function regularExpression(data) {
  requireValid(requireLength(data, 4) && isCount(data[3], Number.MAX_SAFE_INTEGER), "regular expression");
  const made = attempt(() => new RegExp(requireText(data[1]), requireName(data[2])), "regular expression");
  made.lastIndex = data[3];
  return made;
}

function view(data) {
  requireValid(requireLength(data, 3) && VIEWS.has(data[1]), "name: it is in no table");
  const kind = VIEWS.get(data[1]);
  const { buffer } = Uint8Array.from(Buffer.from(requireText(data[2]), "base64"));
  return kind === ArrayBuffer ? buffer : attempt(() => new kind(buffer), "array of bytes");
}

function url(data, side) {
  return requireLength(data, 2) && attempt(() => new URL(side.textIn(requireText(data[1]))), "URL");
}

function attempt(make, what) {
  try {
    return make();
  } catch (error) {
    throw new Invalid(`the solution's process sent an invalid ${what}`, { cause: error });
  }
}

/** Makes an error of a class from the table as `throw new Kind(message)` would; of Error when it is of none. */
export function newError(name, message) {
  const kind = ERRORS.get(name) ?? Error;
  if (name === "AggregateError") return new AggregateError([], message);
  if (name === "AssertionError") return new kind({ message });
  return new kind(message);
}

/** Defines the fields that an error of the other side has: texts, values, and whether each can be enumerated, in turn. */
export function defineFields(error, list, decoder) {
  requireValid(Array.isArray(list) && list.length % 3 === 0, "list of fields");
  for (let at = 0; at < list.length; at += 3) {
    const key = requireName(list[at]);
    requireValid(key !== "__proto__" && typeof list[at + 2] === "boolean", "field");
    define(error, key, decoder.value(list[at + 1]), list[at + 2]);
  }
}
