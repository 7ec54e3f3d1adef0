import { readFileSync } from "node:fs";
import type { PageAssets } from "../../report/html/html-report.ts";

// In an order in which each uses only what stands above it.
const SCRIPTS = [
  "dom",
  "format",
  "data",
  "state",
  "header",
  "totals",
  "comparison",
  "plot",
  "chart",
  "matrix-row",
  "matrix",
  "trajectory",
  "drawer",
  "page",
];

/** Reads the files that the HTML report is made of; its modules become one script, because a page from disk cannot import. */
export function pageAssets(): PageAssets {
  const script = SCRIPTS.map((name) => withoutModuleSyntax(asset(`${name}.js`))).join("\n");
  return { html: asset("page.html"), css: asset("page.css"), script: `"use strict";\n(() => {\n${script}\n})();\n` };
}

function asset(name: string): string {
  return readFileSync(new URL(`../../report/page/${name}`, import.meta.url), "utf8");
}

function withoutModuleSyntax(source: string): string {
  return source.replace(/^import [^;]+;\n/gm, "").replace(/^export /gm, "");
}
