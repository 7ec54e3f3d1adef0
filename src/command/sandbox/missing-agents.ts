import { InfraError } from "../../core/errors.ts";
import { type Layers, layerKey } from "../../core/layer.ts";
import type { Arm } from "../../core/trial.ts";
import { connectEngine, imageId } from "../../sandbox/docker/engine.ts";
import { bubblewrapLayers, dockerLayers, type NeededAgent, neededAgents, setupCommandFor } from "./agent-layers.ts";
import { SETUP_IMAGE } from "./prepare-engine.ts";

/** The agents of entries, and where they are installed: in an engine, null where none could be asked, and for bubblewrap. */
export type AgentState = { readonly agent: NeededAgent; readonly inDocker: boolean | null; readonly inBubblewrap: boolean };

/** Looks where the agents of arms are installed; never fails. */
export async function agentStates(arms: readonly Pick<Arm, "agent">[]): Promise<readonly AgentState[]> {
  const agents = neededAgents(arms);
  if (agents.length === 0) return [];
  const [docker, bubblewrap] = [await installedInDocker(agents.map(layerKey)), bubblewrapLayers()];
  return agents.map((agent) => {
    const key = layerKey(agent);
    return { agent, inDocker: docker?.has(key) ?? null, inBubblewrap: bubblewrap.has(key) };
  });
}

/** Says in one line which agents of arms are installed nowhere here. */
export async function missingAgentLines(arms: readonly Pick<Arm, "agent">[]): Promise<readonly string[]> {
  const missing = (await agentStates(arms)).filter(({ inDocker, inBubblewrap }) => inDocker === false && !inBubblewrap);
  if (missing.length === 0) return [];
  const keys = missing.map(({ agent }) => layerKey(agent));
  return [`Not installed: ${keys.join(", ")}; unless the images of the tasks have it, first run: ${setupCommandFor(keys, "docker")}`];
}

async function installedInDocker(agents: readonly string[]): Promise<Layers | null> {
  try {
    const engine = connectEngine();
    const image = await imageId(engine, SETUP_IMAGE);
    return image === null ? null : await dockerLayers(engine, image, agents);
  } catch (error) {
    if (error instanceof InfraError) return null;
    throw error;
  }
}
