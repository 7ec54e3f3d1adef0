/** Loads modules of the solution as Node loads them, and notices when an export changes. */

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const loaded = [];
const numbers = new Map();

/** Imports a module by its path and query, or by a name that a tsconfig.json explains; gives its number, itself, and names and values of its exports in turn. */
export async function loadModule(name, { isJson, isRequired }) {
  const url = name.startsWith("/") ? urlOf(isRequired ? required(name) : name) : name;
  const namespace = await (isJson ? import(url, { with: { type: "json" } }) : import(url));
  const names = namesOf(namespace, url);
  if (!numbers.has(namespace)) {
    numbers.set(namespace, loaded.length);
    loaded.push({ names, last: names.map(([, read]) => read()), read: names.map(([, read]) => read) });
  }
  return [numbers.get(namespace), namespace, ...names.flatMap(([exported, read]) => [exported, read()])];
}

// require() finds a file without its extension; what it does not find, a loader for TypeScript may.
function required(name) {
  try {
    return createRequire(name).resolve(name);
  } catch {
    return name;
  }
}

function urlOf(name) {
  const [path, query = ""] = name.split("?", 2);
  return `${pathToFileURL(path).href}${query === "" ? "" : `?${query}`}`;
}

// A CommonJS module may have exports that Node does not detect in its text.
function namesOf(namespace, url) {
  const names = new Map(Object.keys(namespace).map((name) => [name, () => namespace[name]]));
  const whole = namespace["module.exports"] ?? namespace.default;
  const isCommonJs = "module.exports" in namespace || (/\.[cm]?tsx?(\?|$)/.test(url) && whole?.__esModule === true);
  if (!isCommonJs || whole === null || (typeof whole !== "object" && typeof whole !== "function")) return [...names];
  if (/\.[cm]?tsx?(\?|$)/.test(url) && whole.__esModule === true && "default" in whole) names.set("default", () => whole.default);
  for (const name of Object.keys(whole)) if (!names.has(name)) names.set(name, () => whole[name]);
  return [...names];
}

/** Lists exports that have changed since they were last told: number of the module, index of the export, value. */
export function changedExports() {
  const changes = [];
  for (const [module, { last, read }] of loaded.entries()) {
    for (const [index, each] of read.entries()) {
      const now = each();
      if (Object.is(now, last[index])) continue;
      last[index] = now;
      changes.push([module, index, now]);
    }
  }
  return changes;
}
