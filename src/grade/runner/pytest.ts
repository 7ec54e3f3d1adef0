import { supervisedRunner } from "./test-runner.ts";

/** Runs tests with pytest. The solution may share its process, so there are many canaries: a guess must not pay. */
export const pytest = supervisedRunner({ canaries: 30, options: ({ isolation }) => ({ boundary: isolation }) });
