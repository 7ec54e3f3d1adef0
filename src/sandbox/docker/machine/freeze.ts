import type Docker from "dockerode";
import type { FrozenMachine } from "../../../core/sandbox.ts";
import type { ContainerSpec } from "../container.ts";
import { askEngine } from "../engine.ts";
import type { EngineClient } from "../engine-client.ts";
import { statusOf } from "../engine-fault.ts";
import type { DiskWatch } from "./disk-watch.ts";
import { runFrozen } from "./frozen-run.ts";
import { changedPrograms, type ProgramDigests, programDigests } from "./programs.ts";

/** The container of a machine, and what it was opened with. */
export type RunningMachine = {
  readonly client: EngineClient;
  readonly watch: DiskWatch;
  readonly container: Docker.Container;
  readonly spec: ContainerSpec;
  readonly owner: string;
  /** Digests the programs of the image as nobody has changed them. */
  readonly pristine: () => Promise<ProgramDigests>;
};

const COMMIT_MS = 600_000;
const MAX_ENDED = 20;
const MAX_COMMAND = 200;

/**
 * Ends everything in a machine and freezes its file system to an image, which has the labels of its container, so that one which is left behind is found and removed. Throws
 * InfraError when the engine fails.
 */
export async function freezeMachine(machine: RunningMachine): Promise<FrozenMachine> {
  const { client, container } = machine;
  const ended = await runningPrograms(container);
  await endContainer(client, container);
  const commit = async () => (await container.commit({ pause: false })) as { readonly Id: string };
  const { Id: imageId } = await askEngine("freeze a machine", commit, COMMIT_MS);
  const { watch, spec, owner, pristine } = machine;
  const changed = changedPrograms(await pristine(), await programDigests(container));
  return {
    ended,
    changedPrograms: changed,
    run: (request, signal) => runFrozen({ client, watch, spec, imageId, owner }, request, signal),
    discard: () => removeState(client, imageId),
  };
}

/** Removes the image of a frozen machine; one that cannot be removed is swept later. */
async function removeState({ engine }: EngineClient, imageId: string): Promise<void> {
  await engine
    .getImage(imageId)
    .remove({ force: true })
    .catch(() => {});
}

async function endContainer(client: EngineClient, container: Docker.Container): Promise<void> {
  const end = async () => {
    const ended = container.wait({ condition: "not-running" });
    ended.catch(() => {});
    try {
      await container.kill();
    } catch (error) {
      // It is not running any more.
      if (statusOf(error) !== 409) throw error;
    }
    await ended;
  };
  await askEngine("end a machine", end, client.timeouts.removeMs);
}

// What the engine sees from outside: the first is the guest.
async function runningPrograms(container: Docker.Container): Promise<readonly string[]> {
  try {
    const { Processes } = (await container.top({ ps_args: "-eo pid,args" })) as { Processes: readonly (readonly string[])[] };
    return Processes.slice(1, 1 + MAX_ENDED).map((columns) => columns.slice(1).join(" ").slice(0, MAX_COMMAND));
  } catch {
    return [];
  }
}
