/** Modules of the workspace in the judge: each is a module without code of its own, whose exports come from the solution's process. */

import fs from "node:fs";
import { createRequire, registerHooks } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isBelow, isTrusted } from "./paths.mjs";

const MARK = "solution:";
const OWN = import.meta.url;
/** What may stand as a name in source text: an identifier and nothing else. */
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;
const MAX_IDENTIFIER = 500;
const NOT_FOUND = new Set(["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND", "ERR_UNSUPPORTED_DIR_IMPORT", "ERR_PACKAGE_PATH_NOT_EXPORTED"]);

const pending = [];
const setters = new Map();
const namespaces = new WeakMap();

/**
 * Installs the hooks of the judge. `folders` are the tests', the workspace and the folder that both users share; `provided` maps specifiers to URLs;
 * `load(path, {isJson, isRequired})` asks the solution for a module and returns its number, what stands for it, and its exports, pairs of name and value. With `hasAliases` a
 * tsconfig.json of the task may give its files other names; `isLoose` lets `import` leave out what `require` may.
 */
export function installModules({ folders, provided, load, hasAliases, isLoose }) {
  const { tests, workspace, shared } = folders;
  const isSolutions = (name) => [workspace, shared].some((folder) => name === folder || isBelow(name, folder));

  /** Returns the path that the solution knows a file by, or null for one that is the judge's. */
  function placeOf(name) {
    if (isSolutions(name)) return name;
    return isBelow(name, tests) && !fs.existsSync(name) ? path.join(workspace, path.relative(tests, name)) : null;
  }

  // require() finds files that import does not, such as those named without their extension.
  function solutionModule(name, query, { conditions }) {
    const how = isLoose || conditions?.includes("require") ? "#require" : "";
    return { url: `${MARK}${pathToFileURL(name).href.slice("file:".length)}${query ?? ""}${how}`, format: "module", shortCircuit: true };
  }

  function resolve(specifier, context, next) {
    const isTest = isTests(context.parentURL);
    if (isTest && Object.hasOwn(provided, specifier)) return { url: provided[specifier], format: "module", shortCircuit: true };
    const asked = fileOf(specifier, context.parentURL);
    if (asked !== null && isSolutions(asked.name)) return solutionModule(asked.name, asked.query, context);
    try {
      return accepted(nextOf(specifier, context, next), specifier, (place) => solutionModule(place, asked?.query, context));
    } catch (error) {
      if (!NOT_FOUND.has(error?.code)) throw error;
      if (asked === null) return named(error, { specifier, context, isTest });
      const name = placeOf(asked.name);
      if (name === null) throw error;
      return solutionModule(name, asked.query, context);
    }
  }

  // What was found belongs to the image or to the tests, or stands for a file of the solution.
  function accepted(found, specifier, solutions) {
    if (!found.url.startsWith("file:")) return found;
    const name = fileURLToPath(found.url);
    const place = placeOf(name);
    if (place !== null) return solutions(place);
    if (isTrusted(name)) return found;
    const message = `Cannot find package "${specifier}": what is there is not the image's`;
    throw Object.assign(new Error(message), { code: "ERR_MODULE_NOT_FOUND" });
  }

  function nextOf(specifier, context, next) {
    try {
      return next(specifier, context);
    } catch (error) {
      const found = isLoose && isTests(context.parentURL) ? required(specifier, context.parentURL) : null;
      if (found === null) throw error;
      return next(pathToFileURL(found).href, context);
    }
  }

  function isTests(url) {
    return url?.startsWith("file:") === true && isBelow(fileURLToPath(url), tests);
  }

  // A package that is the task itself, by its own name or by `imports`, and what a tsconfig.json gives a name of its own.
  function named(error, { specifier, context, isTest }) {
    const place = typeof error.url === "string" && error.url.startsWith("file:") ? placeOf(fileURLToPath(error.url)) : null;
    if (place !== null) return solutionModule(place, "", context);
    if (!hasAliases || !isTest) throw error;
    return { url: `${MARK}?${encodeURIComponent(specifier)}`, format: "module", shortCircuit: true };
  }

  registerHooks({
    resolve,
    load(url, context, next) {
      if (!url.startsWith(MARK)) return next(url, context);
      const { pathname, search, hash } = new URL(`file:${url.slice(MARK.length)}`);
      const isAlias = url[MARK.length] === "?";
      const isJson = !isAlias && pathname.endsWith(".json");
      const name = isAlias ? decodeURIComponent(search.slice(1)) : `${decodeURIComponent(pathname)}${search}`;
      const module = load(name, { isJson, isRequired: hash === "#require" });
      if (isJson && context.importAttributes?.type === "json") {
        return {
          format: "json",
          source: JSON.stringify(module.exports.find(([name]) => name === "default")?.[1] ?? null),
          shortCircuit: true,
        };
      }
      return { format: "module", source: sourceOf(module, isJson, url), shortCircuit: true };
    },
  });
}

function required(specifier, parent) {
  try {
    return createRequire(parent).resolve(specifier);
  } catch {
    return null;
  }
}

/** Returns the path and query of a specifier that names a file, or null for the name of a package. */
function fileOf(specifier, parent) {
  if (!/^(?:\.{0,2}\/|file:|\.{1,2}$)/.test(specifier)) return null;
  const base = parent?.startsWith(MARK) ? `file:${parent.slice(MARK.length)}` : parent;
  try {
    const url = specifier.startsWith("/") ? new URL(specifier, "file:///") : new URL(specifier, base);
    return url.protocol === "file:" ? { name: fileURLToPath(`file://${url.pathname}`), query: url.search } : null;
  } catch {
    return null;
  }
}

/** Writes the module: only checked identifiers and numbers become text, values are taken from this module as it runs. */
function sourceOf({ number, namespace, exports }, isJson, url) {
  const taken = pending.push({ number, namespace, values: exports.map(([, value]) => value) }) - 1;
  const written = exports.map(([name]) => exportedName(name, isJson));
  const lines = written.map((name, index) => (name === null ? "" : `let v${index} = values[${index}]; export { v${index} as ${name} };`));
  const cases = written.map((name, index) => (name === null ? "" : `case ${index}: v${index} = value; break;`));
  return [
    `import * as own from ${JSON.stringify(url)};`,
    `import { takeModule, onChange } from ${JSON.stringify(OWN)};`,
    `const values = takeModule(${taken}, own);`,
    ...lines,
    `onChange(${taken}, (index, value) => { switch (index) { ${cases.join(" ")} } });`,
  ].join("\n");
}

// The name as text, or null for one that is no identifier, which no import can ask for by that text.
function exportedName(name, isJson) {
  if (name === "module.exports" || (isJson && name === "default")) return '"module.exports"';
  return name.length <= MAX_IDENTIFIER && IDENTIFIER.test(name) ? name : null;
}

/** Gives the values of its exports to the text of a module, which is `own`. */
export function takeModule(taken, own) {
  namespaces.set(own, pending[taken].namespace);
  return pending[taken].values;
}

/** Returns what stands for a module of the solution whose namespace a test uses as a value. */
export function namespaceOf(own) {
  return namespaces.get(own);
}

/** Remembers how an export of a module is replaced. */
export function onChange(taken, set) {
  const { number } = pending[taken];
  setters.set(number, [...(setters.get(number) ?? []), set]);
}

/** Replaces an export whose value has changed in the solution's process. */
export function changeExport(number, index, value) {
  for (const set of setters.get(number) ?? []) set(index, value);
}
