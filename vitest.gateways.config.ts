import { defineConfig } from "vitest/config";
import { ClosingLine } from "./test/closing-line.ts";
import { GatewayTable } from "./test/gateways/gateway-table.ts";

/** The tests against real gateways and servers, which `npm test` does not run: they need PyPI. */
export default defineConfig({
  test: {
    include: ["test/gateways/*.test.ts"],
    testTimeout: 900_000,
    hookTimeout: 900_000,
    maxWorkers: 1,
    globalSetup: ["test/own-configuration.ts", "test/programs.mjs", "test/gateways/installed-servers.ts"],
    reporters: ["default", new GatewayTable(), new ClosingLine()],
  },
});
