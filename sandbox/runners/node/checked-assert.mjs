/** `node:assert` as hidden tests see it: the functions from before any code under test ran, with equality checked against decoys. */

import assert from "node:assert";
import { requireRejection } from "./decoy.mjs";

const EQUALITY = ["equal", "strictEqual", "deepEqual", "deepStrictEqual", "partialDeepStrictEqual"];

function checked(source) {
  const ok = source.ok;
  const copy = (...args) => ok(...args);
  for (const [name, value] of Object.entries(source)) copy[name] = value;
  for (const name of EQUALITY) {
    const original = source[name];
    if (original === undefined) continue;
    copy[name] = (...args) => {
      original(...args);
      requireRejection((decoy) => original(args[0], decoy), args[1]);
    };
  }
  return copy;
}

/** The loose set of functions. */
export const loose = checked(assert);
/** The strict set of functions. */
export const strict = checked(assert.strict);
loose.strict = strict;
strict.strict = strict;
