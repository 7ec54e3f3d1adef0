/** Runs the solution in its own process: serves the requests of the tests, and knows nothing else about them. */

import { solutionGuard } from "./node/boundary/guard.mjs";
import { RpcEndpoint } from "./node/boundary/rpc.mjs";
import { Transport } from "./node/boundary/transport.mjs";
import { installLoader } from "./node/loader.mjs";

const leave = process.reallyExit.bind(process);
const [readFrom, writeTo, hear, ring, workspace] = process.argv.slice(2).map((each, index) => (index < 4 ? Number(each) : each));
process.argv.length = 2;

/** Lists every export of a module, including those that Node does not detect in a CommonJS module. */
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
const rpc = new RpcEndpoint({
  transport: new Transport({ in: readFrom, out: writeTo, hear, ring }),
  guard: solutionGuard({ load }),
  broken: () => leave(0),
});
process.on("uncaughtException", (error) => rpc.note("fault", "exception", error));
process.on("unhandledRejection", (error) => rpc.note("fault", "rejection", error));
