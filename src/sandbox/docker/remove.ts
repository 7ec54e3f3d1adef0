import { setTimeout as sleep } from "node:timers/promises";
import { InfraError } from "../../core/errors.ts";
import { askEngine } from "./engine.ts";
import type { Host } from "./engine-access.ts";
import { statusOf } from "./engine-fault.ts";
import { recover } from "./retry.ts";

const CONFLICT_PAUSE_MS = 50;

/**
 * Removes a container, by id or name, whatever it does, and returns when it is gone; one that has gone already is well. An engine that is
 * away or stumbles is waited for unless `signal` is aborted. Throws InfraError when the engine cannot.
 */
export async function removeContainer(host: Host, id: string, signal: AbortSignal): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await removeAtOnce(host, id);
    } catch (error) {
      const end = await recover(host, { error, tries, signal });
      if (end !== null) throw end.error;
    }
  }
}

/** Removes a container as `removeContainer` does, but tries once only. */
export function removeAtOnce(host: Host, id: string): Promise<void> {
  return host.removals(async () => {
    const deadline = performance.now() + host.timeouts.removeMs;
    while ((await askToRemove(host, id)) === "busy") {
      if (performance.now() > deadline) {
        throw new InfraError("sandbox", `Cannot remove container ${id.slice(0, 12)}: the engine is removing it without end`);
      }
      await sleep(CONFLICT_PAUSE_MS);
    }
  });
}

async function askToRemove({ engine, timeouts }: Host, id: string): Promise<"gone" | "busy"> {
  return askEngine(
    "remove a sandbox",
    async () => {
      try {
        await engine.getContainer(id).remove({ force: true, v: true });
        return "gone";
      } catch (error) {
        if (statusOf(error) === 404) return "gone";
        // Somebody else is removing it at this moment.
        if (statusOf(error) === 409) return "busy";
        throw error;
      }
    },
    timeouts.removeMs,
  );
}
