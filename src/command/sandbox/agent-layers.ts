import { join } from "node:path";
import { knownAgent } from "../../config/agent/agent.ts";
import { ownFolder } from "../../config/environment.ts";
import { type Layers, layerKey } from "../../core/layer.ts";
import type { Arm } from "../../core/trial.ts";
import { findLayerFolders } from "../../sandbox/bubblewrap/layer-folder.ts";
import { findLayerVolumes } from "../../sandbox/docker/build/layer-volume.ts";
import type { Engine } from "../../sandbox/docker/engine.ts";
import type { SandboxKind } from "./sandbox-flag.ts";

/** An agent that an arm names, and its program. */
export type NeededAgent = { readonly name: string; readonly version: string; readonly program: string };

/** Lists the agents of arms that are known by name, whose programs setup can install. */
export function neededAgents(arms: readonly Pick<Arm, "agent">[]): readonly NeededAgent[] {
  const needed = arms.flatMap(({ agent }) => {
    const program = agent.kind === "cli" ? knownAgent(agent.name)?.command[0] : undefined;
    return agent.kind === "cli" && program !== undefined && agent.command[0] === program
      ? [{ name: agent.name, version: agent.version, program }]
      : [];
  });
  return [...new Map(needed.map((agent) => [layerKey(agent), agent])).values()];
}

/** Where agents are kept for sandboxes of bubblewrap, and put together for all. */
export function agentCache(): string {
  return join(ownFolder("XDG_CACHE_HOME", ".cache"), "bench", "agents");
}

/** Finds which agents, or which of these, are installed for Docker; `imageId` is any image of the engine. Throws InfraError when the engine fails. */
export async function dockerLayers(engine: Engine, imageId: string, agents?: readonly string[]): Promise<Layers> {
  const found = await findLayerVolumes(engine, imageId, agents);
  return new Map(found.flatMap(({ name, layer }) => (layer === null ? [] : [[layer.agent, { ...layer, source: name }]])));
}

/** Finds the agents that are installed for bubblewrap. */
export function bubblewrapLayers(cache: string = agentCache()): Layers {
  return new Map(findLayerFolders(cache).map((layer) => [layer.agent, layer]));
}

/** Writes the command that installs agents. */
export function setupCommandFor(agents: readonly string[], sandbox: SandboxKind): string {
  const flags = sandbox === "bubblewrap" ? ["--no-engine", "--bubblewrap"] : [];
  return ["bench setup", ...flags, ...agents.map((agent) => `--agent ${agent}`)].join(" ");
}
