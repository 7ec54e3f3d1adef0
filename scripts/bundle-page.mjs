// Bundles the program of the HTML report, src/web/page.ts, into one script: a page that is opened from disk cannot import modules.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Returns the page's program as the text of one script. */
export async function bundlePage() {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("../src/web/page.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "iife",
    platform: "browser",
    target: "es2023",
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
  });
  return outputFiles[0].text;
}
