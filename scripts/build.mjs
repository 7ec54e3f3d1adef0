// Bundles src/ and the packages it needs into dist/, so that a start reads a few files instead of a thousand and an installed package needs no other
// but the database driver. Puts beside it the files that are not code, the types of the API, and the licences of what was bundled.
import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { build } from "esbuild";
import { bundlePage } from "./bundle-page.mjs";
import { emitTypes } from "./emit-types.mjs";
import { licenceNotice } from "./licence-notice.mjs";

/**
 * Files that are started or imported by name: the command, the API, and what the scripts in sandbox/ make the image with; with --benchmark also the program that measures
 * memory, whose process must not hold a compiler.
 */
const entries = {
  cli: "src/cli.ts",
  api: "src/api/api.ts",
  "sandbox/guest-program": "src/sandbox/guest-program.ts",
  "sandbox/engine-client": "dockerode",
  ...(process.argv.includes("--benchmark") ? { "benchmark-scale": "benchmark/scale-program.ts" } : {}),
};
/** Parts of the engine's client that would slow down every start: BuildKit is not used here, and few reach an engine over SSH. */
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
    onResolve({ filter: /^ssh2$/ }, () => ({ path: "ssh2", namespace: "apart" }));
    onLoad({ filter: /.*/, namespace: "apart" }, () => ({
      contents: 'module.exports = require(require("node:url").fileURLToPath(new URL("ssh2.cjs", __distUrl)));',
    }));
  },
};

const usual = {
  bundle: true,
  platform: "node",
  target: "node20",
  keepNames: true,
  minifyWhitespace: true,
  legalComments: "eof",
  logLevel: "warning",
  metafile: true,
};

rmSync("dist", { recursive: true, force: true });
const main = await build({
  ...usual,
  entryPoints: entries,
  outdir: "dist",
  splitting: true,
  format: "esm",
  external: ["better-sqlite3"],
  plugins: [bundling],
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url); const __distUrl = import.meta.url.replace(/(\\/dist\\/).*$/, "$1");',
  },
});
// Its compiled parts only make it faster; it works without them.
const ssh = await build({ ...usual, entryPoints: ["ssh2"], outfile: "dist/ssh2.cjs", format: "cjs", external: ["cpu-features", "*.node"] });
writeFileSync("dist/THIRD-PARTY-LICENSES.txt", licenceNotice([main.metafile, ssh.metafile]));
await emitTypes("src/api/api.ts", "dist/types");
for (const entry of readdirSync("src", { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || /\.ts$|^tsconfig\.json$/.test(entry.name) || entry.parentPath.includes("__pycache__")) continue;
  const source = join(entry.parentPath, entry.name);
  cpSync(source, source.replace(/^src/, "dist"));
}
writeFileSync("dist/web/page.js", await bundlePage());
chmodSync("dist/cli.js", 0o755);
