/** Lets Node load TypeScript in the judge: by the tsx that the image has for the tests, else by the one of the sandbox image. */

import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { isTrusted } from "./paths.mjs";

const OURS = "/opt/bench/js/";

/** Loads tsx with a tsconfig.json of the tests only, and without its cache, which would be where the solution can write. */
export async function useTypeScript({ tests, home }) {
  const configuration = path.join(tests, "tsconfig.json");
  const own = path.join(home, "tsconfig.json");
  const hasOwn = fs.existsSync(configuration);
  if (!hasOwn) fs.writeFileSync(own, "{}\n");
  const temporary = process.env.TMPDIR;
  Object.assign(process.env, { TMPDIR: home, TSX_DISABLE_CACHE: "1", TSX_TSCONFIG_PATH: hasOwn ? configuration : own });
  await import(pathToFileURL(find("tsx", tests)).href);
  process.env.TMPDIR = temporary;
  for (const name of ["TSX_DISABLE_CACHE", "TSX_TSCONFIG_PATH"]) delete process.env[name];
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
