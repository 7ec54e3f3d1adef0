/** What stands in the judge for functions, classes and objects of the solution: every use of one is a request, but its class is known here. */

import { inspect } from "node:util";

/** Properties by which test libraries ask an object what it is or equals; the solution must not answer for them. */
const NEVER_ASKED = new Set(["asymmetricMatch", "toAsymmetricMatcher", "$$typeof", "_isMockFunction", Symbol.hasInstance, inspect.custom]);
const FUNCTION_METHODS = new Set(["call", "apply", "bind", "toString"]);

/** Makes the stand-in for a function or class; `parent` is the class that it extends, or null. `ask(op, standIn, request)` asks the solution. */
export function functionStandIn(ask, { name, length, parent }) {
  // biome-ignore lint/complexity/useArrowFunction: a proxy can only be constructed when its target can
  const target = function () {};
  Object.defineProperty(target, "name", { value: name, configurable: true });
  Object.defineProperty(target, "length", { value: length, configurable: true });
  const local = Object.create(prototypeOf(parent));
  const proxy = new Proxy(target, {
    ...propertyTraps(ask, () => proxy),
    apply: (_, self, args) => ask("call", proxy, { self, args }),
    construct: (_, args) => objectOf(ask("construct", proxy, { args })),
    get(own, key) {
      if (key === "prototype") return prototype;
      if (key === "name" || key === "length") return own[key];
      if (FUNCTION_METHODS.has(key)) return Function.prototype[key];
      return NEVER_ASKED.has(key) ? undefined : ask("get", proxy, { key });
    },
    has: (own, key) => key in own || (!NEVER_ASKED.has(key) && ask("has", proxy, { key })),
    ownKeys: (own) => [...new Set([...Reflect.ownKeys(own), ...keysOf(ask, proxy)])],
    getOwnPropertyDescriptor: (own, key) => Reflect.getOwnPropertyDescriptor(own, key) ?? descriptorOf(ask, proxy, key),
    getPrototypeOf: () => (typeof parent === "function" ? parent : Function.prototype),
  });
  const prototype = prototypeStandIn(ask, { local, owner: proxy });
  Object.defineProperty(local, "constructor", { value: proxy, configurable: true, writable: true });
  return proxy;
}

// What a class gives its instances is looked up in them; what a test replaces in the prototype itself is replaced in the solution.
function prototypeStandIn(ask, { local, owner }) {
  let remote = null;
  const far = () => {
    remote ??= { value: ask("prototype", owner) };
    return remote.value;
  };
  return new Proxy(local, {
    get: (own, key) => (key === "constructor" || NEVER_ASKED.has(key) ? own[key] : (far()?.[key] ?? own[key])),
    has: (own, key) => key in own || (!NEVER_ASKED.has(key) && Reflect.has(far() ?? {}, key)),
    set: (_, key, value) => Reflect.set(far(), key, value),
    defineProperty: (_, key, descriptor) => Reflect.defineProperty(far(), key, descriptor),
    deleteProperty: (_, key) => Reflect.deleteProperty(far(), key),
    getOwnPropertyDescriptor: (own, key) =>
      Reflect.getOwnPropertyDescriptor(own, key) ?? configurable(Reflect.getOwnPropertyDescriptor(far() ?? {}, key)),
    ownKeys: (own) => [...new Set([...Reflect.ownKeys(own), ...Reflect.ownKeys(far() ?? {})])],
  });
}

function configurable(descriptor) {
  return descriptor === undefined ? undefined : { ...descriptor, configurable: true };
}

/** Makes the stand-in for an object; `kind` is the stand-in for its class, or null; with `isArray` the solution's object is an array. */
export function objectStandIn(ask, { kind, isArray }) {
  const target = isArray ? [] : Object.create(prototypeOf(kind));
  if (isArray) Object.setPrototypeOf(target, typeof kind === "function" ? kind.prototype : Array.prototype);
  const proxy = new Proxy(target, {
    ...propertyTraps(ask, () => proxy),
    get(own, key) {
      if (key === "constructor") return own.constructor;
      return NEVER_ASKED.has(key) ? undefined : ask("get", proxy, { key });
    },
    has: (_, key) => !NEVER_ASKED.has(key) && ask("has", proxy, { key }) === true,
    ownKeys: () => (isArray ? [...new Set(["length", ...keysOf(ask, proxy)])] : keysOf(ask, proxy)),
    getOwnPropertyDescriptor(own, key) {
      if (!isArray || key !== "length") return descriptorOf(ask, proxy, key);
      const length = ask("get", proxy, { key });
      own.length = Number.isSafeInteger(length) && length >= 0 && length < 2 ** 32 ? length : 0;
      return Reflect.getOwnPropertyDescriptor(own, "length");
    },
    preventExtensions: () => false,
  });
  return proxy;
}

function propertyTraps(ask, self) {
  return {
    set: (_, key, value) => ask("set", self(), { key, args: [value] }) === true,
    deleteProperty: (_, key) => ask("delete", self(), { key }) === true,
    defineProperty(_, key, descriptor) {
      if ("value" in descriptor) return ask("define", self(), { key, args: [descriptor.value, descriptor.enumerable === true] }) === true;
      return ask("accessor", self(), { key, args: [descriptor.get, descriptor.set, descriptor.enumerable === true] }) === true;
    },
  };
}

function prototypeOf(parent) {
  return typeof parent === "function" && parent.prototype !== undefined ? parent.prototype : Object.prototype;
}

function keysOf(ask, proxy) {
  const keys = ask("keys", proxy);
  return Array.isArray(keys) ? [...new Set(keys.filter((key) => typeof key === "string" || typeof key === "symbol"))] : [];
}

// What can be configured may be described in any way, so the target needs no property of that name.
function descriptorOf(ask, proxy, key) {
  const found = NEVER_ASKED.has(key) ? undefined : ask("own", proxy, { key });
  return Array.isArray(found) ? { value: found[1], enumerable: found[0] === true, writable: true, configurable: true } : undefined;
}

// `new` must give an object, whatever the solution answers.
function objectOf(made) {
  if ((typeof made === "object" && made !== null) || typeof made === "function") return made;
  throw new TypeError("the solution's constructor gave no object");
}
