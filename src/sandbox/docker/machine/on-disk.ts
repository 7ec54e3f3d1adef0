import { type FrozenMachine, SandboxLost } from "../../../core/sandbox.ts";
import type { ChannelSandboxOptions } from "../../channel/channel-sandbox.ts";
import type { ContainerSpec } from "../container.ts";
import { askEngine } from "../engine.ts";
import type { EngineClient } from "../engine-client.ts";
import type { GuestContainer } from "../guest-end.ts";
import type { LocalhostOfImages } from "../localhost.ts";
import { removeContainer } from "../remove.ts";
import type { DiskWatch } from "./disk-watch.ts";
import { freezeMachine } from "./freeze.ts";
import { imageProgramDigests, type ProgramDigests } from "./programs.ts";

/** A sandbox that writes to the engine's disk, and what it is opened with. */
export type OnDisk = {
  readonly client: EngineClient;
  readonly watch: DiskWatch;
  readonly spec: Omit<ContainerSpec, "localhost">;
  readonly guest: GuestContainer;
};

/** What a machine is opened with besides. */
export type MachineOnDisk = OnDisk & {
  readonly owner: string;
  readonly localhost: LocalhostOfImages;
  /** Programs of images by id, looked at once for each. */
  readonly programs: Map<string, Promise<ProgramDigests>>;
};

/** Gives what a sandbox has whose image has the files of the workspace: a bound on what it writes, which the engine's disk does not give as a folder in memory does. */
export function treeOptions({ client, watch, spec, guest }: OnDisk): Pick<ChannelSandboxOptions, "hasTree" | "remove"> {
  const storageMb = spec.limits.workspaceMb;
  const unwatch = watch.watch({ container: guest.container, storageMb, onFull: () => endFull(guest, fullWorkspace(storageMb)) });
  return { hasTree: true, remove: () => removeUnwatched({ client, guest }, unwatch) };
}

/** Gives what a machine has beside a sandbox with a workspace: its own working folder, a bound on what it writes, and a way to freeze it. Throws InfraError when the engine fails. */
export async function machineOptions(on: MachineOnDisk): Promise<Pick<ChannelSandboxOptions, "workspace" | "freeze" | "remove">> {
  const { client, watch, owner, localhost, programs, spec, guest } = on;
  const { container } = guest;
  const { Config } = await askEngine("inspect a machine", () => container.inspect(), client.timeouts.answerMs);
  const storageMb = spec.machine?.storageMb ?? 0;
  let isFull = false;
  const onFull = () => {
    isFull = true;
    endFull(guest, fullMachine(storageMb));
  };
  const unwatch = watch.watch({ container, storageMb, onFull });
  const described = { ...spec, localhost: await localhost.of(spec.imageId) };
  const pristine = (): Promise<ProgramDigests> => {
    const known = programs.get(spec.imageId) ?? imageProgramDigests(client.engine, spec.imageId);
    programs.set(spec.imageId, known);
    known.catch(() => programs.delete(spec.imageId));
    return known;
  };
  const freeze = async (): Promise<FrozenMachine> => {
    unwatch();
    if (isFull) throw fullMachine(storageMb);
    return freezeMachine({ client, watch, container, spec: described, owner, pristine });
  };
  return { workspace: Config.WorkingDir || "/", freeze, remove: () => removeUnwatched(on, unwatch) };
}

async function removeUnwatched({ client, guest }: Pick<OnDisk, "client" | "guest">, unwatch: () => void): Promise<void> {
  unwatch();
  await removeContainer(client, guest.container.id, new AbortController().signal);
}

function endFull({ channel, container }: GuestContainer, error: SandboxLost): void {
  channel.fail(error);
  container.kill().catch(() => {});
}

function fullMachine(storageMb: number): SandboxLost {
  return new SandboxLost("stopped", `the machine was ended: more than ${storageMb} MB were written to its file system`);
}

function fullWorkspace(storageMb: number): SandboxLost {
  return new SandboxLost("stopped", `the sandbox was ended: more than ${storageMb} MB were written to its workspace`);
}
