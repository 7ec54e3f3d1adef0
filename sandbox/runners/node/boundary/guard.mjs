/** What each side lets the other do with what is its own. */

const { getPrototypeOf } = Object;

/** The deeds that both sides know; `import` is the solution's alone. */
const DEEDS = {
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
  if (!Object.hasOwn(DEEDS, does)) throw new TypeError(`there is no ${does}`);
  return DEEDS[does](what);
}

/** The solution's own side: the tests may do all with it. */
export function solutionGuard({ load }) {
  return {
    allow: () => {},
    show: () => {},
    perform: (does, what) => (does === "import" ? load(what.key) : perform(does, what)),
    fault: () => {},
  };
}

const CLOSED_NAMES = new Set(["constructor", "prototype", "__proto__", "caller", "callee", "arguments", "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__"]);

/** The tests' side: the solution may call what it was given, and use objects that it was given by the names that they have of their own. */
export function testGuard({ fault }) {
  const closed = new Set([globalThis, process, Function, eval, Reflect, Object.getPrototypeOf(async () => {}).constructor, Object.getPrototypeOf(function* () {}).constructor]);
  return {
    allow(does, on, key) {
      if (!allows(does, on, key)) throw new TypeError(`this cannot be done with what belongs to the tests (${String(does)} ${String(key)})`);
    },
    show(value) {
      if (closed.has(value)) throw new Error("a test hands the solution what gives it the run of the tests' process; use boundary: none");
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
  return does !== "get" || isOfItsOwn(on, key);
}

/** Nothing that all objects have; asking for what is not there is no harm. */
function isOfItsOwn(on, key) {
  for (let at = on; at !== null; at = getPrototypeOf(at)) {
    if (at !== Object.prototype && Object.hasOwn(at, key)) return true;
  }
  return !(key in on);
}
