import { agentToInstall } from "../../config/agent/agent.ts";
import type { KnownAgent } from "../../config/agent/known-agent.ts";
import { UserError } from "../../core/errors.ts";
import { type InstalledLayer, type Layer, layerKey } from "../../core/layer.ts";
import { waitForTurn } from "../../sandbox/docker/build/build-turn.ts";
import { freeMb } from "../../sandbox/docker/disk-space.ts";
import { withHalfFolder } from "../../sandbox/half-folder.ts";
import { type LayerEntry, layerDigest, openLayerFiles } from "../../sandbox/layer-files.ts";
import { agentCache } from "../sandbox/agent-layers.ts";
import { asUserError } from "../sandbox/prepare-engine.ts";
import { type AgentFetch, type Cpu, programName } from "./agent-fetch.ts";
import { fetchFromNpm } from "./fetch-npm.ts";
import { fetchFromPypi } from "./fetch-pypi.ts";

/** An agent to install, in which version. */
export type WantedAgent = { readonly known: Pick<KnownAgent, "name" | "command" | "install">; readonly version: string };

/** The files of an agent in a folder, and what they are. */
type MadeLayer = { readonly folder: string; readonly entries: readonly LayerEntry[]; readonly layer: Layer };

/** Where agents are installed: what is there already, and how a folder is made a layer, which is tried out before it counts. */
export type LayerPlace = {
  /** For messages. */
  readonly name: string;
  readonly cpu: Cpu;
  has(agent: string): boolean;
  keep(made: MadeLayer): Promise<InstalledLayer>;
};

/** Where progress is reported, what stops it, and where agents are put together; without a folder, in the user's cache. */
export type InstallDeps = {
  readonly notify: (text: string) => void;
  readonly signal?: AbortSignal | undefined;
  readonly cache?: string;
};

/** Reads which agents are to be installed. Throws UserError for one that is not known by name, or in no exact version. */
export function wantedAgents(texts: readonly string[]): readonly WantedAgent[] {
  return [...new Set(texts)].map((text) => {
    const choice = agentToInstall(text);
    if (choice.kind === "wrong") throw new UserError(`Cannot install agent: ${choice.problem}`);
    return choice;
  });
}

/**
 * Installs agents where they are missing, each fetched once for all places with the same kind of processor. Throws UserError with the reason when one cannot be installed, which then leaves nothing behind,
 * and the signal's reason.
 */
export async function installAgents(wanted: readonly WantedAgent[], places: readonly LayerPlace[], deps: InstallDeps): Promise<void> {
  for (const agent of wanted) await asUserError(() => installAgent(agent, places, deps));
}

async function installAgent(wanted: WantedAgent, places: readonly LayerPlace[], deps: InstallDeps): Promise<void> {
  const { notify, signal } = deps;
  const agent = layerKey({ name: wanted.known.name, version: wanted.version });
  const waiting = () => notify(`Another process installs ${agent}; waiting for it.`);
  const turn = await waitForTurn(`agent-${agent}`, { waiting, signal });
  try {
    const lacking = places.filter((place) => !place.has(agent));
    if (lacking.length === 0) return notify(`${agent} is installed already for ${namesOf(places)}.`);
    for (const cpu of new Set(lacking.map((place) => place.cpu))) {
      const own = lacking.filter((place) => place.cpu === cpu);
      await installFor(wanted, own, { ...deps, agent, cpu });
    }
  } finally {
    turn?.close();
  }
}

type Installing = InstallDeps & { readonly agent: string; readonly cpu: Cpu };

/** What has to be free before an agent is fetched; how much it takes is known afterwards. */
const MIN_FREE_MB = 1_000;
const MEGABYTE = 1024 * 1024;

async function installFor(
  { known, version }: WantedAgent,
  places: readonly LayerPlace[],
  { agent, cpu, notify, signal, cache = agentCache() }: Installing,
): Promise<void> {
  const free = freeMb(cache);
  if (free !== null && free < MIN_FREE_MB)
    throw new UserError(`Cannot install agent "${agent}": ${free} MB are free at "${cache}"; make room for at least ${MIN_FREE_MB} MB`);
  notify(`Fetching ${agent}: once, a minute or less.`);
  await withHalfFolder(cache, async (folder) => {
    await fetchAgent(known.install, { known, version, folder, cpu, signal });
    const entries = openLayerFiles(folder);
    const layer = { agent, program: programName(known), digest: layerDigest(folder, entries) };
    for (const place of places) {
      signal?.throwIfAborted();
      notify(`Installing ${agent} for ${place.name}.`);
      await place.keep({ folder, entries, layer });
    }
    const megabytes = Math.ceil(entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) / MEGABYTE);
    notify(`${agent} is installed for ${namesOf(places)}: ${megabytes.toLocaleString("en")} MB.`);
  });
}

function fetchAgent(install: KnownAgent["install"], fetch: Omit<AgentFetch, "install">): Promise<void> {
  switch (install.kind) {
    case "npm":
      return fetchFromNpm({ ...fetch, install });
    case "pypi":
      return fetchFromPypi({ ...fetch, install });
  }
}

function namesOf(places: readonly LayerPlace[]): string {
  return places.map(({ name }) => name).join(" and ");
}
