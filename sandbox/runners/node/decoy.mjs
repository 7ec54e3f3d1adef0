/** Detects forged equality: an object that claims to equal the expected value must not equal a random decoy as well. */

import { randomBytes } from "node:crypto";

const isFunction = (value) => typeof value === "function";
const MAX_WALKED = 20_000;

/** Thrown for a value that claims to equal something it cannot know. */
export class Forged extends Error {
  name = "Forged";
}

/** Makes a random value of the same type as `value`. */
export function decoyFor(value) {
  const noise = randomBytes(8).toString("hex");
  switch (typeof value) {
    case "string":
      return `decoy ${noise}`;
    case "number":
      return 1e15 + Number.parseInt(noise.slice(0, 8), 16);
    case "bigint":
      return BigInt(`0xdec${noise}`);
    case "boolean":
      return !value;
    default:
      return Array.isArray(value) ? [`decoy ${noise}`] : { [`decoy ${noise}`]: noise };
  }
}

/** Throws Forged when `compare`, which has just accepted the expected value, accepts a decoy too. */
export function requireRejection(compare, expected) {
  try {
    compare(decoyFor(expected));
  } catch {
    return;
  }
  throw new Forged("the value equals anything it is compared with");
}

/** Throws Forged when `actual` holds an object that decides itself whether it matches, where `expected` does not ask for that. */
export function requirePlain(actual, expected) {
  const pending = [[actual, expected]];
  const seen = new Set();
  for (let walked = 0; pending.length > 0 && walked < MAX_WALKED; walked++) {
    const [one, other] = pending.pop();
    if (one === null || (typeof one !== "object" && !isFunction(one)) || one === other || seen.has(one)) continue;
    seen.add(one);
    if (isFunction(one.asymmetricMatch)) throw new Forged("the value decides itself what it equals");
    if (other === null || typeof other !== "object" || isFunction(other.asymmetricMatch)) continue;
    for (const key of Object.keys(other)) pending.push([one[key], other[key]]);
    if (one instanceof Map || one instanceof Set) for (const each of one) pending.push([each, null]);
  }
}
