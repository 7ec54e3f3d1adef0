/** The modules of the workspace as test files see them: loaded in the solution's process. */

import { testGuard } from "./guard.mjs";
import { Peer } from "./peer.mjs";
import { Wire } from "./wire.mjs";

const MARK = "solution:";
const OWN = import.meta.url;
const TRUSTED = new URL("../../../", import.meta.url).href;

let modules = null;

/** Connects with the solution's process; `broken` is told when that has ended. */
export function farModules(pipes, broken) {
  const peer = new Peer({ wire: new Wire(pipes), guard: testGuard({ fault: bringUp }), broken });
  modules = new Map();

  /** What stands for a file that a test imports; a file that is neither the solution's nor trusted is not loaded. */
  function place(found, workspaceUrl) {
    if (found.url.startsWith(workspaceUrl)) return { url: `${MARK}${found.url}`, format: "module", shortCircuit: true };
    if (found.url.startsWith("node:") || found.url.startsWith(TRUSTED) || found.url.endsWith(".json")) return found;
    throw new Error(`Cannot find module "${found.url}"`);
  }

  function load(url) {
    const module = peer.ask("import", null, { key: url.slice(MARK.length) });
    modules.set(url, module);
    const lines = module.names.map((name, index) => `const v${index} = module.values[${index}]; export { v${index} as ${JSON.stringify(name)} };`);
    const source = `import { farModule } from ${JSON.stringify(OWN)}; const module = farModule(${JSON.stringify(url)});\n${lines.join("\n")}\n`;
    return { format: "module", source, shortCircuit: true };
  }

  return { isStandIn: (url) => url?.startsWith(MARK) === true, place, load };
}

/** Gives what a module exports, to the text that stands for it. */
export function farModule(url) {
  return modules.get(url);
}

/** Something went wrong in the solution that nobody waited for: it comes up here as it would in one process. */
function bringUp(kind, error) {
  if (kind === "rejection") Promise.reject(error);
  else
    setImmediate(() => {
      throw error;
    });
}
