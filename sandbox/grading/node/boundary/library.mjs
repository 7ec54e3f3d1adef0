/** Classes of Node that both sides have, so that an object of a class that extends one is an instance of it on both. */

const OF_MODULES = {
  events: ["EventEmitter"],
  stream: ["Stream", "Readable", "Writable", "Duplex", "Transform", "PassThrough"],
  http: ["Server", "IncomingMessage", "ServerResponse"],
  net: ["Server", "Socket"],
};
const GLOBALS = [
  "EventTarget",
  "Event",
  "AbortController",
  "Headers",
  "Request",
  "Response",
  "FormData",
  "Blob",
  "URLSearchParams",
  "TextEncoder",
  "TextDecoder",
];
const LAZY = new Set(["Headers", "Request", "Response", "FormData"]);
const names = new Map();
let loadedCount = 0;

/** Names a class of Node's library; undefined for any other value. Modules that nothing has loaded are not loaded for this. */
export function libraryName(value) {
  if (typeof value !== "function") return undefined;
  if (process.moduleLoadList.length !== loadedCount) {
    loadedCount = process.moduleLoadList.length;
    const loaded = new Set(process.moduleLoadList);
    for (const [module, classes] of Object.entries(OF_MODULES))
      if (loaded.has(`NativeModule ${module}`))
        for (const name of classes) names.set(process.getBuiltinModule(module)[name], `node:${module}.${name}`);
    const hasFetch = loaded.has("NativeModule internal/deps/undici/undici");
    for (const name of GLOBALS) if (hasFetch || !LAZY.has(name)) names.set(globalThis[name], name);
  }
  return names.get(value);
}

const KNOWN = new Map([
  ...Object.entries(OF_MODULES).flatMap(([module, classes]) =>
    classes.map((name) => [`node:${module}.${name}`, () => process.getBuiltinModule(module)[name]]),
  ),
  ...GLOBALS.map((name) => [name, () => globalThis[name]]),
]);

/** Returns a class of Node's library by a name that `libraryName` gives; undefined for any other name. */
export function libraryClass(name) {
  return KNOWN.get(name)?.();
}
