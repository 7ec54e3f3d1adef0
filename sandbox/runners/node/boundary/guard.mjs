/** Rules for what each process lets the other do with its objects. */

const { getPrototypeOf } = Object;

/** The operations that both processes know; `import` is known to the solution's alone. */
const OPERATIONS = {
  get: ({ on, key }) => on[key],
  call: ({ on, self, args }) => Reflect.apply(on, self, args),
  construct: ({ on, args }) => Reflect.construct(on, args),
  has: ({ on, key }) => key in on,
  set: ({ on, key, args }) => Reflect.set(on, key, args[0]),
  delete: ({ on, key }) => Reflect.deleteProperty(on, key),
  keys: ({ on }) => Reflect.ownKeys(on),
  own({ on, key }) {
    const found = Object.getOwnPropertyDescriptor(on, key);
    return found === undefined ? undefined : [found.enumerable, on[key]];
  },
};

function perform(does, what) {
  if (!Object.hasOwn(OPERATIONS, does)) throw new TypeError(`unknown operation ${does}`);
  return OPERATIONS[does](what);
}

/** Makes the rules in the solution's process: the tests may do everything with its objects. */
export function solutionGuard({ load }) {
  return {
    allow: () => {},
    show: () => {},
    perform: (does, what) => (does === "import" ? load(what.key) : perform(does, what)),
    fault: () => {},
  };
}

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

/** Makes the rules in the tests' process: the solution may call what it was passed, and use properties that those objects define themselves. */
export function testGuard({ fault }) {
  const constructors = [async () => {}, function* () {}].map((each) => getPrototypeOf(each).constructor);
  // biome-ignore lint/security/noGlobalEval: named to be refused
  const closed = new Set([globalThis, process, Function, eval, Reflect, ...constructors]);
  return {
    allow(does, on, key) {
      if (!allows(does, on, key)) throw new TypeError(`not allowed on objects of the tests (${String(does)} ${String(key)})`);
    },
    show(value) {
      if (closed.has(value)) throw new Error("a test passes the solution an object that controls the tests' process; use boundary: none");
    },
    perform,
    fault,
  };
}

function allows(does, on, key) {
  if (does === "call") return typeof on === "function";
  if (does === "construct") return typeof on === "function" && /^class\b/.test(Function.prototype.toString.call(on));
  if (!["get", "has", "set", "delete", "keys", "own"].includes(does)) return false;
  if (typeof on === "function") return does === "get" && ["name", "length"].includes(key);
  if (typeof on !== "object" || on === null) return false;
  if (does === "keys") return true;
  if (CLOSED_NAMES.has(key) || (typeof key === "string" && key.startsWith("_"))) return false;
  return does !== "get" || isSpecific(on, key);
}

/** Tells whether a property is not one that all objects have; reading a missing property is harmless. */
function isSpecific(on, key) {
  for (let at = on; at !== null; at = getPrototypeOf(at)) {
    if (at !== Object.prototype && Object.hasOwn(at, key)) return true;
  }
  return !(key in on);
}
