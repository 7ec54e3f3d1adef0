/** Loads tsx into a process. */

import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

/** A configuration of TypeScript that says nothing. */
export const NO_CONFIGURATION = fileURLToPath(new URL("./no-tsconfig.json", import.meta.url));

/**
 * Loads the tsx that `find` gives the path of. A tsconfig.json that builds on one of a package which the image lacks is left out, as `--import tsx/esm` does it.
 */
export async function loadTsx(find) {
  process.env.TSX_DISABLE_CACHE = "1";
  try {
    await import(pathToFileURL(find("tsx")).href);
  } catch (error) {
    if (!/^File '.*' not found\.$/.test(error?.message)) throw error;
    process.env.TSX_TSCONFIG_PATH = NO_CONFIGURATION;
    // As a module of ES it is known to have failed, and is not tried again.
    createRequire(import.meta.url)(find("tsx/cjs"));
    await import(pathToFileURL(find("tsx/esm")).href);
  }
  for (const name of ["TSX_DISABLE_CACHE", "TSX_TSCONFIG_PATH"]) delete process.env[name];
}
