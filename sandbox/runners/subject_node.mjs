/** Keeps the solution in a process of its own: does with it what the tests ask for, and knows nothing of the tests. */

import { solutionGuard } from "./node/boundary/guard.mjs";
import { Peer } from "./node/boundary/peer.mjs";
import { Wire } from "./node/boundary/wire.mjs";
import { installLoader } from "./node/loader.mjs";

const leave = process.reallyExit.bind(process);
const [readFrom, writeTo, hear, ring, workspace] = process.argv.slice(2).map((each, index) => (index < 4 ? Number(each) : each));
process.argv.length = 2;

/** Every name that a module offers, those that Node did not find in a CommonJS module as well. */
async function load(url) {
  const namespace = await import(url);
  const values = new Map(Object.entries(namespace));
  const whole = namespace["module.exports"] ?? namespace.default;
  const isCommonJs = "module.exports" in namespace;
  if (isCommonJs && (typeof whole === "object" || typeof whole === "function") && whole !== null) {
    for (const key of Object.keys(whole)) if (!values.has(key)) values.set(key, whole[key]);
  }
  return { names: [...values.keys()], values: [...values.values()] };
}

installLoader({ hidden: new Map(), workspace });
const peer = new Peer({ wire: new Wire({ in: readFrom, out: writeTo, hear, ring }), guard: solutionGuard({ load }), broken: () => leave(0) });
process.on("uncaughtException", (error) => peer.note("fault", "exception", error));
process.on("unhandledRejection", (error) => peer.note("fault", "rejection", error));
