/** Turns values into what may cross: data by value, everything else as a numbered handle. */

import { containerKind, contentsOf, HOLE } from "./containers.mjs";
import { BUILTIN_NAMES, VIEW_NAMES, WELL_KNOWN_NAMES } from "./vocabulary.mjs";

const { getPrototypeOf } = Object;

/** Encodes the values of one message. `handles` gives handles to what does not cross by value; `theirs` are the containers of the message that this one answers, `about` says what the message is for. */
export class Encoder {
  /** The containers of this message, in the order in which the other side makes them. */
  containers = [];
  /** Numbers of the handles that this message is the first to hold. */
  created = [];
  #memo = new Map();
  #handles;

  constructor(handles, { theirs = [], about = null } = {}) {
    this.#handles = handles;
    /** What the message is for. */
    this.about = about;
    for (const [n, each] of theirs.entries()) this.#memo.set(each, ["t", n]);
  }

  /** Encodes a value. Throws TypeError when it may not cross. */
  value(value) {
    switch (typeof value) {
      case "string":
        return this.#handles.side.textOut(value);
      case "boolean":
        return value;
      case "number":
        return Number.isFinite(value) && !Object.is(value, -0) ? value : ["f", Object.is(value, -0) ? "-0" : String(value)];
      case "undefined":
        return ["u"];
      case "bigint":
        return ["i", value < 0n ? `-${(-value).toString(16)}` : value.toString(16)];
      case "symbol":
        return this.#symbol(value);
      default:
        return value === null ? null : this.#object(value);
    }
  }

  #symbol(value) {
    if (WELL_KNOWN_NAMES.has(value)) return ["y", WELL_KNOWN_NAMES.get(value)];
    const key = Symbol.keyFor(value);
    return key === undefined ? (this.#handles.known(value) ?? this.#handles.reference(value, this)) : ["k", key];
  }

  #object(value) {
    const builtin = BUILTIN_NAMES.get(value) ?? this.#handles.side.builtin(value);
    if (builtin !== undefined) return ["c", builtin];
    const known = this.#memo.get(value) ?? this.#handles.known(value) ?? this.#handles.known(this.#handles.side.alias(value));
    if (known !== undefined) return known;
    const kind = typeof value === "object" ? containerKind(value) : null;
    if (kind !== null) return this.container(kind, value);
    return (typeof value === "object" ? this.#copied(value) : null) ?? this.#handles.reference(value, this);
  }

  /** Encodes a container, `kind` saying how. */
  container(kind, value) {
    this.#memo.set(value, ["p", this.containers.push(value) - 1]);
    const tag = kind === "o" && getPrototypeOf(value) === null ? "n" : kind;
    return [tag, this.items(value)];
  }

  /** Encodes what a container holds. */
  items(container) {
    return contentsOf(container).map((each) => (each === HOLE ? ["_"] : this.value(each)));
  }

  /** Encodes an object that crosses as a copy and is not a container; null for any other. */
  #copied(value) {
    const proto = getPrototypeOf(value);
    try {
      if (proto === Date.prototype) return ["d", nullForNaN(Date.prototype.getTime.call(value))];
      if (proto === RegExp.prototype && value instanceof RegExp) return ["r", value.source, value.flags, value.lastIndex];
      if (proto === Buffer.prototype) return ["b", value.toString("base64")];
      if (proto === ArrayBuffer.prototype) return ["v", "ArrayBuffer", Buffer.from(value).toString("base64")];
      if (proto === URL.prototype) return ["l", this.value(value.href)];
      if (VIEW_NAMES.has(proto)) {
        return ["v", VIEW_NAMES.get(proto), Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64")];
      }
    } catch {
      // it only pretends to be of that class, so it is a handle like any other object
    }
    return null;
  }
}

function nullForNaN(number) {
  return Number.isNaN(number) ? null : number;
}
