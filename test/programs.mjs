import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bundleModules } from "../scripts/bundle-modules.mjs";
import { bundlePage } from "../scripts/bundle-page.mjs";
import { PROGRAMS, PROGRAMS_FOLDER } from "./fixtures/program.ts";

const ROOT = join(import.meta.dirname, "..");
const CACHE = join(ROOT, "node_modules/.cache");

/**
 * Bundles the programs that tests start, as the build bundles the command line: to translate the sources at every start takes most of a second of
 * a processor, and there are hundreds of starts. Everything that is not code is read where the sources have it.
 */
export async function setup(project) {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, "bench-test-programs-"));
  await bundleInto(folder);
  process.env[PROGRAMS_FOLDER] = folder;
  project.onTestsRerun(() => bundleInto(folder));
  return () => rmSync(folder, { recursive: true, force: true });
}

async function bundleInto(folder) {
  await bundleModules({
    entries: Object.fromEntries(PROGRAMS.map((source) => [source.replace(/\.ts$/, ""), join(ROOT, source)])),
    outdir: folder,
    urlOf: (path) => JSON.stringify(pathToFileURL(placeOf(path, folder)).href),
    ssh2: 'require("ssh2")',
  });
  writeFileSync(join(folder, "package.json"), '{"type": "module"}\n');
  mkdirSync(join(folder, "web"), { recursive: true });
  for (const name of ["page.html", "page.css"]) copyFileSync(join(ROOT, "src/web", name), join(folder, "web", name));
  writeFileSync(join(folder, "web/page.js"), await bundlePage());
}

// The files of the HTML report, whose program would otherwise be bundled for every report.
function placeOf(path, folder) {
  return path.endsWith("/report/page-assets.ts") ? join(folder, "command/report/page-assets.ts") : path;
}
