/** What `@jest/globals` and `expect` are to a hidden test file. */

import { engine } from "./engine.mjs";
import { jestGlobals } from "./jest-globals.mjs";

/** Every global by name, for the runner to define. */
export const globals = jestGlobals(engine);

export const { describe, xdescribe, fdescribe, test, it, xtest, xit, fit, beforeAll, afterAll, beforeEach, afterEach, expect, jest } =
  globals;
export default expect;
