/** What `@jest/globals` and `expect` are to a test file. */

import { GLOBALS } from "./jest.mjs";

export const { describe, xdescribe, fdescribe, test, it, xtest, xit, fit, beforeAll, afterAll, beforeEach, afterEach, expect, jest } =
  GLOBALS;
export default expect;
