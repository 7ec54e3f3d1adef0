import { defineConfig } from "vitest/config";
import { ClosingLine } from "./test/closing-line.ts";

/** The tests that need the images of languages, which `npm test` does not run: they are built from Debian packages first. */
export default defineConfig({
  test: {
    include: ["test/languages/*.test.ts"],
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
    maxWorkers: 1,
    globalSetup: ["test/own-configuration.ts", "test/programs.mjs"],
    reporters: ["default", new ClosingLine()],
  },
});
