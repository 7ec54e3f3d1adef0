import { UserError } from "../../core/errors.ts";
import type { InstalledLayer, Layers } from "../../core/layer.ts";
import type { SandboxProvider } from "../../core/sandbox.ts";
import { bubblewrapSandboxProvider } from "../../sandbox/bubblewrap/bubblewrap-provider.ts";
import { keepLayerFolder } from "../../sandbox/bubblewrap/layer-folder.ts";
import { fillLayerVolume } from "../../sandbox/docker/build/layer-volume.ts";
import { dockerSandboxProvider } from "../../sandbox/docker/docker-provider.ts";
import { describeEngine, type Engine, imageId } from "../../sandbox/docker/engine.ts";
import { agentCache, bubblewrapLayers, dockerLayers } from "../sandbox/agent-layers.ts";
import { findBubblewrap } from "../sandbox/prepare-bubblewrap.ts";
import { SETUP_IMAGE } from "../sandbox/prepare-engine.ts";
import { tryAgent } from "../sandbox/require-agents.ts";
import type { SandboxKind } from "../sandbox/sandbox-flag.ts";
import type { Cpu } from "./agent-fetch.ts";
import type { LayerPlace } from "./install-agents.ts";

const CPUS: Readonly<Record<string, Cpu>> = { amd64: "x64", x86_64: "x64", x64: "x64", arm64: "arm64", aarch64: "arm64" };

/** Looks which agents an engine has, and how more are installed in it. Throws UserError without the sandbox image, in which they are tried out, and InfraError when the engine fails. */
export async function dockerPlace(engine: Engine): Promise<LayerPlace> {
  const { architecture } = await describeEngine(engine);
  const image = await imageId(engine, SETUP_IMAGE);
  if (image === null) throw new UserError(`Cannot install agents: the engine does not have ${SETUP_IMAGE}; run "bench setup" first`);
  const installed = await dockerLayers(engine, image);
  const providerWith = (layers: Layers) => dockerSandboxProvider(engine, { image: SETUP_IMAGE, layers, runId: "agent-setup" });
  return {
    name: "Docker",
    cpu: cpuOf(architecture),
    has: (agent) => installed.has(agent),
    keep: (made) => fillLayerVolume(engine, { ...made, imageId: image, tryOut: (layer) => tryLayer(layer, "docker", providerWith) }),
  };
}

/** Looks which agents a cache has for bubblewrap, and how more are installed for it. Throws UserError where it cannot be used. */
export async function bubblewrapPlace(cache: string = agentCache()): Promise<LayerPlace> {
  const state = await findBubblewrap();
  if (state.kind === "unusable") throw new UserError(`Cannot install agents for bubblewrap: ${state.reason}`);
  const { rootFolder, rootId, cgroupHome } = state;
  const installed = bubblewrapLayers(cache);
  const image = { name: SETUP_IMAGE, id: rootId };
  const providerWith = (layers: Layers) => bubblewrapSandboxProvider({ rootFolder, image, cgroupHome, layers });
  return {
    name: "bubblewrap",
    cpu: cpuOf(process.arch),
    has: (agent) => installed.has(agent),
    keep: async ({ folder, layer }) => {
      await tryLayer({ ...layer, source: folder }, "bubblewrap", providerWith);
      return keepLayerFolder(cache, folder, layer);
    },
  };
}

function cpuOf(architecture: string): Cpu {
  const cpu = CPUS[architecture];
  if (cpu === undefined)
    throw new UserError(`Cannot install agents: they are made for x64 and arm64, and sandboxes here are ${architecture}`);
  return cpu;
}

async function tryLayer(layer: InstalledLayer, sandbox: SandboxKind, providerWith: (layers: Layers) => SandboxProvider): Promise<void> {
  const at = layer.agent.lastIndexOf("@");
  const agent = { name: layer.agent.slice(0, at), version: layer.agent.slice(at + 1), program: layer.program };
  const limits = { memoryMb: 1024, cpus: 1, pids: 256, workspaceMb: 64, tmpMb: 256 };
  const sandboxes = providerWith(new Map([[layer.agent, layer]]));
  await tryAgent(sandboxes, { agent, request: { image: null, limits, purpose: "agent" }, sandbox });
}
