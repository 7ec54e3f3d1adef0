/** Imports modules of the workspace for the test files: in the solution's process. */

import { testGuard } from "./guard.mjs";
import { RpcEndpoint } from "./rpc.mjs";
import { Transport } from "./transport.mjs";

const MARK = "solution:";
const OWN = import.meta.url;
const TRUSTED = new URL("../../../", import.meta.url).href;

let modules = null;

/** Connects to the solution's process; `broken` is called when it has ended. */
export function remoteModules(pipes, broken) {
  const rpc = new RpcEndpoint({ transport: new Transport(pipes), guard: testGuard({ fault: raiseHere }), broken });
  modules = new Map();

  /** Resolves a file that a test imports to its proxy module; a file that is neither the solution's nor trusted is not loaded. */
  function place(found, workspaceUrl) {
    if (found.url.startsWith(workspaceUrl)) return { url: `${MARK}${found.url}`, format: "module", shortCircuit: true };
    if (found.url.startsWith("node:") || found.url.startsWith(TRUSTED) || found.url.endsWith(".json")) return found;
    throw new Error(`Cannot find module "${found.url}"`);
  }

  function load(url) {
    const module = rpc.ask("import", null, { key: url.slice(MARK.length) });
    modules.set(url, module);
    const lines = module.names.map(
      (name, index) => `const v${index} = module.values[${index}]; export { v${index} as ${JSON.stringify(name)} };`,
    );
    const source = `import { remoteModule } from ${JSON.stringify(OWN)}; const module = remoteModule(${JSON.stringify(url)});\n${lines.join("\n")}\n`;
    return { format: "module", source, shortCircuit: true };
  }

  return { isProxy: (url) => url?.startsWith(MARK) === true, place, load };
}

/** Gives the exports of a module to the source text of its proxy. */
export function remoteModule(url) {
  return modules.get(url);
}

/** Raises an unhandled error of the solution here, as it would be raised in one process. */
function raiseHere(kind, error) {
  if (kind === "rejection") Promise.reject(error);
  else
    setImmediate(() => {
      throw error;
    });
}
