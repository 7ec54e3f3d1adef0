/** Encodes values into messages and decodes them: by value where a copy behaves the same, else as a reference to a proxy. */

const { getPrototypeOf, getOwnPropertyDescriptors } = Object;

const ERRORS = { Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError, AggregateError };
const ERROR_NAMES = new Map(Object.entries(ERRORS).map(([name, kind]) => [kind.prototype, name]));
const ARRAYS = {
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
};
const ARRAY_NAMES = new Map(Object.entries(ARRAYS).map(([name, kind]) => [kind.prototype, name]));
const WELL_KNOWN = new Map(
  Object.getOwnPropertyNames(Symbol)
    .filter((name) => typeof Symbol[name] === "symbol")
    .map((name) => [Symbol[name], name]),
);
/** Built-in functions that are the same on both sides. */
export const SHARED = { Object, Array, String, Number, Boolean, BigInt, Symbol, Date, Map, Set, RegExp, Promise, ...ERRORS, ...ARRAYS };
const SHARED_NAMES = new Map(Object.entries(SHARED).map(([name, kind]) => [kind, name]));

/** Tells whether an object is plain data without methods or accessors. */
function isData(value) {
  const proto = getPrototypeOf(value);
  if (proto !== Object.prototype && proto !== null) return false;
  const all = getOwnPropertyDescriptors(value);
  return Reflect.ownKeys(all).every((key) => {
    const one = all[key];
    return typeof key === "string" && key !== "__proto__" && "value" in one && one.enumerable && typeof one.value !== "function";
  });
}

/** Encodes the values of one message; `theirs` are the containers of the message that it answers. */
export class Writing {
  mine = [];
  #memo = new Map();
  #rpc;

  constructor(rpc, theirs = []) {
    this.#rpc = rpc;
    for (const [n, each] of theirs.entries()) this.#memo.set(each, { t: "theirs", n });
  }

  value(value) {
    if (value === null || typeof value === "boolean" || typeof value === "string") return value;
    if (typeof value === "number")
      return Number.isFinite(value) && !Object.is(value, -0) ? value : { t: "number", v: Object.is(value, -0) ? "-0" : String(value) };
    if (value === undefined) return { t: "undefined" };
    if (typeof value === "bigint") return { t: "bigint", v: String(value) };
    if (typeof value === "symbol") return this.#symbol(value);
    if (SHARED_NAMES.has(value)) return { t: "shared", v: SHARED_NAMES.get(value) };
    const known = this.#memo.get(value) ?? this.#rpc.known(value);
    return known ?? this.#object(value);
  }

  #symbol(value) {
    if (WELL_KNOWN.has(value)) return { t: "symbol", well: WELL_KNOWN.get(value) };
    const key = Symbol.keyFor(value);
    return key === undefined ? this.#rpc.reference(value, this) : { t: "symbol", key };
  }

  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: one branch for each type of value
  #object(value) {
    const proto = getPrototypeOf(value);
    if (typeof value === "object") {
      if (Array.isArray(value) && proto === Array.prototype) return this.#container("array", value);
      if (proto === Map.prototype && value instanceof Map) return this.#container("map", value);
      if (proto === Set.prototype && value instanceof Set) return this.#container("set", value);
      if (isData(value)) return { ...this.#container("object", value), ...(proto === null ? { bare: true } : {}) };
      if (proto === Date.prototype) return { t: "date", v: value.getTime() };
      if (proto === RegExp.prototype) return { t: "regexp", v: [value.source, value.flags] };
      if (proto === Buffer.prototype) return { t: "buffer", v: value.toString("base64") };
      if (ARRAY_NAMES.has(proto))
        return {
          t: "bytes",
          kind: ARRAY_NAMES.get(proto),
          v: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64"),
        };
    }
    return this.#rpc.reference(value, this);
  }

  #container(tag, value) {
    this.#memo.set(value, { t: "mine", n: this.mine.push(value) - 1 });
    return { t: tag, v: this.items(value) };
  }

  /** Encodes the contents of a container, keys and values in turn. */
  items(container) {
    if (Array.isArray(container)) return Array.from(container, (each, index) => (index in container ? this.value(each) : { t: "hole" }));
    if (container instanceof Set) return [...container].map((each) => this.value(each));
    return pairs(container).flatMap(([key, value]) => [this.value(key), this.value(value)]);
  }
}

/** Gives the name of a built-in error's class, undefined for other errors. */
export function nativeErrorName(error) {
  return ERROR_NAMES.get(getPrototypeOf(error));
}

/** Tells whether an object is the prototype of a built-in error class. */
export function isNativeErrorPrototype(value) {
  return ERROR_NAMES.has(value);
}

function pairs(container) {
  return container instanceof Map ? [...container] : Object.entries(container);
}

/** Lists what a container holds now, so that two moments can be compared. */
export function contentsOf(container) {
  return container instanceof Set || Array.isArray(container) ? [...container] : pairs(container).flat();
}

/** Tells whether a container holds other objects than before; a change inside one of them does not count. */
export function differ(before, now) {
  return before.length !== now.length || before.some((each, index) => !Object.is(each, now[index]));
}

/** Replaces the contents of a container and keeps its identity. */
export function refill(container, values) {
  if (Array.isArray(container)) {
    container.length = 0;
    values.forEach((value, index) => {
      if (value !== HOLE) container[index] = value;
    });
    container.length = values.length;
    return;
  }
  if (container instanceof Set) {
    container.clear();
    for (const value of values) container.add(value);
    return;
  }
  if (container instanceof Map) container.clear();
  else for (const key of Object.keys(container)) delete container[key];
  for (let at = 0; at < values.length; at += 2) {
    if (container instanceof Map) container.set(values[at], values[at + 1]);
    else
      Object.defineProperty(container, String(values[at]), { value: values[at + 1], writable: true, enumerable: true, configurable: true });
  }
}

const HOLE = Symbol("hole");
const MAKE = { array: () => [], map: () => new Map(), set: () => new Set(), object: (data) => (data.bare ? Object.create(null) : {}) };

/** Decodes the values of one message; `mine` are the containers of the message that it answers. */
export class Reading {
  containers = [];
  #rpc;
  #mine;

  constructor(rpc, mine = []) {
    this.#rpc = rpc;
    this.#mine = mine;
  }

  value(data) {
    if (typeof data !== "object" || data === null) return data;
    const make = Object.hasOwn(MAKE, data.t) ? MAKE[data.t] : undefined;
    if (make === undefined) return this.#other(data);
    const made = make(data);
    this.containers.push(made);
    refill(made, this.items(data.v));
    return made;
  }

  items(list) {
    return list.map((each) => (each?.t === "hole" ? HOLE : this.value(each)));
  }

  container(number) {
    return this.#mine[number];
  }

  #other(data) {
    switch (data.t) {
      case "undefined":
        return undefined;
      case "number":
        return Number(data.v);
      case "bigint":
        return BigInt(data.v);
      case "symbol":
        return data.well === undefined ? Symbol.for(String(data.key)) : Symbol[data.well];
      case "shared":
        return Object.hasOwn(SHARED, data.v) ? SHARED[data.v] : undefined;
      case "date":
        return new Date(data.v ?? Number.NaN);
      case "regexp":
        return new RegExp(data.v[0], data.v[1]);
      case "buffer":
        return Buffer.from(data.v, "base64");
      case "bytes":
        return this.#array(data);
      case "mine":
        return this.containers[data.n];
      case "theirs":
        return this.#mine[data.n];
      default:
        return this.#rpc.dereference(data, this);
    }
  }

  #array({ kind, v }) {
    const bytes = Uint8Array.from(Buffer.from(v, "base64"));
    return new ARRAYS[kind](bytes.buffer);
  }
}

/** Makes a built-in error as `throw new Kind(message)` would. */
export function nativeError(name, message) {
  const kind = Object.hasOwn(ERRORS, name) ? ERRORS[name] : Error;
  return kind === AggregateError ? new AggregateError([], message) : new kind(message);
}
