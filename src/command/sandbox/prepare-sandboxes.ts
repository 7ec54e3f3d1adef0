import type { LargeTree } from "../../core/large-tree.ts";
import { layerKey } from "../../core/layer.ts";
import type { SandboxProvider } from "../../core/sandbox.ts";
import { patchesIn } from "../../run/apply-patches.ts";
import { findOldTreeFolders } from "../../sandbox/bubblewrap/tree-folder.ts";
import { removeTrees } from "../../sandbox/docker/build/tree-image.ts";
import { connectEngine } from "../../sandbox/docker/engine.ts";
import { removeFolders } from "../../sandbox/half-folder.ts";
import type { NeededAgent } from "./agent-layers.ts";
import { prepareBubblewrap, treeCache } from "./prepare-bubblewrap.ts";
import { prepareDocker } from "./prepare-docker.ts";
import type { PreparedSandboxes, TaskImages } from "./prepared-sandboxes.ts";
import { requireAgents } from "./require-agents.ts";
import type { SandboxKind } from "./sandbox-flag.ts";

// Runs of the first versions stored no choice, which means Docker.
type SandboxChoice = { readonly sandbox?: SandboxKind; readonly runtime?: string };

/** Makes sure, before anything is paid for, that sandboxes of these images can be opened; throws UserError with what to do when they cannot. */
export async function prepareSandboxes({ sandbox = "docker", runtime }: SandboxChoice, images: TaskImages): Promise<PreparedSandboxes> {
  const prepare = sandbox === "bubblewrap" ? prepareBubblewrap : prepareDocker;
  const prepared = await prepare(runtime ?? null, images);
  const { agents = [], builds } = images;
  if (agents.length > 0)
    await requireAgents(prepared.provider("agent-check", images.notify ?? (() => {})), images, { agents, sandbox, signal: builds?.signal });
  const imageIds = new Map([...prepared.imageIds, ...layerIds(agents, prepared)]);
  return { ...prepared, imageIds, provider: (...run) => provided(prepared.provider(...run), images) };
}

// What is installed is kept with a run like the images: a run is not resumed with other programs.
function layerIds(agents: readonly NeededAgent[], { layers }: PreparedSandboxes): readonly (readonly [string, string])[] {
  return agents.flatMap((agent) => {
    const layer = layers?.get(layerKey(agent));
    return layer === undefined ? [] : [[`agent ${layer.agent}`, `sha256:${layer.digest}`] as const];
  });
}

/** Removes what sandboxes have of a large workspace, by the folder that it was read from. Throws InfraError when the engine fails. */
export async function removeLaidTree({ sandbox = "docker" }: SandboxChoice, { place }: LargeTree): Promise<void> {
  if (sandbox === "bubblewrap") removeFolders(findOldTreeFolders(treeCache(), (one) => one === place));
  else await removeTrees(connectEngine(), (found) => found.place === place);
}

// Some tasks have their files in their images.
function provided(sandboxes: SandboxProvider, { tasks = [] }: TaskImages): SandboxProvider {
  for (const { files } of tasks) files?.provide?.(patchesIn(sandboxes));
  return sandboxes;
}
