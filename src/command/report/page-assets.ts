import { existsSync, readFileSync } from "node:fs";
import type { PageAssets } from "../../report/html/html-report.ts";

/** Reads the files that the HTML report is made of. The build puts the page's program beside them as one script; from source it is bundled here. */
export async function pageAssets(): Promise<PageAssets> {
  const built = webFile("page.js");
  const script = existsSync(built) ? readFileSync(built, "utf8") : await bundledFromSource();
  return { html: readFileSync(webFile("page.html"), "utf8"), css: readFileSync(webFile("page.css"), "utf8"), script };
}

function webFile(name: string): URL {
  return new URL(`../../web/${name}`, import.meta.url);
}

// Loaded by a computed address, so that neither the build nor an installed package takes the bundler in.
async function bundledFromSource(): Promise<string> {
  const bundler = new URL("../../../scripts/bundle-page.mjs", import.meta.url);
  const { bundlePage } = (await import(bundler.href)) as { readonly bundlePage: () => Promise<string> };
  return await bundlePage();
}
