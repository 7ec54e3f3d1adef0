/** What stands in this process for functions, classes and objects of the other one. */

import { inspect } from "node:util";

/** What test libraries look for on whatever they meet; a solution has no say in that. */
const NEVER_ASKED = new Set(["asymmetricMatch", "toAsymmetricMatcher", "$$typeof", Symbol.toStringTag, Symbol.hasInstance, inspect.custom]);

/** A function or class; `shape` tells its name and, of a class, what it extends. */
export function standForFunction(peer, shape, parent) {
  const target = function () {};
  Object.defineProperty(target, "name", { value: String(shape.name), configurable: true });
  Object.defineProperty(target, "length", { value: Number(shape.length), configurable: true });
  const known = { prototype: Object.create(prototypeOf(parent)) };
  const stand = new Proxy(target, {
    apply: (_, self, args) => peer.ask("call", stand, { self, args }),
    construct: (_, args) => peer.ask("construct", stand, { args }),
    get: (own, key) => (key === "prototype" ? known.prototype : key === "name" || key === "length" ? own[key] : ask(peer, stand, key)),
    has: (own, key) => key in own || peer.ask("has", stand, { key }),
    set: (_, key, value) => peer.ask("set", stand, { key, args: [value] }),
    deleteProperty: (_, key) => peer.ask("delete", stand, { key }),
    getPrototypeOf: () => (typeof parent === "function" ? parent : Function.prototype),
  });
  Object.defineProperty(known.prototype, "constructor", { value: stand, configurable: true, writable: true });
  return stand;
}

function prototypeOf(parent) {
  return typeof parent === "function" ? parent.prototype : Object.prototype;
}

function ask(peer, stand, key) {
  if (NEVER_ASKED.has(key)) return undefined;
  if (Object.hasOwn(FUNCTION_METHODS, key) && typeof stand === "function") return Function.prototype[key];
  return peer.ask("get", stand, { key });
}

const FUNCTION_METHODS = { call: 1, apply: 1, bind: 1, toString: 1 };

/** An object that is asked for what it holds; its prototype here is that of the class that stands for its own. */
export function standForObject(peer, kind) {
  const target = Object.create(prototypeOf(kind));
  const stand = new Proxy(target, {
    get: (own, key) => (key === "constructor" ? own.constructor : ask(peer, stand, key)),
    has: (_, key) => !NEVER_ASKED.has(key) && peer.ask("has", stand, { key }),
    set: (_, key, value) => peer.ask("set", stand, { key, args: [value] }),
    deleteProperty: (_, key) => peer.ask("delete", stand, { key }),
    ownKeys: () => peer.ask("keys", stand).filter((key) => typeof key === "string" || typeof key === "symbol"),
    getOwnPropertyDescriptor(_, key) {
      const found = NEVER_ASKED.has(key) ? undefined : peer.ask("own", stand, { key });
      return Array.isArray(found) ? { value: found[1], enumerable: found[0] === true, writable: true, configurable: true } : undefined;
    },
    defineProperty: (_, key, { value }) => peer.ask("set", stand, { key, args: [value] }),
    preventExtensions: () => false,
  });
  return stand;
}

/** An error of a class of the other process, real in all that errors have of their own. */
export function standForError(error, kind, fields) {
  if (kind !== undefined) Object.setPrototypeOf(error, prototypeOf(kind));
  for (const [key, value, enumerable] of fields) {
    Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
  }
  return error;
}
