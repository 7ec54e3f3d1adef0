/** Lets Node load TypeScript in the judge: by the tsx that the image has for the tests, else by the one of the sandbox image. */

import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { loadTsx, NO_CONFIGURATION } from "../load-tsx.mjs";
import { isTrusted } from "./paths.mjs";

const OURS = "/opt/bench/js/";

/** Loads tsx with a tsconfig.json of the tests only, and without its cache, which would be where the solution can write. */
export async function useTypeScript({ tests, home }) {
  const configuration = path.join(tests, "tsconfig.json");
  const temporary = process.env.TMPDIR;
  Object.assign(process.env, { TMPDIR: home, TSX_TSCONFIG_PATH: fs.existsSync(configuration) ? configuration : NO_CONFIGURATION });
  await loadTsx((name) => find(name, tests));
  process.env.TMPDIR = temporary;
}

function find(name, tests) {
  try {
    const found = createRequire(`${tests}/`).resolve(name);
    if (isTrusted(found) && !found.startsWith("/tmp/")) return found;
  } catch {
    // the image has none of its own
  }
  return createRequire(OURS).resolve(name);
}
