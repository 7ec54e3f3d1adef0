// Bundles modules of src/ and the packages they need: for dist/, and for the tests, which start the command line hundreds of times.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";

/** Options that every bundle for Node is made with. */
export const NODE_BUNDLE = {
  bundle: true,
  platform: "node",
  target: "node20",
  keepNames: true,
  minifyWhitespace: true,
  legalComments: "eof",
  logLevel: "warning",
  metafile: true,
};

/**
 * Parts of packages that would slow down every start: BuildKit is not used here, few reach an engine over SSH, and messages of schemas are in English, which is not in the
 * list of languages alone.
 */
const parts = { buildKit: /^\.\/(?:session|buildkit)$/, ssh: /^\.\/ssh$/, languages: /^\.\.\/locales\/index\.js$/ };

/**
 * A chunk lies where no module did; what a module finds beside itself is looked for at the address that `urlOf` gives for its path, as an
 * expression. `ssh2` is the expression that loads that package.
 */
const bundling = ({ urlOf, ssh2 }) => ({
  name: "bundling",
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /\/src[/\\].*\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      if (!source.includes("import.meta.url")) return undefined;
      return { loader: "ts", contents: source.replaceAll("import.meta.url", urlOf(path)) };
    });
    onResolve({ filter: parts.buildKit }, ({ importer }) =>
      importer.includes("dockerode") ? { path: "session", namespace: "unused" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "unused" }, () => ({
      contents: 'module.exports = () => { throw new Error("BuildKit is not used"); };',
    }));
    onResolve({ filter: parts.languages }, ({ importer }) =>
      /[/\\]zod[/\\]/.test(importer) ? { path: "languages", namespace: "none" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "none" }, () => ({ contents: "export {};" }));
    onResolve({ filter: parts.ssh }, ({ importer, resolveDir, namespace }) =>
      importer.includes("docker-modem") && namespace === "file" ? { path: join(resolveDir, "ssh.js"), namespace: "later" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "later" }, ({ path }) => ({
      contents: `module.exports = (...args) => require(${JSON.stringify(path)})(...args);`,
      resolveDir: dirname(path),
    }));
    onResolve({ filter: /^ssh2$/ }, () => ({ path: "ssh2", namespace: "apart" }));
    onLoad({ filter: /.*/, namespace: "apart" }, () => ({ contents: `module.exports = ${ssh2};` }));
  },
});

/** Bundles `entries` into `outdir`, with what they share in chunks; the database driver stays outside. */
export function bundleModules({ entries, outdir, urlOf, ssh2 }) {
  return build({
    ...NODE_BUNDLE,
    entryPoints: entries,
    outdir,
    splitting: true,
    format: "esm",
    external: ["better-sqlite3"],
    plugins: [bundling({ urlOf, ssh2 })],
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url); const __distUrl = import.meta.url.replace(/(\\/dist\\/).*$/, "$1");',
    },
  });
}
