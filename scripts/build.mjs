// Bundles src/ and the packages it needs into dist/, so that a start reads a few files instead of a thousand, and puts the files beside it that are no code.
import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { build } from "esbuild";
import { bundlePage } from "./bundle-page.mjs";

/**
 * Programs that start from a file of their own: the command, and what the sandbox image is made with; with --benchmark also what measures memory, which must not
 * measure a compiler with it.
 */
const entries = {
  cli: "src/cli.ts",
  "sandbox/guest-program": "src/sandbox/guest-program.ts",
  ...(process.argv.includes("--benchmark") ? { "benchmark-scale": "benchmark/scale-program.ts" } : {}),
};
/** Parts of the engine's client that load much at every start: what serves BuildKit is not used here, what goes over SSH by few. */
const parts = { buildKit: /^\.\/session$/, ssh: /^\.\/ssh$/ };

/** A chunk lies in dist/ itself; what a module finds beside itself must be looked for where the module would lie. */
const bundling = {
  name: "bundling",
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /src[/\\].*\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      if (!source.includes("import.meta.url")) return undefined;
      const place = JSON.stringify(`./${relative("src", path)}`);
      return { loader: "ts", contents: source.replaceAll("import.meta.url", `new URL(${place}, __distUrl)`) };
    });
    onResolve({ filter: parts.buildKit }, ({ importer }) =>
      importer.includes("dockerode") ? { path: "session", namespace: "unused" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "unused" }, () => ({
      contents: 'module.exports = () => { throw new Error("BuildKit is not used"); };',
    }));
    onResolve({ filter: parts.ssh }, ({ importer, resolveDir, namespace }) =>
      importer.includes("docker-modem") && namespace === "file" ? { path: join(resolveDir, "ssh.js"), namespace: "later" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "later" }, ({ path }) => ({
      contents: `module.exports = (...args) => require(${JSON.stringify(path)})(...args);`,
      resolveDir: dirname(path),
    }));
  },
};

rmSync("dist", { recursive: true, force: true });
await build({
  entryPoints: entries,
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  keepNames: true,
  legalComments: "eof",
  external: ["better-sqlite3", "ssh2"],
  logLevel: "warning",
  plugins: [bundling],
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url); const __distUrl = import.meta.url.replace(/(\\/dist\\/).*$/, "$1");',
  },
});
for (const entry of readdirSync("src", { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || /\.ts$|^tsconfig\.json$/.test(entry.name) || entry.parentPath.includes("__pycache__")) continue;
  const source = join(entry.parentPath, entry.name);
  cpSync(source, source.replace(/^src/, "dist"));
}
writeFileSync("dist/web/page.js", await bundlePage());
chmodSync("dist/cli.js", 0o755);
