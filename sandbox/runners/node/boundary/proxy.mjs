/** Proxies for functions, classes and objects of the other process. */

import { inspect } from "node:util";

/** Properties that test libraries look up on every object; the solution must not answer for them. */
const NEVER_ASKED = new Set(["asymmetricMatch", "toAsymmetricMatcher", "$$typeof", Symbol.toStringTag, Symbol.hasInstance, inspect.custom]);

/** Makes the proxy for a function or class; `parent` is the proxy of the class that it extends. */
export function proxyForFunction(rpc, descriptor, parent) {
  // biome-ignore lint/complexity/useArrowFunction: a proxy can only be constructed when its target can
  const target = function () {};
  Object.defineProperty(target, "name", { value: String(descriptor.name), configurable: true });
  Object.defineProperty(target, "length", { value: Number(descriptor.length), configurable: true });
  const known = { prototype: Object.create(prototypeOf(parent)) };
  const proxy = new Proxy(target, {
    apply: (_, self, args) => rpc.ask("call", proxy, { self, args }),
    construct: (_, args) => rpc.ask("construct", proxy, { args }),
    get: (own, key) => (key === "prototype" ? known.prototype : key === "name" || key === "length" ? own[key] : ask(rpc, proxy, key)),
    has: (own, key) => key in own || rpc.ask("has", proxy, { key }),
    set: (_, key, value) => rpc.ask("set", proxy, { key, args: [value] }),
    deleteProperty: (_, key) => rpc.ask("delete", proxy, { key }),
    getPrototypeOf: () => (typeof parent === "function" ? parent : Function.prototype),
  });
  Object.defineProperty(known.prototype, "constructor", { value: proxy, configurable: true, writable: true });
  return proxy;
}

function prototypeOf(parent) {
  return typeof parent === "function" ? parent.prototype : Object.prototype;
}

function ask(rpc, proxy, key) {
  if (NEVER_ASKED.has(key)) return undefined;
  if (Object.hasOwn(FUNCTION_METHODS, key) && typeof proxy === "function") return Function.prototype[key];
  return rpc.ask("get", proxy, { key });
}

const FUNCTION_METHODS = { call: 1, apply: 1, bind: 1, toString: 1 };

/** Makes the proxy for an object; its prototype here is that of the proxy for its class. */
export function proxyForObject(rpc, kind) {
  const target = Object.create(prototypeOf(kind));
  const proxy = new Proxy(target, {
    get: (own, key) => (key === "constructor" ? own.constructor : ask(rpc, proxy, key)),
    has: (_, key) => !NEVER_ASKED.has(key) && rpc.ask("has", proxy, { key }),
    set: (_, key, value) => rpc.ask("set", proxy, { key, args: [value] }),
    deleteProperty: (_, key) => rpc.ask("delete", proxy, { key }),
    ownKeys: () => rpc.ask("keys", proxy).filter((key) => typeof key === "string" || typeof key === "symbol"),
    getOwnPropertyDescriptor(_, key) {
      const found = NEVER_ASKED.has(key) ? undefined : rpc.ask("own", proxy, { key });
      return Array.isArray(found) ? { value: found[1], enumerable: found[0] === true, writable: true, configurable: true } : undefined;
    },
    defineProperty: (_, key, { value }) => rpc.ask("set", proxy, { key, args: [value] }),
    preventExtensions: () => false,
  });
  return proxy;
}

/** Makes an error of the other process a real error here, with the class and fields it has there. */
export function proxyForError(error, kind, fields) {
  if (kind !== undefined) Object.setPrototypeOf(error, prototypeOf(kind));
  for (const [key, value, enumerable] of fields) {
    Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
  }
  return error;
}
