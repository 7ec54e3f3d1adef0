import { defineConfig } from "vitest/config";
import { ClosingLine } from "./test/closing-line.ts";
import { splitTests } from "./test/unit-tests.ts";

const { unit, machine } = splitTests(import.meta.dirname);

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 3,
    reporters: ["default", new ClosingLine()],
    projects: [
      { extends: true, test: { name: "unit", include: [...unit] } },
      { extends: true, test: { name: "machine", include: [...machine] } },
    ],
  },
});
