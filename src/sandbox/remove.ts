import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { InfraError } from "../core/errors.ts";
import { askEngine, statusOf } from "./engine.ts";

const removeMs = 60_000;
const conflictPauseMs = 50;

/** Removes a container whatever it does, and returns when it is gone; one that has gone already is well. Throws InfraError when the engine cannot. */
export async function removeContainer(container: Docker.Container): Promise<void> {
  const deadline = performance.now() + removeMs;
  for (;;) {
    const answer = await tryRemove(container);
    if (answer === "gone") return;
    if (performance.now() > deadline) {
      throw new InfraError("sandbox", `Cannot remove container ${container.id.slice(0, 12)}: the engine is removing it without end`);
    }
    await sleep(conflictPauseMs);
  }
}

async function tryRemove(container: Docker.Container): Promise<"gone" | "busy"> {
  return askEngine(
    "remove a sandbox",
    async () => {
      try {
        await container.remove({ force: true, v: true });
        return "gone";
      } catch (error) {
        if (statusOf(error) === 404) return "gone";
        // Somebody else is removing it at this moment.
        if (statusOf(error) === 409) return "busy";
        throw error;
      }
    },
    removeMs,
  );
}
