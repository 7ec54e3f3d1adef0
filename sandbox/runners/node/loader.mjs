/** Resolves and loads modules: hidden tests from memory, imports without extensions, either module syntax in any `.js` or `.ts`. */

import { readFileSync } from "node:fs";
import { registerHooks, stripTypeScriptTypes } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { compileFunction } from "node:vm";

const EXTENSIONS = [".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".json"];
const RUNNERS = new URL("../", import.meta.url).href;
const CODE = /\.[cm]?[jt]s$/;
const FROM_COMMONJS = ["exports", "require", "module", "__filename", "__dirname"];

/** Modules that a test file gets for these imports; code under test gets Node's own, and never the runner's files. */
const PROVIDED = {
  "@jest/globals": "node/provide-jest.mjs",
  expect: "node/provide-jest.mjs",
  "node:test": "node/provide-node-test.mjs",
  "node:assert": "node/provide-assert.mjs",
  assert: "node/provide-assert.mjs",
  "node:assert/strict": "node/provide-assert-strict.mjs",
  "assert/strict": "node/provide-assert-strict.mjs",
};

/**
 * Installs the hooks; `hidden` maps the file URLs of test files to their text. With `remote`, modules of the workspace are loaded in the solution's
 * process, and `remote` gives the source text of their proxies here.
 */
export function installLoader({ hidden, workspace, remote = null }) {
  const wanted = namesWanted(hidden.values());
  const workspaceUrl = `${pathToFileURL(workspace).href}/`;
  registerHooks({
    resolve(specifier, context, next) {
      const isHidden = hidden.has(context.parentURL);
      const provided = isHidden ? PROVIDED[specifier] : undefined;
      if (provided !== undefined) return { url: new URL(provided, RUNNERS).href, format: "module", shortCircuit: true };
      if (remote?.isProxy(context.parentURL)) return next(specifier, context);
      const found = resolveLoosely(specifier, context, next);
      if (found.url.startsWith(RUNNERS) && !context.parentURL?.startsWith(RUNNERS)) throw new Error(`Cannot find module "${specifier}"`);
      return remote !== null && isHidden && !hidden.has(found.url) ? remote.place(found, workspaceUrl) : found;
    },
    load(url, context, next) {
      if (hidden.has(url)) return translate(url, hidden.get(url));
      if (remote?.isProxy(url)) return remote.load(url);
      const isOwn = url.startsWith(workspaceUrl) && !url.includes("/node_modules/") && CODE.test(url);
      return isOwn ? withNames(translate(url, readFileSync(fileURLToPath(url), "utf8")), wanted) : next(url, context);
    },
  });
}

/** Tries the specifier as it is, then what a bundler would try. */
function resolveLoosely(specifier, context, next) {
  try {
    return next(specifier, context);
  } catch (error) {
    if (!/^(\.{0,2}\/|file:)/.test(specifier) && specifier !== "." && specifier !== "..") throw error;
    for (const candidate of candidatesFor(specifier)) {
      try {
        return next(candidate, context);
      } catch {
        // the first error names the specifier that was asked for
      }
    }
    throw error;
  }
}

function candidatesFor(specifier) {
  const base = specifier.endsWith("/") ? specifier.slice(0, -1) : specifier;
  const swapped = /\.([cm]?)js$/.test(base) ? [base.replace(/\.([cm]?)js$/, ".$1ts")] : [];
  return [...swapped, ...EXTENSIONS.map((ext) => `${base}${ext}`), ...EXTENSIONS.map((ext) => `${base}/index${ext}`)];
}

function translate(url, text) {
  const isTypeScript = /\.[cm]?ts$/.test(url);
  const plain = isTypeScript ? stripTypeScriptTypes(text, { mode: "transform" }) : text;
  const format = formatOf(url, plain);
  return { format, source: format === "module" ? withCommonJsNames(plain) : plain, shortCircuit: true };
}

/** The lists in `import { a, b as c } from "./x"` and `const { a, b: c } = await import("./x")`. */
const LISTS = /\bimport\s+(?:[\w$]+\s*,\s*)?\{([^}]*)\}\s*from\s*["'][./]|\{([^}]*)\}\s*=\s*await\s+import\(/g;

/** Lists the names that test files import from files of the workspace. */
function namesWanted(texts) {
  const names = new Set();
  for (const text of texts) {
    for (const [, first, second] of text.matchAll(LISTS)) {
      for (const item of (first ?? second).split(",")) names.add(item.trim().split(/[\s:]/)[0]);
    }
  }
  return [...names].filter((name) => /^[A-Za-z_$][\w$]*$/.test(name) && name !== "default");
}

/** Adds a line that is never executed and names the wanted exports: Node guesses those of a CommonJS file from its text and misses some. */
function withNames(module, names) {
  if (module.format !== "commonjs" || names.length === 0) return module;
  return { ...module, source: `${module.source}\n0 && (module.exports = { ${names.join(", ")} });\n` };
}

/** Decides the format of a file: what compiles as CommonJS is CommonJS, whatever a package.json says; `.mjs` and `.cjs` decide themselves. */
function formatOf(url, source) {
  if (/\.m[jt]s$/.test(url)) return "module";
  if (/\.c[jt]s$/.test(url)) return "commonjs";
  try {
    compileFunction(source.replace(/^#!.*/, ""), FROM_COMMONJS);
    return "commonjs";
  } catch {
    return "module";
  }
}

/** Defines the CommonJS names that a module uses and does not declare, as transpilers do. */
function withCommonJsNames(source) {
  const wanted = ["require", "__filename", "__dirname"].filter((name) => isUsedUndeclared(source, name));
  if (wanted.length === 0) return source;
  const values = {
    require: "benchCreateRequire(import.meta.url)",
    __filename: "import.meta.filename",
    __dirname: "import.meta.dirname",
  };
  const names = wanted.map((name) => `const ${name} = ${values[name]};`).join(" ");
  return `import { createRequire as benchCreateRequire } from "node:module"; ${names} ${source.replace(/^#!.*/, "")}`;
}

function isUsedUndeclared(source, name) {
  const isUsed = new RegExp(`(?<![\\w$.])${name}(?![\\w$])`).test(source);
  const isDeclared = new RegExp(`(?:const|let|var|function|import)\\s+(?:\\{[^}]*)?\\b${name}\\b`).test(source);
  return isUsed && !isDeclared;
}
