import { counted as counts } from "../../core/format.ts";
import { jsonText } from "../../core/printable.ts";
import { isThere } from "../../files/folder.ts";
import { placeNamed } from "../../files/place.ts";
import { findOldTreeFolders } from "../../sandbox/bubblewrap/tree-folder.ts";
import { RUN_LABEL } from "../../sandbox/docker/container.ts";
import { connectEngine } from "../../sandbox/docker/engine.ts";
import { type FoundSandbox, findSandboxes, findStates, removeSandboxes, removeStates } from "../../sandbox/docker/sweep.ts";
import { removeFolders } from "../../sandbox/half-folder.ts";
import { treeCache } from "../sandbox/prepare-bubblewrap.ts";
import type { Terminal } from "../terminal.ts";
import { findOldAgents, type OldAgent, removeAgents } from "./old-agents.ts";
import { findOldImages, findOldTrees, type OldImage, removeImages } from "./old-images.ts";

/** The flags of `bench clean`. */
export type CleanFlags = {
  readonly run?: string;
  readonly all?: true;
  readonly agents?: true;
  readonly dryRun?: true;
  readonly json?: true;
};

/** Removes containers and frozen machines that were left behind and, unless one run is named, images that no run takes any more, and lists them. Throws InfraError when the engine does not answer or fails. */
export async function startClean(flags: CleanFlags, terminal: Terminal): Promise<void> {
  const folders = flags.run === undefined ? findOldTreeFolders(treeCache(), (place) => !isThere(placeNamed(place))) : [];
  if (!flags.dryRun) removeFolders(folders);
  const engine = connectEngine();
  const found = await findSandboxes(engine, flags.run === undefined ? {} : { [RUN_LABEL]: flags.run });
  const removed = found.filter(({ isAbandoned }) => isAbandoned || flags.all === true);
  const left = found.filter((one) => !removed.includes(one));
  if (!flags.dryRun) await removeSandboxes(engine, removed);
  const labels = flags.run === undefined ? {} : { [RUN_LABEL]: flags.run };
  const states = await findStates(engine, { which: flags.all ? "all" : "abandoned", labels });
  if (!flags.dryRun) await removeStates(engine, states);
  const old = flags.run === undefined ? await findOldImages(engine) : [];
  const images = flags.dryRun ? old : await removeImages(engine, old);
  const oldTrees = flags.run === undefined ? await findOldTrees(engine) : [];
  const trees = flags.dryRun ? oldTrees : await removeImages(engine, oldTrees);
  const oldAgents = flags.run === undefined ? await findOldAgents(engine, { all: flags.agents === true }) : [];
  const agents = flags.dryRun ? oldAgents : await removeAgents(engine, oldAgents);
  if (flags.json) terminal.print(jsonText({ dryRun: flags.dryRun === true, removed, left, images, trees, folders, states, agents }));
  else
    for (const line of [
      ...linesOf({ removed, left }, flags, images.length + trees.length + folders.length + states.length + agents.length > 0),
      ...stateLines(states.length, flags),
      ...imageLines(images, "old image", `of languages (${images.map(({ name }) => name).join(", ")})`, flags),
      ...imageLines(trees, "image", "with the workspaces of tasks that are gone", flags),
      ...folderLines(folders.length, flags),
      ...agentLines(agents, flags),
    ])
      terminal.print(line);
}

function stateLines(count: number, { dryRun }: CleanFlags): readonly string[] {
  return count === 0 ? [] : [`${dryRun ? "Would remove" : "Removed"} ${counts(count, "frozen machine")}`];
}

function folderLines(count: number, { dryRun }: CleanFlags): readonly string[] {
  return count === 0
    ? []
    : [`${dryRun ? "Would remove" : "Removed"} ${counts(count, "folder")} of the cache with the workspaces of tasks that are gone`];
}

function agentLines(agents: readonly OldAgent[], { dryRun }: CleanFlags): readonly string[] {
  const verb = dryRun ? "Would remove" : "Removed";
  const names = agents.flatMap(({ agent }) => (agent === null ? [] : [agent]));
  const left = agents.length - names.length;
  return [
    ...(left === 0 ? [] : [`${verb} ${counts(left, "installation")} of agents that ${left === 1 ? "was" : "were"} broken off`]),
    ...(names.length === 0 ? [] : [`${verb} ${counts(names.length, "installed agent")}: ${names.toSorted().join(", ")}`]),
  ];
}

function imageLines(images: readonly OldImage[], noun: string, which: string, flags: CleanFlags): readonly string[] {
  if (images.length === 0) return [];
  const megabytes = images.reduce((sum, image) => sum + image.megabytes, 0);
  return [
    `${flags.dryRun ? "Would remove" : "Removed"} ${counts(images.length, noun)} ${which}; they name ${megabytes.toLocaleString("en")} MB, of which they may share a part`,
  ];
}

type Cleaning = { readonly removed: readonly FoundSandbox[]; readonly left: readonly FoundSandbox[] };

function linesOf({ removed, left }: Cleaning, flags: CleanFlags, hasImages: boolean): readonly string[] {
  const where = flags.run === undefined ? "" : ` of run ${flags.run}`;
  const nothing = hasImages ? [] : [`Nothing to remove${where}`];
  const lines = removed.length === 0 ? nothing : [`${flags.dryRun ? "Would remove" : "Removed"} ${counted(removed)}`];
  if (flags.dryRun)
    lines.push(
      ...removed.map(({ id, runId, isAbandoned }) => `  ${id}  ${runOf(runId)}  process ${isAbandoned ? "ended" : "may be running"}`),
    );
  const ended = removed.filter(({ isAbandoned }) => !isAbandoned);
  if (ended.length > 0)
    lines.push(
      `${flags.dryRun ? "This would end" : "This ended"} work that may have been in progress: ${counted(ended)}; such runs can be resumed`,
    );
  if (left.length > 0) lines.push(`Kept ${counted(left)}: the process may still be running; --all removes these too and ends their work`);
  return lines;
}

// The number of sandboxes, and of which runs they are.
function counted(sandboxes: readonly FoundSandbox[]): string {
  const perRun = new Map<string, number>();
  for (const { runId } of sandboxes) perRun.set(runOf(runId), (perRun.get(runOf(runId)) ?? 0) + 1);
  const runs = [...perRun].toSorted(([a], [b]) => a.localeCompare(b)).map(([run, count]) => `${count} of ${run}`);
  return `${sandboxes.length} ${sandboxes.length === 1 ? "sandbox" : "sandboxes"} (${runs.join(", ")})`;
}

function runOf(runId: string | null): string {
  return runId === null ? "no run" : `run ${runId}`;
}
