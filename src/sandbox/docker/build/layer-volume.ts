import { once } from "node:events";
import type { Readable } from "node:stream";
import type Docker from "dockerode";
import { extract, type Pack, pack } from "tar-stream";
import { InfraError } from "../../../core/errors.ts";
import { type InstalledLayer, LAYER_FOLDER, LAYER_NOTE, type Layer, layerNote, layerOfNote } from "../../../core/layer.ts";
import { type LayerEntry, layerPieces } from "../../layer-files.ts";
import { currentOwner, hasEnded, ownerFromText, ownerToText } from "../../owner.ts";
import { layerMount, OWNER_LABEL } from "../container.ts";
import { engineDisk } from "../disk-space.ts";
import { askEngine, type Engine } from "../engine.ts";
import { statusOf } from "../engine-fault.ts";
import { withStillContainer } from "../still-container.ts";

/** A folder with an agent's programs, what is in it, and an image of the engine by which it is put into a volume. */
export type LayerFilling = {
  readonly folder: string;
  readonly entries: readonly LayerEntry[];
  readonly layer: Layer;
  readonly imageId: string;
  /** Tries the programs in a sandbox before the layer counts as installed. */
  readonly tryOut: (layer: InstalledLayer) => Promise<void>;
};

/** A volume for an agent's programs: the agent, and the layer in it, or null where an installation was broken off or still goes on. */
export type FoundVolume = { readonly name: string; readonly agent: string; readonly layer: Layer | null; readonly isAbandoned: boolean };

const NAME = "bench-agent";
const NAME_DIGITS = 32;
/** The label that names the agent. */
const AGENT_LABEL = "bench.agent";
const MAX_MS = 3_600_000;
const MEGABYTE = 1024 * 1024;

/**
 * Puts an agent's programs into a volume of the engine, which is named by what it holds: what was broken off is continued by the next installation, and has no note before it is whole. Throws InfraError
 * when the engine fails or has no room, and what `tryOut` throws; then the volume is gone.
 */
export async function fillLayerVolume(engine: Engine, filling: LayerFilling): Promise<InstalledLayer> {
  const { folder, entries, layer, imageId, tryOut } = filling;
  const source = `${NAME}-${layer.digest.slice(0, NAME_DIGITS)}`;
  const action = `install agent "${layer.agent}"`;
  await requireRoom(engine, filling);
  const labels = { [AGENT_LABEL]: layer.agent, [OWNER_LABEL]: ownerToText(currentOwner()) };
  await askEngine(action, () => engine.createVolume({ Name: source, Labels: labels }));
  try {
    const look = { imageId, action, mounts: [layerMount(source, { isReadOnly: false })] };
    await withStillContainer(engine, look, (container) => put(container, { archive: packLayer(folder, entries), action }));
    await tryOut({ ...layer, source });
    await withStillContainer(engine, look, (container) => put(container, { archive: packNote(layer), action }));
    return { ...layer, source };
  } catch (error) {
    await removeVolume(engine, source).catch(() => {});
    throw error;
  }
}

async function put(container: Docker.Container, { archive, action }: { readonly archive: Pack; readonly action: string }): Promise<void> {
  // What reading the files throws is told, and not what the engine makes of an archive that breaks off.
  let fault: unknown = null;
  archive.on("error", (error) => {
    fault = error;
  });
  try {
    await askEngine(action, () => container.putArchive(archive as Readable, { path: LAYER_FOLDER }), MAX_MS);
  } catch (error) {
    throw fault ?? error;
  } finally {
    archive.destroy();
  }
}

function packLayer(folder: string, entries: readonly LayerEntry[]): Pack {
  const archive = pack();
  const fill = async () => {
    for (const entry of entries) {
      const header = { name: entry.path, mode: entry.isExecutable ? 0o755 : 0o644 };
      if (entry.kind === "folder") archive.entry({ ...header, type: "directory" });
      else if (entry.sizeBytes === 0) archive.entry(header, "");
      else await packFile(archive, { folder, entry, header });
    }
    archive.finalize();
  };
  fill().catch((error: Error) => archive.destroy(error));
  return archive;
}

type Packed = { readonly folder: string; readonly entry: LayerEntry; readonly header: { readonly name: string; readonly mode: number } };

async function packFile(archive: Pack, { folder, entry, header }: Packed): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const sink = archive.entry({ ...header, size: entry.sizeBytes }, (error) => (error ? reject(error) : resolve()));
    const write = async () => {
      // A copy of each piece, which may still wait when the next one is read.
      for (const piece of layerPieces(folder, entry)) if (!sink.write(Buffer.from(piece))) await once(sink, "drain");
      sink.end();
    };
    write().catch(reject);
  });
}

function packNote(layer: Layer): Pack {
  const archive = pack();
  archive.entry({ name: LAYER_NOTE, mode: 0o644 }, layerNote(layer));
  archive.finalize();
  return archive;
}

async function requireRoom(engine: Engine, { entries, layer }: LayerFilling): Promise<void> {
  const neededMb = Math.ceil(entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) / MEGABYTE);
  const disk = await engineDisk(engine);
  if (disk === null || disk.freeMb > neededMb) return;
  throw new InfraError(
    "sandbox",
    `Cannot install agent "${layer.agent}": the engine's disk at "${disk.path}" has ${disk.freeMb} MB free, and it takes ${neededMb} MB; make room ("docker system df" shows what takes it)`,
    { scope: "run" },
  );
}

/** Finds the volumes for agents' programs, or for these agents alone; `imageId` is any image of the engine. Throws InfraError when the engine fails. */
export async function findLayerVolumes(engine: Engine, imageId: string, agents?: readonly string[]): Promise<readonly FoundVolume[]> {
  const found: FoundVolume[] = [];
  for (const { name, agent, owner } of await listVolumes(engine)) {
    if (agents?.includes(agent) === false) continue;
    const layer = await noteIn(engine, { volume: name, imageId });
    found.push({ name, agent, layer, isAbandoned: layer === null && owner !== null && hasEnded(owner, currentOwner()) });
  }
  return found;
}

async function listVolumes(engine: Engine) {
  const { Volumes } = await askEngine("list volumes", () => engine.listVolumes({ filters: JSON.stringify({ label: [AGENT_LABEL] }) }));
  // An engine that knows no filters lists all volumes, and one without any gives null.
  return ((Volumes as typeof Volumes | null) ?? []).flatMap(({ Name: name, Labels }) => {
    const labels: Readonly<Record<string, string>> = Labels ?? {};
    const agent = labels[AGENT_LABEL];
    return agent === undefined ? [] : [{ name, agent, owner: ownerFromText(labels[OWNER_LABEL] ?? "") }];
  });
}

async function noteIn(engine: Engine, { volume, imageId }: { readonly volume: string; readonly imageId: string }): Promise<Layer | null> {
  const action = "look into an installed agent";
  const look = { imageId, action, mounts: [layerMount(volume, { isReadOnly: true })] };
  return withStillContainer(engine, look, async (container) => {
    try {
      const ask = async () => textOf((await container.getArchive({ path: `${LAYER_FOLDER}/${LAYER_NOTE}` })) as Readable);
      return layerOfNote(await askEngine(action, ask));
    } catch (error) {
      if (statusOf(error) === 404) return null;
      throw error;
    }
  });
}

const MAX_NOTE_BYTES = 10_000;

function textOf(archive: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const entries = extract();
    entries.on("entry", ({ size = 0 }, content, next) => {
      if (size <= MAX_NOTE_BYTES) content.on("data", (chunk: Buffer) => chunks.push(chunk));
      content.on("end", next).resume();
    });
    entries.on("finish", () => resolve(Buffer.concat(chunks).toString("utf8"))).on("error", reject);
    archive.on("error", reject).pipe(entries);
  });
}

/** Removes a volume; returns false for one that a container still uses, and true for one that is gone already. Throws InfraError when the engine fails otherwise. */
export async function removeVolume(engine: Engine, name: string): Promise<boolean> {
  try {
    await askEngine(`remove volume "${name}"`, () => engine.getVolume(name).remove());
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return true;
    if (statusOf(error) === 409) return false;
    throw error;
  }
}
