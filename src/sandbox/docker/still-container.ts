import { randomUUID } from "node:crypto";
import type Docker from "dockerode";
import { currentOwner, ownerToText } from "../owner.ts";
import { OWNER_LABEL, SANDBOX_LABEL } from "./container.ts";
import { askEngine, type Engine } from "./engine.ts";

/** Which image is looked into, why, how the container is marked meanwhile, and the volumes that are looked into with it. */
type Look = {
  readonly imageId: string;
  readonly action: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly mounts?: readonly Docker.MountSettings[];
};

/** Looks at the files of an image by way of a container that never runs and is removed afterwards: an engine lists them in no other way. Throws InfraError when the engine fails, and what `use` throws. */
export async function withStillContainer<Result>(
  engine: Engine,
  { imageId, action, labels = {}, mounts = [] }: Look,
  use: (container: Docker.Container) => Promise<Result>,
): Promise<Result> {
  const options = {
    Image: imageId,
    name: `bench-look-${randomUUID()}`,
    Entrypoint: ["true"],
    Cmd: [],
    NetworkDisabled: true,
    HostConfig: { Mounts: [...mounts] },
    // A process that is killed leaves it behind; by these, it is found and removed like a sandbox.
    Labels: { ...labels, [SANDBOX_LABEL]: "1", [OWNER_LABEL]: ownerToText(currentOwner()) },
  };
  const container = await askEngine(action, () => engine.createContainer(options));
  try {
    return await use(container);
  } finally {
    await container.remove({ force: true, v: true }).catch(() => {});
  }
}
