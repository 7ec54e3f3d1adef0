/** Runs the solution in a process of its own: serves the requests of the tests, and knows nothing else about them. */

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { Endpoint } from "./boundary/endpoint.mjs";
import { Transport } from "./boundary/transport.mjs";
import { SolutionSide } from "./solution/side.mjs";

const leave = process.reallyExit.bind(process);
const [loader, descriptors] = process.argv.slice(2);
const [input, output, hear, ring] = descriptors.split(",").map(Number);
process.argv.length = 2;

if (loader === "tsx") await useTsx(process.cwd());

/** Lets Node load TypeScript: by the tsx of the workspace's image, else by the one of this image. */
async function useTsx(folder) {
  process.env.TSX_DISABLE_CACHE = "1";
  const [own, ours] = [`${folder}/`, "/opt/bench/js/"].map((from) => createRequire(from));
  let found;
  try {
    found = own.resolve("tsx");
  } catch {
    found = ours.resolve("tsx");
  }
  await import(pathToFileURL(found).href);
  delete process.env.TSX_DISABLE_CACHE;
}

const side = new SolutionSide();
const endpoint = new Endpoint({
  transport: new Transport({ in: input, out: output, hear, ring }),
  side,
  broken: () => leave(0),
});
side.connect(endpoint);
process.on("uncaughtException", (error) => endpoint.note("fault", 0, true, error));
process.on("unhandledRejection", (error) => endpoint.note("fault", 0, false, error));
