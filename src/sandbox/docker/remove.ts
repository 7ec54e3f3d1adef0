import { setTimeout as sleep } from "node:timers/promises";
import { InfraError } from "../../core/errors.ts";
import { askEngine } from "./engine.ts";
import type { EngineClient } from "./engine-client.ts";
import { statusOf } from "./engine-fault.ts";
import { waitToRetry } from "./retry.ts";

const CONFLICT_PAUSE_MS = 50;

/**
 * Removes a container, by id or name, running or not, and returns when it is gone; one that is already gone is not an error. Waits for an engine that does
 * not answer, and retries failures that may pass, unless `signal` is aborted. Throws InfraError when the engine cannot remove it.
 */
export async function removeContainer(client: EngineClient, id: string, signal: AbortSignal): Promise<void> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await removeOnce(client, id);
    } catch (error) {
      const failure = await waitToRetry(client, { error, attempts, signal });
      if (failure !== null) throw failure.error;
    }
  }
}

/** Removes a container as `removeContainer` does, without a retry. */
export function removeOnce(client: EngineClient, id: string): Promise<void> {
  return client.removals(async () => {
    const deadline = performance.now() + client.timeouts.removeMs;
    while ((await askToRemove(client, id)) === "busy") {
      if (performance.now() > deadline) {
        throw new InfraError("sandbox", `Cannot remove container ${id.slice(0, 12)}: the engine does not finish removing it`);
      }
      await sleep(CONFLICT_PAUSE_MS);
    }
  });
}

async function askToRemove({ engine, timeouts }: EngineClient, id: string): Promise<"gone" | "busy"> {
  return askEngine(
    "remove a sandbox",
    async () => {
      try {
        await engine.getContainer(id).remove({ force: true, v: true });
        return "gone";
      } catch (error) {
        if (statusOf(error) === 404) return "gone";
        // Another process is removing it at this moment.
        if (statusOf(error) === 409) return "busy";
        throw error;
      }
    },
    timeouts.removeMs,
  );
}
