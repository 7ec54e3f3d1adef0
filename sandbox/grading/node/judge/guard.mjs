/** What the solution may do with objects of the judge: call a function that it was passed, or a public method of an object that it was passed. Nothing is read, set or reached. */

import { types } from "node:util";
import { requireValid, WELL_KNOWN_NAMES } from "../boundary/vocabulary.mjs";

const { getPrototypeOf, getOwnPropertyDescriptor, getOwnPropertyNames, getOwnPropertySymbols } = Object;
const sourceOf = (value) => Function.prototype.toString.call(value);

const CLOSED_NAMES = new Set([
  "constructor",
  "prototype",
  "__proto__",
  "caller",
  "callee",
  "arguments",
  "__defineGetter__",
  "__defineSetter__",
  "__lookupGetter__",
  "__lookupSetter__",
]);

/** Functions that act on whatever they are given: they cross by name, so that the solution uses its own. */
const GENERAL = new Map(
  Object.entries({ Object, Reflect, Math, JSON, Array, String, Number, Promise, Symbol, Date, BigInt }).flatMap(([owner, all]) =>
    getOwnPropertyNames(all)
      .filter((name) => typeof all[name] === "function" && name !== "prototype")
      .map((name) => [all[name], `${owner}.${name}`]),
  ),
);
for (const kind of [Object, Function, Array, String, Number, Map, Set, Promise, Date, RegExp, Symbol, BigInt]) {
  for (const key of [...getOwnPropertyNames(kind.prototype), ...getOwnPropertySymbols(kind.prototype)]) {
    const { value } = getOwnPropertyDescriptor(kind.prototype, key);
    if (typeof value === "function" && !CLOSED_NAMES.has(key) && !GENERAL.has(value) && typeof key === "string") {
      GENERAL.set(value, `${kind.name}.prototype.${key}`);
    }
  }
}
for (const name of ["parseInt", "parseFloat", "isNaN", "isFinite", "structuredClone", "encodeURIComponent", "decodeURIComponent"]) {
  GENERAL.set(globalThis[name], name);
}

/** Modules of Node whose functions act for whoever calls them: a test that passes one on means the one of the solution. */
const ACTING = [
  "fs",
  "fs/promises",
  "child_process",
  "module",
  "vm",
  "worker_threads",
  "net",
  "http",
  "https",
  "dgram",
  "os",
  "inspector",
  "cluster",
];
const acting = new Map();
let loadedCount = 0;

// Modules that nothing has loaded are not loaded for this, and a function that a test has replaced is the test's own.
function actingName(value) {
  if (process.moduleLoadList.length !== loadedCount) {
    loadedCount = process.moduleLoadList.length;
    const loaded = new Set(process.moduleLoadList);
    const names = ACTING.filter((name) => loaded.has(`NativeModule ${name}`));
    for (const [owner, all] of [["process", process], ...names.map((name) => [`node:${name}`, process.getBuiltinModule(name)])]) {
      for (const name of getOwnPropertyNames(all)) {
        const held = getOwnPropertyDescriptor(all, name)?.value;
        if (typeof held === "function" && !types.isProxy(held) && !acting.has(held)) acting.set(held, `${owner}.${name}`);
      }
    }
  }
  return acting.get(value);
}

/** Names a function of the language or of Node itself, undefined for any other. */
export function generalName(value) {
  return GENERAL.get(value) ?? (typeof value === "function" ? actingName(value) : undefined);
}

const makers = [async () => {}, function* () {}, async function* () {}].map((each) => getPrototypeOf(each).constructor);
// biome-ignore lint/security/noGlobalEval: named to be refused
const CLOSED = new Set([globalThis, process, Function, eval, Reflect, Object.prototype, Function.prototype, ...makers]);
const OF_THE_RUNNER = new Set(["TestContext", "SuiteContext", "MockTracker", "MockTimers", "MockFunctionContext"]);

/** Throws TypeError for an object that controls the judge, which the solution may not be passed. */
export function requireShowable(value) {
  const isClosed = CLOSED.has(value) || types.isModuleNamespaceObject(value) || (typeof value === "function" && isLoader(value));
  const kind = typeof value === "object" && !types.isProxy(value) ? getPrototypeOf(value)?.constructor?.name : undefined;
  if (!isClosed && !OF_THE_RUNNER.has(kind)) return;
  throw new TypeError("a test passes the solution an object that controls the tests' process; a task that needs this says isolation: none");
}

function isLoader(value) {
  return getOwnPropertyDescriptor(value, "extensions") !== undefined && getOwnPropertyDescriptor(value, "cache") !== undefined;
}

/** Does what the solution asks for. Throws Invalid where only a broken or hostile process would ask, TypeError where a faulty program might. */
export function perform({ op, on, key, self, args }) {
  switch (op) {
    case "call":
      requireValid(typeof on === "function", "request: what it calls is no function");
      return Reflect.apply(on, self, args);
    case "construct":
      requireValid(typeof on === "function", "request: what it calls is no function");
      return Reflect.construct(on, args);
    case "method": {
      const method = methodsOf(on).get(key);
      if (method === undefined) throw new TypeError(`the test's object has no method ${String(key)} that the solution may call`);
      return Reflect.apply(method, on, args);
    }
    default:
      return requireValid(false, "request: it is none of call, construct and method");
  }
}

const isPublic = (key) => (typeof key === "string" ? !CLOSED_NAMES.has(key) && !key.startsWith("_") : WELL_KNOWN_NAMES.has(key));

/** Lists the public methods of an object by name: its classes' own, below what every object has; those of a class itself are its static ones. */
export function methodsOf(on) {
  const found = new Map();
  if (typeof on === "function" && !/^class\b/.test(sourceOf(on))) return found;
  for (let at = on; at !== null && at !== Object.prototype && at !== Function.prototype; at = getPrototypeOf(at)) {
    for (const key of [...getOwnPropertyNames(at), ...getOwnPropertySymbols(at)]) {
      if (found.has(key) || !isPublic(key)) continue;
      const { value } = getOwnPropertyDescriptor(at, key) ?? {};
      // What an object holds as a field of its own crosses as a function that it passes, not as a method.
      if (typeof value === "function" && (at !== on || typeof on === "function")) found.set(key, value);
    }
  }
  return found;
}

/** Lists the public fields of an object that cross with it: its own, and what the getters of its class give, as far as that is plain. */
export function fieldsOf(on) {
  const found = new Map();
  if (typeof on === "function") return found;
  for (let at = on; at !== null && at !== Object.prototype; at = getPrototypeOf(at)) {
    for (const key of getOwnPropertyNames(at)) {
      if (found.has(key) || !isPublic(key)) continue;
      const descriptor = getOwnPropertyDescriptor(at, key);
      if (descriptor === undefined) continue;
      if (at === on && "value" in descriptor) found.set(key, descriptor.value);
      else if (descriptor.get !== undefined) setIfPlain(found, key, () => Reflect.apply(descriptor.get, on, []));
    }
  }
  return found;
}

function setIfPlain(fields, key, read) {
  try {
    const value = read();
    if (value === null || (typeof value !== "object" && typeof value !== "function")) fields.set(key, value);
  } catch {
    // a getter that throws tells nothing
  }
}
