import { beforeEach, describe } from "vitest";
import { commandContract } from "./sandbox-command-contract.ts";
import { exportContract } from "./sandbox-export-contract.ts";
import { fileContract } from "./sandbox-file-contract.ts";
import type { SandboxAdapter } from "./sandbox-fixture.ts";
import { hostileContract } from "./sandbox-hostile-contract.ts";
import { isolationContract } from "./sandbox-isolation-contract.ts";
import { providerContract } from "./sandbox-provider-contract.ts";
import { serveContract } from "./sandbox-serve-contract.ts";

/** Everything that a sandbox of any kind must do. */
export function sandboxContract(adapter: SandboxAdapter): void {
  boundsContract(adapter);
  describe("provider", () => providerContract(adapter));
  describe("files", () => fileContract(adapter));
  describe("export", () => exportContract(adapter));
  describe("connections", () => serveContract(adapter));
}

/** What depends on how memory and processes are bounded. */
export function boundsContract(adapter: SandboxAdapter): void {
  beforeEach(({ task, skip }) => {
    const reason = adapter.cannot?.[task.name];
    if (reason !== undefined) skip(reason);
  });
  describe("commands", () => commandContract(adapter));
  describe("hostile commands", () => hostileContract(adapter));
  describe("isolation", () => isolationContract(adapter));
}
