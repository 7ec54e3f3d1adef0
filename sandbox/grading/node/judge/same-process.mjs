/** What keeps a solution in the same process from the judge's own modules. It stops the obvious and not the determined: that is what isolation is for. */

import { registerHooks } from "node:module";

const GRADING = new URL("../", import.meta.url).href;
const REPORTER = new URL("./reporter.mjs", import.meta.url).href;

/** Refuses the solution the judge's modules; `provided` maps specifiers of test files to URLs. */
export function closeToSolution({ provided }) {
  // Node's runner loads it when the first canary is declared, before any file of the task.
  let isReporterLoaded = false;
  registerHooks({
    resolve(specifier, context, next) {
      if (Object.hasOwn(provided, specifier)) return { url: provided[specifier], format: "module", shortCircuit: true };
      const found = next(specifier, context);
      if (!found.url.startsWith(GRADING) || context.parentURL?.startsWith(GRADING)) return found;
      if (found.url === REPORTER && !isReporterLoaded) {
        isReporterLoaded = true;
        return found;
      }
      throw Object.assign(new Error(`Cannot find module "${specifier}"`), { code: "ERR_MODULE_NOT_FOUND" });
    },
  });
}
