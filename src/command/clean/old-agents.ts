import { findBrokenLayerFolders, findLayerFolders } from "../../sandbox/bubblewrap/layer-folder.ts";
import { findLayerVolumes, removeVolume } from "../../sandbox/docker/build/layer-volume.ts";
import { type Engine, imageId } from "../../sandbox/docker/engine.ts";
import { removeFolders } from "../../sandbox/half-folder.ts";
import { agentCache } from "../sandbox/agent-layers.ts";
import { SETUP_IMAGE } from "../sandbox/prepare-engine.ts";

/** An installed agent, or what is left of an installation that was broken off; where it is, a volume or a folder. */
export type OldAgent = { readonly agent: string | null; readonly kind: "volume" | "folder"; readonly name: string };

/** Finds what installations left that were broken off, and with `all` every agent that is installed. Finds no volumes where there is no sandbox image to look into them by. Throws InfraError. */
export async function findOldAgents(engine: Engine, { all }: { readonly all: boolean }): Promise<readonly OldAgent[]> {
  const image = await imageId(engine, SETUP_IMAGE);
  const volumes = image === null ? [] : await findLayerVolumes(engine, image);
  const whole = all ? findLayerFolders(agentCache()) : [];
  return [
    ...volumes
      .filter(({ layer, isAbandoned }) => isAbandoned || (all && layer !== null))
      .map(({ name, layer }) => ({ agent: layer?.agent ?? null, kind: "volume" as const, name })),
    ...findBrokenLayerFolders(agentCache()).map((name) => ({ agent: null, kind: "folder" as const, name })),
    ...whole.map(({ agent, source }) => ({ agent, kind: "folder" as const, name: source })),
  ];
}

/** Removes agents and returns those that are gone: one that a sandbox still uses stays. Throws InfraError when the engine fails otherwise. */
export async function removeAgents(engine: Engine, agents: readonly OldAgent[]): Promise<readonly OldAgent[]> {
  removeFolders(agents.filter(({ kind }) => kind === "folder").map(({ name }) => name));
  const removed: OldAgent[] = [];
  for (const agent of agents) if (agent.kind === "folder" || (await removeVolume(engine, agent.name))) removed.push(agent);
  return removed;
}
