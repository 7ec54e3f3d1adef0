import { defineConfig } from "vitest/config";
import { ClosingLine } from "./test/closing-line.ts";
import { LongFirst } from "./test/long-first.ts";
import { splitTests } from "./test/unit-tests.ts";

const { unit, machine } = splitTests(import.meta.dirname);

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 3,
    globalSetup: ["test/own-configuration.ts", "test/programs.mjs"],
    sequence: { sequencer: LongFirst },
    reporters: ["default", new ClosingLine()],
    projects: [
      // One process for many files: these tests share no state, and loading modules once saves a third of the time.
      { extends: true, test: { name: "unit", include: [...unit], isolate: false } },
      { extends: true, test: { name: "machine", include: [...machine] } },
    ],
  },
});
