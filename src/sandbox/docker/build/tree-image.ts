import { createHash } from "node:crypto";
import { InfraError } from "../../../core/errors.ts";
import type { LargeTree } from "../../../core/large-tree.ts";
import { printable } from "../../../core/printable.ts";
import { OWNER_LABEL, SANDBOX_LABEL } from "../container.ts";
import { engineDisk } from "../disk-space.ts";
import { askEngine, type Engine, imageId } from "../engine.ts";
import { statusOf } from "../engine-fault.ts";
import { withStillContainer } from "../still-container.ts";
import { waitForTurn } from "./build-turn.ts";
import { packTree } from "./tree-archive.ts";

/** An image that has the files of a large tree in its workspace, and what else is at its root: all of that stays closed to writing in a sandbox. */
export type TreeImage = { readonly image: string; readonly closed: readonly string[] };

/** A tree to lay over an image, by its id, how what is at the root of that is listed, where progress is reported and what stops it. */
export type TreeLaying = {
  readonly tree: LargeTree;
  readonly imageId: string;
  readonly listRoot: () => Promise<readonly string[]>;
  readonly notify: (text: string) => void;
  readonly signal?: AbortSignal | undefined;
};

const NAME = "bench-tree";
const NAME_DIGITS = 32;
/** The label that names the image below. */
const BASE_LABEL = "bench.tree-of";
/** The label that names the folder which the tree was read from. */
const PLACE_LABEL = "bench.tree-place";
/** The label with the digest of the tree. */
const DIGEST_LABEL = "bench.tree";
const CLOSED_LABEL = "bench.tree-closed";
const NO_OWNER = { [SANDBOX_LABEL]: "", [OWNER_LABEL]: "" };
const MAX_MS = 3_600_000;
/** Hundreds of thousands of files, on a disk that others use, too. */
const MAX_REMOVAL_MS = 600_000;
const MAX_SHOWN = 300;
/** The engine has a tree twice while it makes a layer of it. */
const COPIES = 2;
/** What a sandbox writes to, or the kernel makes. */
const OPEN = new Set(["workspace", "tmp", "proc", "sys", "dev"]);

/**
 * Names the image that has a tree over another image.
 *
 * @internal
 */
export function treeImageName({ tree, imageId: base }: Pick<TreeLaying, "tree" | "imageId">): string {
  const digest = createHash("sha256").update(`${base}\0${tree.digest}`).digest("hex");
  return `${NAME}:${digest.slice(0, NAME_DIGITS)}`;
}

/**
 * Lays a tree into a layer over an image, once for each content, also when several processes need it. Throws InfraError when the engine fails or has no room, UserError when a
 * file has changed, and the signal's reason.
 */
export async function prepareTree(engine: Engine, laying: TreeLaying): Promise<TreeImage> {
  const { tree, notify, signal } = laying;
  const image = treeImageName(laying);
  const known = await closedIn(engine, image);
  if (known !== null) return { image, closed: known };
  const waiting = () => notify(`Another process lays ${shown(tree)} into an image; waiting for it.`);
  const turn = await waitForTurn(image, { waiting, signal });
  try {
    const made = await closedIn(engine, image);
    if (made !== null) return { image, closed: made };
    await removeOutdated(engine, tree);
    await requireRoom(engine, tree);
    notify(
      `Laying ${shown(tree)} into an image: ${tree.entries.length.toLocaleString("en")} files, ${tree.megabytes} MB, once for all trials.`,
    );
    const closed = (await laying.listRoot()).filter((name) => !OPEN.has(name)).map((name) => `/${name}`);
    await lay(engine, laying, { image, closed });
    return { image, closed };
  } finally {
    turn?.close();
  }
}

async function closedIn(engine: Engine, image: string): Promise<readonly string[] | null> {
  if ((await imageId(engine, image)) === null) return null;
  const { Config } = await askEngine(`inspect image "${image}"`, () => engine.getImage(image).inspect());
  const text = Config.Labels?.[CLOSED_LABEL];
  return text === undefined ? null : (JSON.parse(decodeURIComponent(text)) as readonly string[]);
}

async function lay(engine: Engine, { tree, imageId: base, signal }: TreeLaying, { image, closed }: TreeImage): Promise<void> {
  const action = `lay "${shown(tree)}" into an image`;
  await withStillContainer(engine, { imageId: base, action }, async (container) => {
    signal?.throwIfAborted();
    const archive = packTree(tree);
    // What reading the files throws is told, and not what the engine makes of an archive that breaks off.
    let fault: unknown = null;
    archive.on("error", (error) => {
      fault = error;
    });
    const options = { path: "/", ...(signal === undefined ? {} : { abortSignal: signal }) };
    try {
      await askEngine(action, () => container.putArchive(archive, options), MAX_MS);
    } catch (error) {
      signal?.throwIfAborted();
      throw fault ?? error;
    } finally {
      archive.destroy();
    }
    signal?.throwIfAborted();
    const labels = { [BASE_LABEL]: base, [DIGEST_LABEL]: tree.digest, [PLACE_LABEL]: tree.place, [CLOSED_LABEL]: JSON.stringify(closed) };
    // Encoded, since these are lines of a Dockerfile. Whose the container was is not said of the image.
    const changes = Object.entries({ ...NO_OWNER, ...labels }).map(([name, value]) => `LABEL ${name}="${encodeURIComponent(value)}"`);
    const [repo, tag] = image.split(":");
    await askEngine(action, () => container.commit({ repo, tag, pause: false, changes: changes.join("\n") }), MAX_MS);
  });
}

function shown({ place }: LargeTree): string {
  return printable(place, MAX_SHOWN);
}

async function requireRoom(engine: Engine, tree: LargeTree): Promise<void> {
  const disk = await engineDisk(engine);
  const needed = COPIES * tree.megabytes;
  if (disk === null || disk.freeMb >= needed) return;
  const advice = 'make room ("docker system df" shows what takes it, "bench clean" removes what is not needed any more)';
  throw new InfraError(
    "sandbox",
    `Cannot lay "${shown(tree)}" into an image: the engine's disk at "${disk.path}" has ${disk.freeMb} MB free, and that takes ${needed} MB; ${advice}`,
    { scope: "run" },
  );
}

/** An image with a large tree, as the engine lists it. */
export type FoundTree = {
  readonly name: string;
  readonly megabytes: number;
  /** The folder that it was read from, and the digest that it had. */
  readonly place: string;
  readonly digest: string;
  /** Whether the engine has the image below it. */
  readonly hasBase: boolean;
};

/** Finds the images that have large trees. Throws InfraError when the engine fails. */
export async function findTrees(engine: Engine): Promise<readonly FoundTree[]> {
  const images = await askEngine("list images", () => engine.listImages({ filters: { label: [BASE_LABEL] } }));
  const found: FoundTree[] = [];
  for (const { Id, RepoTags, Labels, Size } of images) {
    // An engine that knows no filters lists all images.
    if (Labels?.[BASE_LABEL] === undefined) continue;
    const labelled = (name: string) => decodeURIComponent(Labels?.[name] ?? "");
    found.push({
      name: RepoTags?.[0] ?? Id,
      megabytes: Math.round(Size / 1_000_000),
      place: labelled(PLACE_LABEL),
      digest: labelled(DIGEST_LABEL),
      hasBase: (await imageId(engine, labelled(BASE_LABEL))) !== null,
    });
  }
  return found;
}

// Those of the same folder as it was before, and those over images that are gone.
async function removeOutdated(engine: Engine, { place, digest }: LargeTree): Promise<void> {
  await removeTrees(engine, (found) => !found.hasBase || (found.place === place && found.digest !== digest));
}

/** Removes images that have large trees; one that a container still uses stays. Throws InfraError when the engine fails. */
export async function removeTrees(engine: Engine, isMeant: (found: FoundTree) => boolean): Promise<void> {
  for (const found of await findTrees(engine)) {
    if (!isMeant(found)) continue;
    try {
      await askEngine(`remove image "${found.name}"`, () => engine.getImage(found.name).remove(), MAX_REMOVAL_MS);
    } catch (error) {
      if (![404, 409].includes(statusOf(error) ?? 0)) throw error;
    }
  }
}
