// Bundles src/ and the packages it needs into dist/, so that a start reads a few files instead of a thousand and an installed package needs no other
// but the database driver. Puts beside it the files that are not code, the types of the API, and the licences of what was bundled.
import { chmodSync, cpSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { build } from "esbuild";
import { bundleModules, NODE_BUNDLE } from "./bundle-modules.mjs";
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
rmSync("dist", { recursive: true, force: true });
const main = await bundleModules({
  entries,
  outdir: "dist",
  urlOf: (path) => `new URL(${JSON.stringify(`./${relative("src", path)}`)}, __distUrl)`,
  ssh2: 'require(require("node:url").fileURLToPath(new URL("ssh2.cjs", __distUrl)))',
});
// Its compiled parts only make it faster; it works without them.
const ssh = await build({
  ...NODE_BUNDLE,
  entryPoints: ["ssh2"],
  outfile: "dist/ssh2.cjs",
  format: "cjs",
  external: ["cpu-features", "*.node"],
});
writeFileSync("dist/THIRD-PARTY-LICENSES.txt", licenceNotice([main.metafile, ssh.metafile]));
await emitTypes("src/api/api.ts", "dist/types");
for (const entry of readdirSync("src", { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || /\.ts$|^tsconfig\.json$/.test(entry.name) || entry.parentPath.includes("__pycache__")) continue;
  const source = join(entry.parentPath, entry.name);
  cpSync(source, source.replace(/^src/, "dist"));
}
writeFileSync("dist/web/page.js", await bundlePage());
chmodSync("dist/cli.js", 0o755);
