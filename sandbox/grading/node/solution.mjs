/** Runs the solution in a process of its own: serves the requests of the tests, and knows nothing else about them. */

import { createRequire } from "node:module";
import { Endpoint } from "./boundary/endpoint.mjs";
import { Transport } from "./boundary/transport.mjs";
import { loadTsx } from "./load-tsx.mjs";
import { SolutionSide } from "./solution/side.mjs";

const leave = process.reallyExit.bind(process);
const [loader, descriptors] = process.argv.slice(2);
const [input, output, hear, ring] = descriptors.split(",").map(Number);
process.argv.length = 2;

if (loader === "tsx") await loadTsx(findTsx);

/** Finds tsx in the workspace's image, else the one of this image. */
function findTsx(name) {
  const [own, ours] = [`${process.cwd()}/`, "/opt/bench/js/"].map((from) => createRequire(from));
  try {
    return own.resolve(name);
  } catch {
    return ours.resolve(name);
  }
}

const side = new SolutionSide();
const endpoint = new Endpoint({
  transport: new Transport({ in: input, out: output, hear, ring }),
  side,
  isLed: true,
  broken: () => leave(0),
});
side.connect(endpoint);
process.on("uncaughtException", (error) => endpoint.note("fault", 0, true, error));
process.on("unhandledRejection", (error) => endpoint.note("fault", 0, false, error));
