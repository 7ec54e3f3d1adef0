/** Keeps the tests from reading, as a file of the solution, what a link of the solution leads to: a file of the tests themselves. */

import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const READERS = [
  [fs, ["readFileSync", "openSync", "createReadStream", "readFile", "open"]],
  [fs.promises, ["readFile", "open"]],
];
const { realpathSync } = fs;

/** Replaces the functions of node:fs that open files. `mayOpen(name, place)` is told the name of a file and where that leads. */
export function guardOpening(mayOpen) {
  for (const [owner, names] of READERS) {
    for (const name of names) {
      const original = owner[name];
      owner[name] = function (file, ...rest) {
        requireOpen(file, mayOpen);
        return Reflect.apply(original, this, [file, ...rest]);
      };
      Object.defineProperty(owner[name], "name", { value: name });
    }
  }
  syncBuiltinESMExports();
}

function requireOpen(file, mayOpen) {
  const name = file instanceof URL ? nameOf(file) : file;
  if (typeof name !== "string") return;
  const whole = path.resolve(name);
  let place;
  try {
    place = realpathSync(whole);
  } catch {
    return;
  }
  if (mayOpen(whole, place)) return;
  throw Object.assign(new Error(`ENOENT: a link or name of the solution leads to the tests, open '${name}'`), {
    code: "ENOENT",
    errno: -2,
    path: name,
  });
}

function nameOf(url) {
  try {
    return fileURLToPath(url);
  } catch {
    return null;
  }
}
