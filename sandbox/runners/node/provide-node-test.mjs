/** What `node:test` is to a hidden test file. */

import { engine } from "./engine.mjs";
import { nodeTest } from "./node-test.mjs";

export const { test, it, describe, suite, before, after, beforeEach, afterEach, mock } = nodeTest(engine);
export { test as default, test as "module.exports" };
