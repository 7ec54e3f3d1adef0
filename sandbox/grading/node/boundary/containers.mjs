/** Arrays, maps, sets and plain objects: they cross by value, and what the other side changed in one comes back. */

const { getOwnPropertyDescriptors, getPrototypeOf, defineProperty } = Object;

/** Stands for a place of an array that holds nothing. */
export const HOLE = Symbol("hole");

/** Names the kind of container that a value is, or null; the class of an object decides, so one of a subclass is none. */
export function containerKind(value) {
  if (typeof value !== "object" || value === null) return null;
  const proto = getPrototypeOf(value);
  if (proto === Array.prototype) return Array.isArray(value) && isDense(value) ? "a" : null;
  if (proto === Map.prototype) return hasEntries(Map, value) ? "m" : null;
  if (proto === Set.prototype) return hasEntries(Set, value) ? "s" : null;
  return (proto === Object.prototype || proto === null) && isPlain(value) ? "o" : null;
}

/** Names the kind of container that a value extends by a class of its own, or null. */
export function baseKind(value) {
  if (Array.isArray(value)) return "a";
  if (hasEntries(Map, value)) return "m";
  return hasEntries(Set, value) ? "s" : null;
}

const sizes = new Map([Map, Set].map((kind) => [kind, Object.getOwnPropertyDescriptor(kind.prototype, "size").get]));

function hasEntries(kind, value) {
  try {
    Reflect.apply(sizes.get(kind), value, []);
    return true;
  } catch {
    return false;
  }
}

// An array of a million places with one element is sent by its elements only when that is most of them.
function isDense(value) {
  return value.length <= 100_000 || Object.keys(value).length * 10 >= value.length;
}

/** Tells whether an object holds plain properties only: no accessors, no symbols, no functions. */
function isPlain(value) {
  const all = getOwnPropertyDescriptors(value);
  return Reflect.ownKeys(all).every((key) => {
    const { value: held, enumerable } = all[key];
    return typeof key === "string" && "value" in all[key] && enumerable && typeof held !== "function";
  });
}

/** Makes an empty container. */
export function newContainer(kind) {
  if (kind === "a") return [];
  if (kind === "m") return new Map();
  if (kind === "s") return new Set();
  return kind === "n" ? Object.create(null) : {};
}

/** Lists what a container holds: keys and values in turn for maps and objects, HOLE for the holes of an array. */
export function contentsOf(container) {
  if (Array.isArray(container)) return Array.from(container, (each, index) => (index in container ? each : HOLE));
  if (container instanceof Set) return [...Set.prototype.values.call(container)];
  if (container instanceof Map) return [...Map.prototype.entries.call(container)].flat();
  return Object.entries(container).flat();
}

/** Tells whether a container holds other values than before; a change inside one of them does not count. */
export function differ(before, now) {
  return before.length !== now.length || before.some((each, index) => !Object.is(each, now[index]));
}

/** Replaces what a container holds and keeps its identity. Properties are defined, never assigned, so no setter runs. */
export function refill(container, values) {
  if (Array.isArray(container)) return refillArray(container, values);
  if (container instanceof Set) {
    container.clear();
    for (const value of values) container.add(value);
    return;
  }
  if (container instanceof Map) {
    container.clear();
    for (let at = 0; at < values.length; at += 2) container.set(values[at], values[at + 1]);
    return;
  }
  for (const key of Object.keys(container)) delete container[key];
  for (let at = 0; at < values.length; at += 2) define(container, values[at], values[at + 1]);
}

function refillArray(container, values) {
  container.length = 0;
  values.forEach((value, index) => {
    if (value !== HOLE) define(container, index, value);
  });
  container.length = values.length;
}

/** Defines a property as an assignment to a new object would, whatever its name. */
export function define(object, key, value, enumerable = true) {
  defineProperty(object, key, { value, enumerable, writable: true, configurable: true });
}
