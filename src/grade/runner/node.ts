import { supervisedRunner } from "./test-runner.ts";

/** Runs tests written for node:test or Jest. The solution may share their process, so there are many canaries: a guess must not pay. */
export const node = supervisedRunner({ canaries: 30, options: ({ isolation, jestGlobals }) => ({ boundary: isolation, jestGlobals }) });
